"""A worker that stops taking messages ends, and says so."""

import os
import time
from pathlib import Path

from moderation.pipeline import Parts
from moderation.queue import Bell
from moderation.storage.database import Database
from tests.build import make_parts
from tests.waiting import PAUSE, until
from tests.whole.service import wait_until
from tests.workers.test_crash import sqlite_database, start  # noqa: F401 - fixtures

from tests.workers.test_crash import Start  # isort: skip
from workers.watchdog import PATIENCE_SECONDS, STUCK, Patience


def test_patience_ends_when_messages_wait_for_an_idle_worker() -> None:
    """Not while it has one in hand, not while none waits, and from the beginning after either."""
    patience = Patience()
    looks = [
        patience.is_over(1, 0.0, busy=False),
        patience.is_over(1, PATIENCE_SECONDS - 1, busy=True),
        patience.is_over(1, PATIENCE_SECONDS, busy=False),
        patience.is_over(0, PATIENCE_SECONDS + 1, busy=False),
        patience.is_over(2, PATIENCE_SECONDS + 2, busy=False),
        patience.is_over(2, 2 * PATIENCE_SECONDS + 1, busy=False),
        patience.is_over(2, 2 * PATIENCE_SECONDS + 2, busy=False),
    ]

    assert looks == [False] * 6 + [True]


def ring(parts: Parts) -> None:
    """Ring the courier's bell, in case nobody heard it, and wait a moment."""
    parts.queue.ring_now(Bell.COURIER)
    time.sleep(PAUSE)


def test_a_worker_that_is_deaf_ends(sqlite_database: Database, start: Start, redis_url: str, tmp_path: Path) -> None:  # noqa: F811
    """It worked before, and its supervisor starts another (see `test_supervisor`)."""
    parts: Parts = make_parts(sqlite_database, redis_url)
    deaf = tmp_path / "deaf"
    path = os.pathsep.join([str(Path(__file__).with_name("deaf")), os.environ.get("PYTHONPATH", "")])
    worker = start("courier", parts, redis_url, DEAF=str(deaf), PYTHONPATH=path)
    wait_until(lambda: parts.queue.alive("courier"), seconds=60, what="the courier")
    parts.queue.ring_now(Bell.COURIER)
    wait_until(lambda: parts.queue.redis.llen(Bell.COURIER.value) == 0, seconds=20, what="the message to be taken")

    deaf.touch()
    # the first message goes to the request that was on its way already
    until(lambda: worker.poll() is not None, "the worker to end", meanwhile=lambda: ring(parts))

    assert worker.returncode == STUCK
