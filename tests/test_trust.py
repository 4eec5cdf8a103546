"""How far an author can be trusted."""

from itertools import pairwise

import pytest

from moderation.trust import trust


@pytest.mark.parametrize(
    ("approved", "rejected", "expected"),
    [
        # nothing is decided: nothing speaks for the author
        (0, 0, 0.0),
        # a single approval says little
        (1, 0, 0.207),
        (5, 0, 0.566),
        (50, 0, 0.929),
        (1000, 0, 0.996),
        # one rejection among ten
        (9, 1, 0.596),
        (5, 5, 0.237),
        # nothing was ever approved
        (0, 1, 0.0),
        (0, 1000, 0.0),
    ],
)
def test_trust_is_wilsons_lower_bound(approved: int, rejected: int, expected: float) -> None:
    """Values from the formula of 1927, at 95 %."""
    assert trust(approved, rejected) == expected


def test_trust_grows_with_approvals_and_falls_with_rejections() -> None:
    """And it never exceeds the share itself."""
    assert all(trust(few, 3) <= trust(many, 3) for few, many in pairwise(range(200)))
    assert all(trust(20, few) >= trust(20, many) for few, many in pairwise(range(200)))
    assert all(trust(good, 7) <= good / (good + 7) for good in range(200))
