import random

from moderation.queue import Queue
from training.raid import _one_raid, copy
from workers.raids import Posted, Raids

ADVERT = "Join our private trading group today and earn five thousand dollars a week from home, no experience needed"
ORDINARY = (
    "The council moved the bus stop again, so my grandmother now walks half a mile to church on Sundays",
    "I read the report twice and still cannot see where the second half of the money is meant to come from",
)


def test_copies_differ_from_each_other_and_from_their_text() -> None:
    """No two are the same, and each keeps most of the words."""
    rng = random.Random(1)
    copies = [copy(ADVERT, rng) for _ in range(50)]

    assert len({*copies, ADVERT}) == 51
    assert all(len(set(one.split()) & set(ADVERT.split())) > 8 for one in copies)


def test_a_raid_is_measured_by_what_is_held(redis_url: str) -> None:
    """Most copies after the first five are caught, none of the others is touched."""
    queue = Queue(redis_url)
    queue.redis.flushall()
    rng = random.Random(1)
    group = [Posted(f"copy {n}", "site", copy(ADVERT, rng), f"raider {n % 30}", 600) for n in range(60)]
    group += [Posted(f"other {n}", "site", text, f"reader {n}", 600) for n, text in enumerate(ORDINARY)]
    caught, touched, milliseconds = _one_raid(Raids(queue.redis), group)

    assert caught > 0.9
    assert touched == 0
    assert milliseconds > 0
