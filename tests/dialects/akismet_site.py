"""A site whose comments come through Akismet's API and are kept, as sites do unless they say otherwise."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation import clock
from moderation.app import create_app
from moderation.policy_document import Policy, Word, WordsPolicy
from moderation.queue import Queue
from moderation.service import Service
from moderation.settings import Settings
from moderation.storage import sites
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from moderation.web import EXTENSION
from tests.build import add_akismet_key

REJECTED = "grumkin"
"""A word that needs no scores, so that nobody waits."""
CHECK: Mapping[str, str] = {
    "blog": "https://blog.example",
    "user_ip": "203.0.113.9",
    "permalink": "https://blog.example/post",
    "comment_type": "comment",
    "comment_author": "Kim",
    "comment_author_email": "kim@blog.example",
    "comment_content": "thank you",
}


@dataclass
class Kept:
    """The app, with the Akismet key of the site `news`."""

    client: FlaskClient
    key: str
    service: Service

    def call(self, path: str, **fields: str) -> TestResponse:
        """Post the fields of a check as JSON, which can say more than a form."""
        return self.client.post(path, json={**CHECK, "api_key": self.key, **fields})

    @property
    def texts(self) -> list[str]:
        """What the site holds."""
        page, _ = self.service.find("news", Filter(), limit=100, before_id=None)
        return [one.text for one in page]


@contextmanager
def keeping(database: Database, settings: Settings) -> Iterator[Kept]:
    """Run the app on an empty database and Valkey for the length of a `with` block."""
    Queue(settings.redis).redis.flushall()
    with database.write() as connection:
        policy = Policy(limits=(), words=WordsPolicy(banned=(Word(REJECTED),)))
        sites.add_site(connection, "news", "News", policy, clock.now())
    url = database.engine.url.render_as_string(hide_password=False)
    app = create_app(settings.model_copy(update={"database_url": url}))
    service: Service = app.extensions[EXTENSION]
    yield Kept(app.test_client(), add_akismet_key(database, service.parts.hasher), service)
    service.parts.database.close()
