"""The only place that reads the clock; everywhere else the time is an argument."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds on a clock that never steps back, for measuring how long something took."""
    return time.monotonic()
