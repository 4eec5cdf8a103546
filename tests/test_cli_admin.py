"""The commands that say who may do what, on a real database."""

import json
from pathlib import Path
from typing import Any

import pytest
from click import Command

from moderation import clock
from moderation.cli_admin import endpoint, site
from moderation.cli_key import key
from moderation.cli_moderator import moderator
from moderation.errors import UnauthorizedError
from moderation.model import Scope
from moderation.settings import Settings
from moderation.site_cache import SiteCache
from moderation.storage import migrate
from moderation.storage.database import Database
from tests.shell import run


def told(command: Command, settings: Settings, *arguments: str) -> Any:
    """Run a command with `--json` and return what it told."""
    return json.loads(run(command, settings, *arguments, "--json").stdout)


def scopes_of(settings: Settings, api_key: str) -> set[Scope]:
    """Return what a key may do, or nothing if it is not let in."""
    database = Database(settings.database)
    try:
        return set(SiteCache(database, clock.now).native_key(api_key).scopes)
    except UnauthorizedError:
        return set()
    finally:
        database.close()


def test_a_new_site_has_a_key_that_may_do_everything(settings: Settings) -> None:
    """`site add` prints a live key, and `site list` shows the site."""
    made = told(site, settings, "add", "news", "--name", "The News")

    assert made["site"] == "news"
    assert scopes_of(settings, made["api_key"]) == set(Scope)
    assert told(site, settings, "list") == [{"site": "news", "name": "The News"}]
    assert run(site, settings, "list").stdout == "site: news  name: The News\n"


def test_a_site_is_made_once(settings: Settings) -> None:
    """A second site of the same id is refused in a sentence, and the first stays as it is."""
    run(site, settings, "add", "news")

    assert "There is a site 'news' already" in run(site, settings, "add", "news", code=1).stderr
    assert len(told(key, settings, "list", "news")) == 1


@pytest.mark.parametrize("site_id", ["", " ", "a b", "-x", "x" * 65, "a/b", "é"])
def test_a_site_id_can_stand_in_keys_and_addresses(settings: Settings, site_id: str) -> None:
    """Ids that would need quoting somewhere are refused."""
    assert "A site's id has" in run(site, settings, "add", "--", site_id, code=2).stderr


def test_an_endpoint_is_made_with_its_secret(settings: Settings) -> None:
    """The secret is printed once, and the list shows the endpoint without it."""
    run(site, settings, "add", "news")

    made = told(endpoint, settings, "add", "news", "https://news.example/hook", "--event", "comment.held")

    assert made["secret"].startswith("whsec_")
    assert told(endpoint, settings, "list", "news") == [
        {"id": made["id"], "url": "https://news.example/hook", "disabled": "no"}
    ]


@pytest.mark.parametrize("url", ["https://127.0.0.1/hook", "https://10.0.0.1/hook", "http://news.example/hook", "news"])
def test_an_endpoint_cannot_lead_inside(settings: Settings, url: str) -> None:
    """A URL that callbacks may not go to is refused with the reason, and nothing is stored."""
    run(site, settings, "add", "news")

    refused = run(endpoint, settings, "add", "news", url, code=1)

    assert refused.stderr.startswith("Error: ")
    assert len(refused.stderr.splitlines()) == 1
    assert told(endpoint, settings, "list", "news") == []


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (key, ("add", "nosuch")),
        (key, ("list", "nosuch")),
        (moderator, ("add", "nosuch", "kim@news.example")),
        (moderator, ("list", "nosuch")),
        (endpoint, ("add", "nosuch", "https://news.example/hook")),
        (endpoint, ("list", "nosuch")),
    ],
    ids=lambda part: part.name if isinstance(part, Command) else part[0],
)
def test_a_site_that_does_not_exist_is_named(settings: Settings, command: Command, arguments: tuple[str, ...]) -> None:
    """A typing error in a site's id is told, and is no empty list."""
    assert "There is no site 'nosuch'" in run(command, settings, *arguments, code=1).stderr


def test_a_database_without_tables_is_said_to_need_them(database: Database, settings: Settings) -> None:
    """On either database the message names the command that helps, and not the password."""
    migrate.downgrade(database)
    url = database.engine.url.render_as_string(hide_password=False)

    refused = run(site, settings.model_copy(update={"database_url": url}), "add", "news", code=1)

    assert "Run: moderation migrate" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    if database.engine.url.password:
        assert str(database.engine.url.password) not in refused.stderr


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("postgresql+psycopg://nobody:hush@127.0.0.1:1/x", "does not answer"),
        ("sqlite:////nowhere/at/all.db", "does not answer"),
        ("postgres://localhost/x", "postgresql+psycopg://"),
        ("what", "postgresql+psycopg://"),
    ],
)
def test_a_database_that_cannot_be_used_is_a_message(settings: Settings, url: str, advice: str) -> None:
    """An unreachable database or a wrong URL is one line of advice without the password."""
    refused = run(site, settings.model_copy(update={"database_url": url}), "list", code=1)

    assert advice in refused.stderr
    assert "hush" not in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_the_database_lies_in_the_data_folder_unless_another_is_named(settings: Settings) -> None:
    """With only a data folder set, SQLite in it is used."""
    run(site, settings, "add", "news")

    assert Path(settings.database.removeprefix("sqlite:///")).parent == settings.data
