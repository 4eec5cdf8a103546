"""Waits on conditions, never on time."""

import time
from collections.abc import Callable

SECONDS = 20
PAUSE = 0.02


def until(condition: Callable[[], object], what: str, meanwhile: Callable[[], object] | None = None) -> None:
    """Wait until `condition` holds, doing `meanwhile` in between; fail after `SECONDS`, naming `what` never came."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited {SECONDS} s for {what}"
        if meanwhile is None:
            time.sleep(PAUSE)
        else:
            meanwhile()
