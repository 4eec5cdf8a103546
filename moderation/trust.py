"""How far an author can be trusted, from how their comments were decided; touches nothing."""

from math import sqrt

Z = 1.96
"""For 95 % confidence."""


def trust(approved: int, rejected: int) -> float:
    """Return the lower bound of Wilson's 95 % interval for the share approved among those decided, 0 to 1.

    It is below the share itself, the more so the fewer were decided: 1 of 1 is 0.207, 5 of 5 0.566, 50 of 50 0.929.
    Of an author of whom nothing is decided it is 0: nothing speaks for them yet.
    """
    decided = approved + rejected
    if not decided:
        return 0.0
    share, square = approved / decided, Z * Z
    spread = Z * sqrt(share * (1 - share) / decided + square / (4 * decided * decided))
    lowest = (share + square / (2 * decided) - spread) / (1 + square / decided)
    return round(max(0.0, lowest), 3)
