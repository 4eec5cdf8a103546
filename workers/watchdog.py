"""Ends a worker that no longer takes messages although some wait for it, so that its supervisor starts another.

Celery's workers on Redis can stop consuming after a connection was reset while they look alive (known since Celery 5.2,
celery/celery issue 7276); only progress proves that one works.
"""

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from celery.worker import state
from redis.exceptions import RedisError

from moderation import clock
from moderation.queue import Bell, Queue

LOOK_SECONDS = 1.0
PATIENCE_SECONDS = 6.0
"""A worker that is idle takes a message within milliseconds; this is for machines that are very busy."""
STUCK = 70
"""The status of a process that ends for this: EX_SOFTWARE of sysexits.h."""

log = structlog.get_logger()


@dataclass
class Patience:
    """Since when messages have waited for a worker that does nothing."""

    since: float | None = None

    def is_over(self, waiting: int, now: float, *, busy: bool) -> bool:
        """Note how many messages wait and whether the worker has any in hand; return whether it is stuck."""
        if not waiting or busy:
            self.since = None
        elif self.since is None:
            self.since = now
        return self.since is not None and now - self.since >= PATIENCE_SECONDS


def start(queue: Queue, bells: Sequence[Bell]) -> None:
    """Watch this process's worker, which takes the messages of `bells`, for as long as it lives."""
    threading.Thread(target=_watch, args=(queue, bells), name="watchdog", daemon=True).start()


def _watch(queue: Queue, bells: Sequence[Bell]) -> None:
    patience = Patience()
    while True:
        time.sleep(LOOK_SECONDS)
        try:
            waiting = sum(int(str(queue.redis.llen(bell.value))) for bell in bells)
        except (RedisError, OSError):
            waiting = 0  # nobody can take messages while Redis is away
        if patience.is_over(waiting, clock.monotonic(), busy=bool(state.reserved_requests)):
            log.critical("worker_stuck", waiting=waiting, seconds=PATIENCE_SECONDS)
            os._exit(STUCK)
