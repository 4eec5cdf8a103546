"""Sliding windows, held against a plain list that is counted anew every time."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest
from redis import Redis

from moderation import ids
from moderation.errors import TooManyError
from moderation.intake import Received, counted
from moderation.model import Author, Comment, Thread, WindowUse
from moderation.pipeline import receive
from moderation.policy_document import Policy, SectionPolicy, WindowLimit
from moderation.records import Site
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.windows import Counted, Windows
from tests.build import NOW, make_parts, make_site, prepared

NUMBERS = count(1)
NOWHERE = "redis://127.0.0.1:1/0"
MILLISECOND = timedelta(milliseconds=1)
POLICY = Policy(
    limits=(
        WindowLimit("author", 3, 10),
        WindowLimit("author", 5, 60),
        WindowLimit("address", 4, 20),
        WindowLimit("site", 12, 30),
    ),
    sections={
        "letters": SectionPolicy(limits=(WindowLimit("thread", 2, 5), WindowLimit("author", 2, 2))),
        "free": SectionPolicy(limits=()),
    },
)
SECTIONS = (None, "letters", "free")


@dataclass
class Model:
    """All comments that were let in, with when they came."""

    kept: list[tuple[datetime, Counted]] = field(default_factory=list)

    def uses(self, one: Counted, now: datetime) -> list[WindowUse]:
        """Return what the windows must say of a comment, and let it in if none is full."""
        found = []
        for limit in one.limits:
            if one.key(limit.per) is not None:
                wait = 0
                if self._holds(one, limit, now) >= limit.count:
                    wait = next(
                        s for s in count(1) if self._holds(one, limit, now + timedelta(seconds=s)) < limit.count
                    )
                found.append(WindowUse(limit.per, self._holds(one, limit, now), limit.count, limit.seconds, wait))
        if all(use.count < use.limit for use in found):
            self.kept.append((now, one))
        return found

    def _holds(self, one: Counted, limit: WindowLimit, now: datetime) -> int:
        since = now - timedelta(seconds=limit.seconds)
        return sum(at > since and kept.key(limit.per) == one.key(limit.per) for at, kept in self.kept)


class Parted:
    """A user of Redis who is locked out and let in again: for that user Redis is away and comes back as it was."""

    def __init__(self, url: str) -> None:
        """Make the user."""
        self._admin: Redis = Redis.from_url(url)
        self._admin.acl_setuser(
            "parted", enabled=True, passwords=["+hush"], keys=["*"], channels=["*"], commands=["+@all"]
        )
        self.url = url.replace("redis://", "redis://parted:hush@")
        self._away = False

    def turn(self) -> None:
        """Lock the user out, or let them in again."""
        self._away = not self._away
        self._admin.acl_setuser("parted", enabled=not self._away)
        self._admin.client_kill_filter(user="parted")

    def close(self) -> None:
        """Remove the user."""
        self._admin.acl_deluser("parted")
        self._admin.close()


@pytest.fixture
def parted(redis_url: str) -> Iterator[Parted]:
    """Give a user of the shared Redis who can be locked out."""
    made = Parted(redis_url)
    yield made
    made.close()


@pytest.fixture
def windows(settings: Settings) -> Windows:
    """Give windows on an empty Redis, with an empty database behind it."""
    return make_parts(Database(settings.database), settings.redis).windows


def new_site(policy: Policy = POLICY) -> Site:
    """Return a site that no other test has used."""
    return Site(f"site-{next(NUMBERS)}", "A site", policy, 1)


def one_of(rng: random.Random, site: Site, now: datetime) -> Counted:
    """Return a comment of some author, from somewhere, in some section."""
    limits = site.policy.for_section(rng.choice(SECTIONS)).limits
    author, address = rng.choice(["a", "b", None]), rng.choice(["x", "y", None])
    return Counted(ids.new_id(now), rng.choice(["t1", "t2"]), author, address, limits)


def by(author: str, limits: Sequence[WindowLimit] = POLICY.limits) -> Counted:
    """Return a comment by an author."""
    return Counted(ids.new_id(NOW), "t1", author, None, tuple(limits))


@pytest.mark.parametrize("seed", range(8))
def test_windows_count_exactly(windows: Windows, seed: int) -> None:
    """Whatever comes when, counts and waits are those of a list that is counted anew, to the millisecond."""
    rng, site, model, now = random.Random(seed), new_site(), Model(), NOW
    for _ in range(150):
        now += rng.choice([0, 1, 999, 1000, 2000, 4999, 10_000]) * MILLISECOND
        group = [one_of(rng, site, now) for _ in range(rng.choice([1, 1, 3]))]

        expected = [tuple(model.uses(one, now)) for one in group]

        assert windows.reserve(site, group, now) == expected


@pytest.mark.parametrize("how", ["steady", "emptied", "away", "sometimes away"])
def test_windows_count_the_same_wherever_they_count(
    database: Database, redis_url: str, parted: Parted, how: str
) -> None:
    """A Redis that is steady, emptied at any moment, or away leads to the same refusals, which the database proves."""
    parts = make_parts(database, {"away": NOWHERE, "sometimes away": parted.url}.get(how, redis_url))
    site = make_site(database, policy=POLICY)
    rng, model, now = random.Random(how), Model(), NOW
    refused = 0
    for number in range(60):
        now += rng.choice([0, 1, 500, 1000, 3000]) * MILLISECOND
        made = Comment(
            f"Comment number {number}, unlike all others",
            Thread(rng.choice(["t1", "t2"]), section=rng.choice(SECTIONS)),
            Author(id=rng.choice(["a", "b", None]), ip=rng.choice(["203.0.113.9", "2001:db8::1", None])),
        )
        one = prepared(parts, site, made, now)
        if how == "emptied" and rng.random() < 0.2:
            parts.queue.redis.flushall()
        if how == "sometimes away" and rng.random() < 0.3:
            parted.turn()
        expected = model.uses(counted(one), now)

        outcome = receive(parts, site, [one], now)[0]

        waits = [use.retry_after for use in expected if use.count >= use.limit]
        assert isinstance(outcome, TooManyError if waits else Received), (number, expected)
        if isinstance(outcome, TooManyError):
            refused += 1
            assert outcome.retry_after == max(waits)
    assert 5 < refused < 55


def test_a_wait_is_just_long_enough(windows: Windows) -> None:
    """Who comes back after the seconds that were told is let in; a second before, not."""
    limit = WindowLimit("author", 2, 10)
    site = new_site(Policy(limits=(limit,)))
    for offset in (0, 3):
        windows.reserve(site, [by("kim", [limit])], NOW + timedelta(seconds=offset))

    (full,) = windows.reserve(site, [by("kim", [limit])], NOW + timedelta(seconds=4))[0]
    assert (full.count, full.retry_after) == (2, 6)

    (early,) = windows.reserve(site, [by("kim", [limit])], NOW + timedelta(seconds=9.999))[0]
    (late,) = windows.reserve(site, [by("kim", [limit])], NOW + timedelta(seconds=10))[0]
    assert (early.count, early.retry_after) == (2, 1)
    assert late.count == 1


def test_a_lowered_limit_tells_when_there_is_a_place_again(windows: Windows) -> None:
    """When a window holds more than is now allowed, the wait is for all that are too many."""
    wide, narrow = WindowLimit("author", 5, 60), WindowLimit("author", 2, 60)
    site = new_site(Policy(limits=(wide,)))
    for second in range(4):
        windows.reserve(site, [by("kim", [wide])], NOW + timedelta(seconds=second))

    (full,) = windows.reserve(site, [by("kim", [narrow])], NOW + timedelta(seconds=4))[0]

    assert (full.count, full.retry_after) == (4, 58)


def test_a_short_window_of_one_section_forgets_nothing_for_another(windows: Windows) -> None:
    """A comment in a section with short or no limits stays counted for as long as the longest limit of the site."""
    hour, second = WindowLimit("author", 2, 3600), WindowLimit("author", 9, 1)
    policy = Policy(limits=(hour,), sections={"fast": SectionPolicy(limits=(second,))})
    site = new_site(policy)
    windows.reserve(site, [by("kim", [hour])], NOW)
    windows.reserve(site, [by("kim", [second])], NOW + timedelta(seconds=30))

    (full,) = windows.reserve(site, [by("kim", [hour])], NOW + timedelta(seconds=60))[0]

    assert full.count == 2


def test_a_place_can_be_given_back(windows: Windows) -> None:
    """A comment that was not stored after all counts nowhere."""
    limit = WindowLimit("site", 1, 60)
    site, one = new_site(Policy(limits=(limit,))), by("kim", [limit])
    windows.reserve(site, [one], NOW)

    windows.release(site, [one])

    assert windows.reserve(site, [by("lee", [limit])], NOW)[0][0].count == 0


def test_sites_and_authors_are_counted_apart(windows: Windows) -> None:
    """The same author on another site, and another author on the same, have windows of their own."""
    limit = WindowLimit("author", 1, 60)
    first, second = new_site(Policy(limits=(limit,))), new_site(Policy(limits=(limit,)))
    windows.reserve(first, [by("kim", [limit])], NOW)

    assert [
        windows.reserve(site, [by(author, [limit])], NOW)[0][0].count
        for site, author in ((first, "kim"), (first, "lee"), (second, "kim"))
    ] == [1, 0, 0]


def test_who_is_unknown_is_not_counted(windows: Windows) -> None:
    """Comments without an author or address share no window: nobody is refused for what strangers did."""
    site = new_site(Policy(limits=(WindowLimit("author", 1, 60),)))
    unknown = [Counted(ids.new_id(NOW), "t1", None, None, site.policy.limits) for _ in range(3)]

    assert windows.reserve(site, unknown, NOW) == [(), (), ()]


def test_giving_back_without_redis_is_no_error(settings: Settings) -> None:
    """While Redis is away there is nothing to give back."""
    site = new_site()

    make_parts(Database(settings.database), NOWHERE).windows.release(site, [by("kim")])
