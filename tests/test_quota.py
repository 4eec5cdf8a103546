"""Quotas of dialects, on a real Valkey."""

from datetime import UTC, datetime, timedelta

import pytest

from moderation.queue import Queue
from moderation.quota import Quota

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def queue(redis_url: str) -> Queue:
    """Give a queue on an empty Valkey."""
    made = Queue(redis_url)
    made.redis.flushall()
    return made


def test_the_allowance_of_a_minute_can_be_spent_at_once(queue: Queue) -> None:
    """The next one is due when its share of the minute has passed, and not before; each site has its own."""
    quota = Quota(queue, "perspective", 3)

    assert [quota.seconds_over("news", 1, NOW) for _ in range(5)] == [0, 0, 0, 20, 20]
    assert quota.seconds_over("blog", 1, NOW) == 0
    assert quota.seconds_over("news", 1, NOW + timedelta(seconds=19.5)) == 1
    assert quota.seconds_over("news", 1, NOW + timedelta(seconds=20)) == 0
    assert quota.seconds_over("news", 1, NOW + timedelta(seconds=20)) == 20


def test_a_full_allowance_is_full_again_after_a_minute(queue: Queue) -> None:
    """What is not used is not saved up beyond one minute's worth."""
    quota = Quota(queue, "perspective", 2)

    for minutes in range(3):
        now = NOW + timedelta(minutes=minutes)
        assert [quota.seconds_over("news", 1, now) > 0 for _ in range(3)] == [False, False, True]


def test_many_at_once_are_let_through_together_or_not_at_all(queue: Queue) -> None:
    """A list costs as much as its texts; one longer than the allowance is let through when it is full."""
    quota = Quota(queue, "openai", 60)

    assert quota.seconds_over("news", 40, NOW) == 0
    assert quota.seconds_over("news", 40, NOW) == 20
    assert quota.seconds_over("news", 20, NOW) == 0
    assert quota.seconds_over("blog", 90, NOW) == 0
    assert quota.seconds_over("blog", 1, NOW + timedelta(seconds=30)) == 1


def test_two_quotas_do_not_share_an_allowance(queue: Queue) -> None:
    """What one dialect spends is not missing in another."""
    assert Quota(queue, "perspective", 1).seconds_over("news", 1, NOW) == 0
    assert Quota(queue, "openai", 1).seconds_over("news", 1, NOW) == 0


def test_no_quota_and_no_redis_refuse_nobody(queue: Queue) -> None:
    """0 is no limit; what cannot be counted is let through."""
    assert [Quota(queue, "perspective", 0).seconds_over("news", 1, NOW) for _ in range(3)] == [0, 0, 0]
    lost = Quota(Queue(NOBODY), "perspective", 1)
    assert [lost.seconds_over("news", 1, NOW) for _ in range(3)] == [0, 0, 0]
