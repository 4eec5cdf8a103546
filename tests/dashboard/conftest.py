"""A desk with one site and one moderator, on a real database and a real Valkey."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from moderation import accounts
from moderation.app import create_app
from moderation.records import Site
from moderation.service import Service
from moderation.settings import Settings
from moderation.web import EXTENSION
from tests.build import NOW, make_site
from tests.dashboard.visitor import EMAIL, PASSWORD, Visitor

OTHER_SETTINGS: dict[str, dict[str, object]] = {
    "redis is away": {"redis_url": "redis://127.0.0.1:1/0"},
    "cookies over https only": {"secure_cookies": True},
    "https": {"tls_cert": Path("server.pem"), "tls_key": Path("server.key")},
}
"""What a test can ask for as the parameter of `settings`."""


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Give the settings that all tests have, changed as the test asks."""
    return settings.model_copy(update=OTHER_SETTINGS[request.param]) if hasattr(request, "param") else settings


@pytest.fixture
def app(settings: Settings) -> Iterator[APIFlask]:
    """Give the app on an empty database and an empty Valkey."""
    app = create_app(settings)
    service: Service = app.extensions[EXTENSION]
    if service.parts.queue.answers():
        service.parts.queue.redis.flushall()
    yield app
    service.parts.queue.redis.close()
    service.parts.database.close()


@pytest.fixture
def engine(app: APIFlask) -> Service:
    """Give the engine behind the app."""
    found: Service = app.extensions[EXTENSION]
    return found


@pytest.fixture
def site(engine: Service) -> Site:
    """Give a site that has a moderator."""
    made = make_site(engine.parts.database)
    accounts.add_moderator(engine.parts.database, made.id, EMAIL, "Kim", NOW, PASSWORD)
    return made


@pytest.fixture
def client(app: APIFlask, site: Site) -> FlaskClient:  # noqa: ARG001 - the site must be there
    """Give a browser without cookies, without JavaScript."""
    return app.test_client()


@pytest.fixture
def second_client(app: APIFlask, site: Site) -> FlaskClient:  # noqa: ARG001 - the site must be there
    """Give another browser."""
    return app.test_client()


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Give a browser in which the moderator is signed in."""
    visitor = Visitor(client)
    visitor.sign_in()
    return visitor
