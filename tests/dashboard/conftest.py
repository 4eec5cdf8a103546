"""A desk with one site and one moderator, on a real database and a real Valkey."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from moderation import accounts
from moderation.app import create_app
from moderation.records import Site
from moderation.service import Service
from moderation.settings import Settings
from moderation.web import EXTENSION
from tests.build import NOW, make_site
from tests.dashboard.visitor import EMAIL, PASSWORD, Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give the Chromium of this machine."""
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    assert program is not None, "These tests drive Chromium: `apt-get install chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def url(app: APIFlask) -> Iterator[str]:
    """Give the address of the app, served on a port that the kernel chose."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[(1280, "light"), (360, "dark")], ids=["wide and light", "narrow and dark"])
def page(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Page]:  # noqa: ARG001 - closed first
    """Give a page without JavaScript that has met no error when the test ends."""
    width, colours = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 740}, color_scheme=colours, java_script_enabled=False
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
