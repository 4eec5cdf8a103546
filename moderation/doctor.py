"""`moderation doctor`: looks at every part and says what to do about those that are not well."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from rich.console import Console
from rich.markup import escape

from moderation import clock
from moderation.queue import Queue
from moderation.settings import Settings
from moderation.storage import address_keys, migrate
from moderation.storage.database import Database, SQLAlchemyError

LATE = timedelta(hours=6)
MODEL_CHECK_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is well, and else what to do."""

    name: str
    well: bool
    advice: str


def run(settings: Settings) -> int:
    """Look at everything, print it, and return 0 if all is well, else 1."""
    return report(chain(service(settings), models()))


def report(checks: Iterable[Check]) -> int:
    """Print every check as it comes; return 0 if all are well, else 1."""
    console = Console()
    well = True
    for check in checks:
        well = well and check.well
        mark = "[green]ok[/]" if check.well else "[red]not well[/]"
        advice = "" if check.well else f"\n    {check.advice}"
        console.print(f"{mark:20} {escape(check.name + advice)}", soft_wrap=True)
    return 0 if well else 1


def service(settings: Settings) -> Iterator[Check]:
    """Look at the parts of the service one after another."""
    yield Check(
        f"data folder {settings.data}",
        _writable(settings),
        "Make the folder, or set MODERATION_DATA to one that this user may write to.",
    )
    current = _database_is_current(settings)
    yield Check(
        "database answers",
        current is not None,
        "Set MODERATION_DATABASE_URL, and start the database; SQLite needs the data folder only.",
    )
    yield Check("database is up to date", current is True, "Run: moderation migrate")
    if current:
        yield _address_key(settings)
    queue = Queue(settings.redis)
    answers = queue.answers()
    yield Check(
        "Redis answers",
        answers,
        "Start Redis or Valkey and set MODERATION_REDIS_URL; `moderation up` brings its own.",
    )
    if settings.oidc_issuer is not None:
        yield Check(
            f"sign-in provider {settings.oidc_issuer} answers",
            _provider_answers(settings.oidc_issuer),
            "Compare MODERATION_OIDC_ISSUER, letter by letter, with `issuer` in its /.well-known/openid-configuration",
        )
    for role in ("scorer", "courier"):
        yield Check(f"a {role} is alive", answers and queue.alive(role), f"Run: moderation worker --role {role}")


def models() -> Iterator[Check]:
    """Have a worker's code load the models and compare their golden scores."""
    yield Check("models are whole", _models_are_whole(), "Run: moderation model check")


def _writable(settings: Settings) -> bool:
    return settings.data.is_dir() and os.access(settings.data, os.W_OK)


def _database_is_current(settings: Settings) -> bool | None:
    """Return whether the schema is the newest, or None if the database does not answer."""
    try:
        database = Database(settings.database)
    except (SQLAlchemyError, ImportError):
        return None  # the URL is no URL, or its driver is not installed
    try:
        return migrate.is_current(database)
    except SQLAlchemyError:
        return None
    finally:
        database.close()


def _address_key(settings: Settings) -> Check:
    """Tell when the key of the hashes of networks was made; the task that changes it is an hourly one."""
    database, now = Database(settings.database), clock.now()
    try:
        with database.read() as connection:
            keys = address_keys.list_keys(connection)
    except SQLAlchemyError:
        keys = []
    finally:
        database.close()
    since = keys[0].since if keys else None
    days = settings.address_key_days
    life = f"changes every {days} days" if days else "never changes"
    return Check(
        f"key of addresses made on {since:%Y-%m-%d}, {life}" if since else "key of addresses",
        since is not None and (not days or now < since + timedelta(days=days) + LATE),
        "An hourly task makes a new one; run: moderation worker --role courier",
    )


def _provider_answers(issuer: str) -> bool:
    from moderation import oidc  # loads an HTTP client, which few need

    try:
        oidc.Provider(issuer, "", "").known()
    except oidc.ProviderAwayError:
        return False
    return True


def _models_are_whole() -> bool:
    command = (sys.executable, "-m", "workers.models", "check")
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=MODEL_CHECK_SECONDS)  # noqa: S603 - our own command
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
