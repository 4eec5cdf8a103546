"""`moderation doctor`: looks at every part and says what to do about those that are not well."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.console import Console

from moderation.queue import Queue
from moderation.settings import Settings
from moderation.storage import migrate
from moderation.storage.database import Database, SQLAlchemyError

MODEL_CHECK_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is well, and else what to do."""

    name: str
    well: bool
    advice: str


def run(settings: Settings) -> int:
    """Print every check; return 0 if all are well, else 1."""
    console = Console()
    checks = []
    for check in checked(settings):
        checks.append(check)
        mark = "[green]ok[/]" if check.well else "[red]not well[/]"
        console.print(f"{mark:20} {check.name}" + ("" if check.well else f"\n    {check.advice}"))
    return 0 if all(check.well for check in checks) else 1


def checked(settings: Settings) -> Iterator[Check]:
    """Look at the parts one after another."""
    yield Check(
        f"data folder {settings.data}",
        _writable(settings),
        "Make the folder, or set MODERATION_DATA to one that this user may write to.",
    )
    database = Database(settings.database)
    try:
        reached = _tried(lambda: migrate.is_current(database))
        yield Check("database answers", reached is not None, "Set MODERATION_DATABASE_URL, and start the database.")
        yield Check("database is up to date", reached is True, "Run: moderation migrate")
    finally:
        database.close()
    queue = Queue(settings.redis)
    answers = queue.answers()
    yield Check(
        "Redis answers",
        answers,
        "Start Redis or Valkey and set MODERATION_REDIS_URL; `moderation up` brings its own.",
    )
    for role in ("scorer", "courier"):
        yield Check(f"a {role} is alive", answers and queue.alive(role), f"Run: moderation worker --role {role}")
    yield Check("models are whole", _models_are_whole(), "Run: moderation model check")


def _writable(settings: Settings) -> bool:
    return settings.data.is_dir() and os.access(settings.data, os.W_OK)


def _tried(look: Callable[[], bool]) -> bool | None:
    try:
        return look()
    except SQLAlchemyError:
        return None


def _models_are_whole() -> bool:
    command = (sys.executable, "-m", "workers.models", "check")
    done = subprocess.run(command, check=False, capture_output=True, timeout=MODEL_CHECK_SECONDS)  # noqa: S603 - our own command
    return done.returncode == 0
