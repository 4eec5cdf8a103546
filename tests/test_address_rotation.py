"""Networks are hashed with a key that changes: limits hold across a change, and the old key is gone for good."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from moderation.address_keys import FRESH, KeptKeys
from moderation.address_rotation import LEAD, rotate_due
from moderation.errors import TooManyError
from moderation.hashing import Hasher
from moderation.intake import Received
from moderation.model import Author
from moderation.pipeline import Parts, receive
from moderation.policy_document import Policy, WindowLimit
from moderation.records import Site
from moderation.storage import address_keys, tables
from moderation.storage.database import Database
from tests.build import NOW, comment, make_parts, make_site, post, prepared
from tests.proofs import Line, proves
from workers.velocity import Watch

DAY = timedelta(days=1)
SECRET = "a secret of at least 32 characters"
NOWHERE = "redis://127.0.0.1:1/0"
NETWORK = "203.0.113.9"
POLICY = Policy(limits=(WindowLimit("address", 3, 2 * 86_400), WindowLimit("author", 100, 60)))


def begin(database: Database, part: str, since: datetime = NOW) -> None:
    """Let the database have one key."""
    with database.write() as connection:
        connection.execute(delete(tables.address_keys))
        address_keys.add(connection, 1, since, part)


def hasher(database: Database) -> Hasher:
    """Return what another process would hash with."""
    return Hasher(SECRET, KeptKeys(database).at)


def rotated(database: Database, now: datetime, days: int = 30) -> list[str | None]:
    """Do what the hourly task does, and return the parts of the keys, the newest first."""
    rotate_due(database, days, now, lambda: True)
    with database.read() as connection:
        return [key.part for key in address_keys.list_keys(connection)]


@pytest.fixture
def parts(database: Database, redis_url: str) -> Parts:
    """Give the pipeline on a database whose first key is the secret alone, as before keys changed."""
    begin(database, address_keys.BY_SECRET)
    return replace(make_parts(database, redis_url), hasher=hasher(database))


@pytest.fixture
def site(parts: Parts) -> Site:
    """Give a site that takes three comments from one network within two days."""
    return make_site(parts.database, policy=POLICY)


def tell(parts: Parts, site: Site, now: datetime, text: str = "Hello") -> Received | TooManyError:
    """Post from the network and return what becomes of it."""
    made = comment(f"{text} at {now}", author=Author(ip=NETWORK))
    (outcome,) = receive(parts, site, [prepared(parts, site, made, now)], now)
    assert isinstance(outcome, (Received, TooManyError))
    return outcome


def hashes(database: Database) -> list[str | None]:
    """Return the hashes of networks that are stored, the oldest first."""
    with database.read() as connection:
        return list(connection.execute(select(tables.comments.c.address_key).order_by(tables.comments.c.id)).scalars())


def test_a_new_database_has_a_random_key(database: Database) -> None:
    """What the first key hashes cannot be made again either; two databases have two."""
    with database.read() as connection:
        (key,) = address_keys.list_keys(connection)

    assert key.part is not None
    assert len(key.part) > 40


def test_within_a_period_a_network_has_one_hash(parts: Parts, site: Site) -> None:
    """In all processes, on each day; and at first it is the hash that it always had."""
    assert rotated(parts.database, NOW + 29 * DAY) == [address_keys.BY_SECRET]

    found = {hasher(parts.database).addresses(NETWORK, NOW + day * DAY) for day in range(30)}
    assert found == {Hasher(SECRET).addresses(NETWORK, NOW)}
    assert tell(parts, site, NOW).comment.address_key == found.pop()[0]  # type: ignore[union-attr]


@proves(Line.PRIVACY)
@pytest.mark.parametrize("redis", ["steady", "emptied", "away"])
def test_limits_hold_across_a_change(parts: Parts, site: Site, redis: str, redis_url: str) -> None:
    """Comments of before count with those of after, wherever they are counted, and the wait is just long enough."""
    if redis == "away":
        parts = replace(make_parts(parts.database, NOWHERE), hasher=parts.hasher)
    before = NOW + 30 * DAY
    for hour in (1, 2):
        tell(parts, site, before - timedelta(hours=hour))
    rotated(parts.database, before)
    after = before + LEAD + timedelta(hours=1)
    tell(parts, site, after)
    rotated(parts.database, after)
    assert len(set(hashes(parts.database))) == 2
    if redis == "emptied":
        parts.queue.redis.flushall()

    late = after + timedelta(hours=1)
    full = tell(parts, site, late)
    assert isinstance(full, TooManyError)
    leaves = before - timedelta(hours=2) + 2 * DAY
    assert full.retry_after == (leaves - late).total_seconds()
    assert isinstance(tell(parts, site, leaves - timedelta(seconds=1)), TooManyError)
    assert isinstance(tell(parts, site, leaves), Received)
    assert isinstance(tell(parts, site, leaves + timedelta(seconds=1)), TooManyError)
    del redis_url


def test_who_posts_from_one_network_is_counted_across_a_change(parts: Parts, site: Site) -> None:
    """The worker, which sees no address, finds the count of before under the new hash."""
    before = NOW + 30 * DAY
    rotated(parts.database, before)
    watch, many = Watch(parts.queue.redis, parts.database), replace(site, policy=Policy(limits=()))

    def look(number: int, now: datetime) -> int | None:
        one = post(parts, many, comment(f"Number {number}", author=Author(id=f"name {number}", ip=NETWORK)), now)
        return watch.look([one])[0].neighbours

    assert [look(number, before) for number in (1, 2)] == [1, 2]
    assert [look(number, before + LEAD) for number in (3, 4)] == [3, 4]


@proves(Line.PRIVACY)
def test_an_old_key_is_destroyed_with_all_that_it_made(parts: Parts, site: Site) -> None:
    """As soon as no limit looks back so far; the hash of the same network is another one then."""
    first = tell(parts, site, NOW).comment.address_key  # type: ignore[union-attr]
    since = NOW + 30 * DAY + LEAD
    new, old = rotated(parts.database, NOW + 30 * DAY)
    second = tell(parts, site, since).comment.address_key  # type: ignore[union-attr]
    assert (new != old, first != second) == (True, True)

    assert rotated(parts.database, since + 2 * DAY - timedelta(seconds=1)) == [new, old]
    assert hashes(parts.database) == [first, second]
    assert rotated(parts.database, since + 2 * DAY) == [new]
    assert hashes(parts.database) == [None, second]
    assert hasher(parts.database).addresses(NETWORK, since + 2 * DAY) == (second, None)

    newest, _ = rotated(parts.database, since + 30 * DAY)
    again = since + 30 * DAY + LEAD
    assert rotated(parts.database, again + 2 * DAY) == [newest]
    third = hasher(parts.database).addresses(NETWORK, again + 2 * DAY)[0]
    assert len({first, second, third}) == 3
    with parts.database.read() as connection:
        kept = str([connection.execute(select(table)).all() for table in tables.metadata.sorted_tables])
    assert str(new) not in kept
    assert str(newest) in kept


def test_emptying_goes_on_where_it_was_left(parts: Parts, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that has no more time leaves the rest to the next, with the key destroyed already."""
    monkeypatch.setattr("moderation.address_rotation.AT_ONCE", 2)
    free = replace(site, policy=Policy(limits=()))
    for second in range(5):
        tell(parts, free, NOW + timedelta(seconds=second))
    rotated(parts.database, NOW + 30 * DAY)
    turns = iter([True, False])

    over = NOW + 33 * DAY
    rotate_due(parts.database, 30, over, lambda: next(turns))
    with parts.database.read() as connection:
        assert [key.part is None for key in address_keys.list_keys(connection)] == [False, True]
    assert [one is None for one in hashes(parts.database)] == [True, True, False, False, False]

    assert len(rotated(parts.database, over)) == 1
    assert set(hashes(parts.database)) == {None}


@proves(Line.PRIVACY)
def test_all_processes_change_at_the_same_moment(database: Database) -> None:
    """A key is known to all some time before it counts, and a process asks often enough to have it by then."""
    begin(database, "first")
    one, other = hasher(database), hasher(database)
    before, since = NOW + 30 * DAY, NOW + 30 * DAY + LEAD
    assert one.addresses(NETWORK, before - timedelta(seconds=1)) == other.addresses(NETWORK, before)
    rotated(database, before)

    assert FRESH < LEAD
    last = since - timedelta(microseconds=1)
    assert one.addresses(NETWORK, last) == other.addresses(NETWORK, last) == one.addresses(NETWORK, before)
    assert one.addresses(NETWORK, since) == other.addresses(NETWORK, since) != one.addresses(NETWORK, last)


@proves(Line.PRIVACY)
def test_two_processes_that_change_it_at_once_end_with_one_key(database: Database) -> None:
    """Whoever is second finds the new key there."""
    begin(database, "first")
    others = [Database(database.engine.url.render_as_string(hide_password=False)) for _ in range(4)]
    gate = threading.Barrier(len(others))

    def change(own: Database) -> None:
        gate.wait()
        rotate_due(own, 30, NOW + 30 * DAY, lambda: True)

    threads = [threading.Thread(target=change, args=(own,)) for own in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rotated(database, NOW + 30 * DAY)) == 2
    later = NOW + 30 * DAY + LEAD
    assert len({hasher(own).addresses(NETWORK, later) for own in others}) == 1


def test_zero_days_keep_one_key_for_ever(database: Database) -> None:
    """Who wants to tell networks for years can."""
    begin(database, "first")

    assert rotated(database, NOW + 3650 * DAY, days=0) == ["first"]


def test_a_key_of_before_is_kept_for_a_period_at_most(parts: Parts, site: Site) -> None:
    """Also if a limit looks back further."""
    tell(parts, site, NOW)
    rotated(parts.database, NOW + DAY, days=1)

    over = NOW + 2 * DAY + LEAD
    assert address_keys.BY_SECRET in rotated(parts.database, over - timedelta(seconds=1), days=1)
    assert address_keys.BY_SECRET not in rotated(parts.database, over, days=1)


def test_while_the_database_is_away_the_known_keys_go_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing an address fails only in a process that has never known a key."""
    begin(database, "first")
    kept = KeptKeys(database)
    known = kept.at(NOW)

    with monkeypatch.context() as patch:
        patch.setattr(kept, "_database", Database("sqlite:////nowhere/at/all.db"))
        assert kept.at(NOW + DAY) == known
