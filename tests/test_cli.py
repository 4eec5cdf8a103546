"""The command `moderation` as a shell starts it."""

import os
import subprocess
import sys
from pathlib import Path

from click import Group

from moderation import __version__
from moderation.cli import main
from moderation.queue import Queue
from moderation.settings import Settings
from moderation.storage import migrate
from moderation.storage.database import Database

SECONDS = 60


def moderation(settings: Settings, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, with `more` in its environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MODERATION_")}
    environment |= {"MODERATION_DATA": str(settings.data), "MODERATION_REDIS_URL": settings.redis, **more}
    return subprocess.run(
        [sys.executable, "-m", "moderation.cli", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=environment,
    )


def test_a_fresh_folder_becomes_a_database(settings: Settings) -> None:
    """Without tables a command says which one makes them; after it, the command works."""
    Path(settings.database.removeprefix("sqlite:///")).unlink()

    refused = moderation(settings, "site", "add", "news")
    migrated = moderation(settings, "migrate")
    made = moderation(settings, "site", "add", "news")

    assert (refused.returncode, migrated.returncode, made.returncode) == (1, 0, 0)
    assert "Run: moderation migrate" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (migrated.stdout, migrated.stderr) == ("", "The database is up to date.\n")
    assert made.stdout.startswith("site: news  api_key: mod_")
    database = Database(settings.database)
    assert migrate.is_current(database)
    database.close()


def test_wrong_settings_are_told_in_a_sentence(settings: Settings) -> None:
    """A setting that cannot be is named with its variable and its bound; its value, maybe a secret, is not shown."""
    wrong = {"MODERATION_SCORERS": "0", "MODERATION_SECRET": "hush", "MODERATION_WEBHOOK_NETWORKS": "10.0.0.1/8"}

    done = moderation(settings, "site", "list", **wrong)

    assert done.returncode == 1
    assert all(name in done.stderr for name in wrong)
    assert "hush" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_certificate_without_its_key_is_told(settings: Settings) -> None:
    """`serve` says so, and does not start without https."""
    done = moderation(settings, "serve", MODERATION_TLS_CERT="server.pem")

    assert done.returncode == 1
    assert "MODERATION_TLS_CERT and MODERATION_TLS_KEY go together" in done.stderr


def test_the_doctors_exit_code_says_whether_all_is_well(settings: Settings) -> None:
    """Without workers it is 1, and the advice is on stdout."""
    Queue(settings.redis).redis.flushall()

    done = moderation(settings, "doctor")

    assert done.returncode == 1
    assert "Run: moderation worker --role scorer" in done.stdout
    assert "models are whole" in done.stdout
    assert "Traceback" not in done.stderr


def test_every_command_says_what_it_is_for() -> None:
    """`--help` shows a sentence for each command and each option."""

    def missing(group: Group, path: str) -> list[str]:
        found = []
        for name, command in group.commands.items():
            found += [f"{path} {name}"] if not command.help else []
            found += missing(command, f"{path} {name}") if isinstance(command, Group) else []
        return found

    assert missing(main, "moderation") == []


def test_the_version_is_the_packages(settings: Settings) -> None:
    """`moderation --version` tells which version runs."""
    assert moderation(settings, "--version").stdout.strip().endswith(__version__)
