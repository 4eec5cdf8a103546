"""A site with all that can be changed, for seeing what each change leaves in the audit log."""

from collections.abc import Iterator

import pytest

from moderation.app import create_app
from moderation.service import Service
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.web import EXTENSION
from tests.test_tenants import Tenant, settle_in


@pytest.fixture
def news(settings: Settings, database: Database) -> Iterator[Tenant]:
    """Give a site that has all that a path can name, in turn on SQLite and on PostgreSQL."""
    url = database.engine.url.render_as_string(hide_password=False)
    app = create_app(settings.model_copy(update={"database_url": url}))
    service: Service = app.extensions[EXTENSION]
    service.parts.queue.redis.flushall()
    yield settle_in(app, service, "news")
    service.parts.queue.redis.close()
    service.parts.database.close()


@pytest.fixture
def service(news: Tenant) -> Service:
    """Give the engine behind the site."""
    found: Service = news.app.extensions[EXTENSION]
    return found
