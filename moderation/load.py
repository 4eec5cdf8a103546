"""Tells whether a new comment would be decided in the promised time."""

import threading
from datetime import datetime, timedelta

from moderation.pipeline import Parts
from moderation.storage import work

LOOK_EVERY = timedelta(milliseconds=500)
ASSUMED_PACE = 100.0
"""Comments a second that are assumed to be settled until a worker has told its pace."""
LEAST_PACE = 1.0


class Load:
    """Looks at what waits, at most twice a second."""

    def __init__(self, parts: Parts, promise_seconds: int) -> None:
        """Hold the service to `promise_seconds`."""
        self._parts = parts
        self._promise = promise_seconds
        self._looked_at: datetime | None = None
        self._late = 0
        self._lock = threading.Lock()

    def seconds_late(self, now: datetime) -> int:
        """Return by how many seconds a new comment would break the promise; 0 if it would not."""
        known = self._looked_at is not None and abs(now - self._looked_at) < LOOK_EVERY  # a clock can be set back
        if not known and self._lock.acquire(blocking=False):
            try:
                self._looked_at = now
                with self._parts.database.read() as connection:
                    waiting = work.waiting(connection)
                self._late = lateness(waiting, self._parts.queue.pace(), self._promise)
            finally:
                self._lock.release()
        return self._late


def lateness(waiting: int, pace: float | None, promise_seconds: int) -> int:
    """Return by how many seconds the last of `waiting` comments, settled at `pace` a second, misses the promise."""
    seconds = waiting / max(LEAST_PACE, ASSUMED_PACE if pace is None else pace)
    return max(0, round(seconds - promise_seconds))
