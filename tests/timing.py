"""How much work something is, told so that what else the machine does counts little."""

import time
from collections.abc import Callable

ENOUGH_SECONDS = 2.0
"""Many times what linear work on the longest texts takes, less than what quadratic work on them does (3 to 30 s)."""
ATTEMPTS = 3


def busy(work: Callable[[], object]) -> float:
    """Return the processor time of this thread in seconds that `work` takes.

    It is the first that is below `ENOUGH_SECONDS`, or the least of `ATTEMPTS`.
    """
    took = []
    for _ in range(ATTEMPTS):
        before = time.thread_time()
        work()
        took.append(time.thread_time() - before)
        if took[-1] < ENOUGH_SECONDS:
            break
    return min(took)
