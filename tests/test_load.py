"""Whether a new comment would be decided in the promised time."""

from datetime import timedelta

import pytest

from moderation.load import ASSUMED_PACE, LOOK_EVERY, Load, lateness
from moderation.storage.database import Database
from tests.build import NOW, comment, make_parts, make_site, post


@pytest.mark.parametrize(
    ("waiting", "pace", "promise", "late"),
    [
        (0, None, 600, 0),
        (0, 0.0, 1, 0),
        (60_000, 100.0, 600, 0),
        (60_100, 100.0, 600, 1),
        (int(ASSUMED_PACE) * 700, None, 600, 100),
        (700, 0.0, 600, 100),
        (700, 0.01, 600, 100),
    ],
)
def test_lateness_is_what_waits_at_the_pace_beyond_the_promise(
    waiting: int, pace: float | None, promise: int, late: int
) -> None:
    """An unknown pace is assumed, and a pace near nothing is taken for one a second."""
    assert lateness(waiting, pace, promise) == late


def test_what_waits_is_looked_at_twice_a_second(database: Database, redis_url: str) -> None:
    """Between two looks the answer stays, so that a flood is not slowed down by counting it."""
    parts = make_parts(database, redis_url)
    parts.queue.keep_pace(1.0)
    load = Load(parts, 1)
    site = make_site(database)
    assert load.seconds_late(NOW) == 0
    for number in range(4):
        post(parts, site, comment(f"Comment number {number}, which waits"))

    assert load.seconds_late(NOW + LOOK_EVERY / 2) == 0
    assert load.seconds_late(NOW + LOOK_EVERY) == 3


def test_a_clock_that_is_set_back_does_not_blind_it(database: Database, redis_url: str) -> None:
    """A time before the last look is as good a reason to look again as one long after it."""
    parts = make_parts(database, redis_url)
    parts.queue.keep_pace(1.0)
    load = Load(parts, 1)
    load.seconds_late(NOW)
    site = make_site(database)
    for number in range(2):
        post(parts, site, comment(f"Comment number {number}, which waits"))

    assert load.seconds_late(NOW - timedelta(hours=1)) == 1


def test_without_redis_a_pace_is_assumed(database: Database) -> None:
    """While Redis is away nobody knows the pace, and comments are still taken."""
    parts = make_parts(database, "redis://127.0.0.1:1/0")
    post(parts, make_site(database), comment())

    assert Load(parts, 1).seconds_late(NOW) == 0
