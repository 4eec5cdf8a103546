"""In which order held comments are looked at: newest first, oldest first, or the worst first; pure.

The worst is by expected harm × reach × age, as moderators of several desks ask for.
"""

import math
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from heapq import nlargest

from moderation import ids

HELD_LOOKED_AT, LOOKED_AT = 50_000, 5000
"""Among so many of the newest that are held, or that stand otherwise, the worst are looked for."""
AGE_HOURS = 12.0
"""After so long a comment counts twice: whoever wrote it waits, and whoever reads meanwhile does too."""
LONGEST_HOURS = 48.0
HOUR = 3_600_000


def urgency(harm: float, total: int, hours: float) -> float:
    """Return how soon a person should look: harm (0 to 1) × reach (of the thread) × age.

    Reach grows with the logarithm of how many comments the thread has, since that is how many people read there.
    """
    return harm * _reach(total) * (1 + min(max(0.0, hours), LONGEST_HOURS) / AGE_HOURS)


def worst_first(found: Iterable[tuple[str, float, int]], now: datetime, number: int) -> list[str]:
    """Return the ids of the most urgent comments, the most urgent first; each comes as id, harm and thread's total.

    When a comment came stands in the first twelve digits of its id, in milliseconds.
    """
    at = ids.milliseconds(now)
    ranked = ((urgency(harm, total, (at - int(key[:8] + key[9:13], 16)) / HOUR), key) for key, harm, total in found)
    return [key for _, key in nlargest(number, ranked)]


@lru_cache(65_536)
def _reach(total: int) -> float:
    return 1 + math.log1p(total)
