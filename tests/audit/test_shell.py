"""What a shell and the first start leave in the audit log."""

import json

import pytest
from click import Command

from moderation import ids, up
from moderation.audit_entry import CLI
from moderation.cli_admin import endpoint, site
from moderation.cli_coral import coral
from moderation.cli_key import key
from moderation.cli_moderator import moderator
from moderation.cli_thresholds import thresholds
from moderation.settings import Settings
from moderation.storage.database import Database
from tests.build import make_site
from tests.logbook import added, dumped, entries
from tests.shell import run

CALLBACK = "https://93.184.216.34/canary-callback"


@pytest.fixture
def here(database: Database, settings: Settings) -> Settings:
    """Give settings for a shell on a database with the site `news`."""
    make_site(database)
    return settings.model_copy(update={"database_url": database.engine.url.render_as_string(hide_password=False)})


@pytest.mark.parametrize(
    ("command", "arguments", "actions"),
    [
        (site, ("add", "canary-site", "--name", "canary"), ["site.made", "key.made"]),
        (key, ("add", "news", "--name", "canary", "--scope", "read"), ["key.made"]),
        (key, ("add", "news", "--name", "canary", "--akismet"), ["key.made"]),
        (moderator, ("add", "news", "canary@news.example", "--name", "canary"), ["moderator.made"]),
        (endpoint, ("add", "news", "https://93.184.216.34/canary"), ["endpoint.made"]),
        (coral, ("add", "news", "--secret", "canary"), ["coral_secret.made"]),
        (thresholds, ("--from", "perspective", "TOXICITY=0.8", "--apply", "news"), ["policy.changed"]),
    ],
    ids=lambda part: getattr(part, "name", None),
)
def test_a_command_leaves_one_entry_for_each_change(
    here: Settings, database: Database, command: Command, arguments: tuple[str, ...], actions: list[str]
) -> None:
    """By the shell; neither names, addresses nor what the command printed once are in any of them."""
    site_id = "canary-site" if command is site else "news"
    with added(database, site_id) as found:
        printed = run(command, here, *arguments, "--json").stdout

    assert [(one.action, one.actor) for one in found] == [(action, CLI) for action in actions]
    kept = dumped(database).replace("canary-site", "")
    assert "canary" not in kept
    if isinstance(told := json.loads(printed), dict):
        secrets = [value for name, value in told.items() if name in {"api_key", "akismet_key", "password", "secret"}]
        assert [one for one in secrets if one in kept] == []


def test_what_a_shell_takes_away_is_told(here: Settings, database: Database) -> None:
    """By what the lists show; what was not there leaves nothing."""
    prefix = ids.api_key_prefix(json.loads(run(key, here, "add", "news", "--json").stdout)["api_key"])
    secret = json.loads(run(coral, here, "add", "news", "--secret", "canary", "--json").stdout)["id"]
    with added(database) as found:
        for _ in range(2):
            run(key, here, "revoke", "news", str(prefix), code=_)
            run(coral, here, "remove", "news", secret, code=_)

    assert [(one.action, one.subject) for one in found] == [("key.revoked", prefix), ("coral_secret.removed", secret)]


def test_a_refused_command_leaves_nothing(here: Settings, database: Database) -> None:
    """A site that is there, an address that is taken, a callback that leads inside."""
    run(moderator, here, "add", "news", "kim@news.example")
    with added(database) as found:
        run(site, here, "add", "news", code=1)
        run(moderator, here, "add", "news", "kim@news.example", code=1)
        run(endpoint, here, "add", "news", "https://10.0.0.1/hook", code=1)

    assert found == []


def test_the_first_start_is_told(settings: Settings) -> None:
    """The site, both its keys and its moderator; a later start makes nothing."""
    first = up.set_up(settings)
    up.set_up(settings)

    database = Database(settings.database)
    assert [(one.action, one.actor) for one in entries(database, up.DEMO)] == [
        (action, CLI) for action in ("site.made", "key.made", "key.made", "moderator.made")
    ]
    kept = dumped(database)
    assert [one for one in (first.api_key, first.akismet_key, first.email, first.password) if str(one) in kept] == []
    database.close()
