"""The API as an app: two sites with a key each, on SQLite and a real Valkey."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation import clock, ids
from moderation.app import create_app
from moderation.model import Scope
from moderation.policy_document import Policy
from moderation.queue import Queue
from moderation.settings import Settings
from moderation.storage import sites
from moderation.storage.database import Database
from tests.answering import Answerer, answering
from tests.dialects.akismet_site import Kept, keeping


@dataclass
class Api:
    """Calls the app with one site's key."""

    client: FlaskClient
    key: str
    database: Database

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        """Call a path with the key; `headers` are added to it."""
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **options)

    def post(self, text: str = "A fine article, thank you", thread: str = "t1", **fields: Any) -> TestResponse:
        """Post a comment."""
        return self.call("POST", "/v1/comments", json={"text": text, "thread": {"id": thread}, **fields})

    def with_key(self, site_id: str, scopes: list[Scope]) -> "Api":
        """Return the same app called with a new key."""
        prefix, key = ids.new_api_key()
        with self.database.write() as connection:
            sites.add_key(connection, site_id, key, prefix, "native", scopes, "test", clock.now())
        return Api(self.client, key, self.database)


@pytest.fixture
def api(settings: Settings) -> Api:
    """Give the app with the key of the site `news`; a site `other` is there too."""
    database = Database(settings.database)
    with database.write() as connection:
        for site_id in ("news", "other"):
            sites.add_site(connection, site_id, site_id, Policy(), clock.now())
    return Api(create_app(settings).test_client(), "", database).with_key("news", list(Scope))


@pytest.fixture
def worker(settings: Settings) -> Iterator[Answerer]:
    """Give a stand-in for the scoring workers on an empty Valkey: "idiot" is toxic, "Dummkopf" is German."""
    queue = Queue(settings.redis)
    queue.redis.flushall()
    with answering(queue) as answerer:
        yield answerer


@pytest.fixture
def kept(database: Database, settings: Settings) -> Iterator[Kept]:
    """Give the app with an Akismet key of the site `news`, in turn on SQLite and on PostgreSQL."""
    with keeping(database, settings) as made:
        yield made
