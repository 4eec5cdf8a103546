"""Keys that have expired, and when each was last used."""

import threading
from datetime import datetime, timedelta

import pytest

from moderation import ids, keys
from moderation.audit_entry import CLI
from moderation.errors import ExpiredKeyError, KeyReplacedError, NotFoundError, UnauthorizedError
from moderation.hashing import Hasher
from moderation.key_uses import EVERY, KeyUses
from moderation.model import Scope
from moderation.records import Key
from moderation.site_cache import SiteCache
from moderation.storage.database import Database
from tests.build import NOW, make_site
from tests.logbook import added
from tests.proofs import Line, proves

HASHER = Hasher("s" * 32)
SECOND = timedelta(seconds=1)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        """Begin at the usual moment."""
        self.time = NOW

    def now(self) -> datetime:
        """Return the time."""
        return self.time


def made(database: Database, life: timedelta | None = None, kind: str = "native") -> str:
    """Make a site with a key for reading, good for a while."""
    make_site(database)
    wanted = keys.Wanted("shop", kind, [Scope.READ], NOW + life if life else None)
    return keys.make(database, HASHER, "news", wanted, NOW, CLI)


def known(database: Database, key: str) -> Key:
    """Return what is kept of a key."""
    return next(one for one in keys.list_keys(database, "news") if one.prefix == ids.api_key_prefix(key))


@proves(Line.KEYS)
def test_a_key_expires_to_the_moment(database: Database) -> None:
    """Also one that was looked up just before; whoever holds it is told so, and nobody else."""
    clock, key = Clock(), made(database, timedelta(days=90))
    cache = SiteCache(database, clock.now)

    clock.time = NOW + timedelta(days=90) - SECOND
    assert cache.native_key(key).scopes == {Scope.READ}
    clock.time += SECOND
    with pytest.raises(ExpiredKeyError, match="make another"):
        cache.native_key(key)
    body = f"mod_{ids.api_key_prefix(key)}_{'0' * 30}"
    with pytest.raises(UnauthorizedError) as refused:
        cache.native_key(body + ids.crc(body))
    assert not isinstance(refused.value, ExpiredKeyError)


@proves(Line.KEYS)
@pytest.mark.parametrize("life", [None, timedelta(days=90), timedelta(hours=1)])
def test_two_keys_are_good_while_one_is_rolled(database: Database, life: timedelta | None) -> None:
    """The old one for the overlap or its own rest; the new one for as long a life, for ever if that was for ever."""
    clock, old = Clock(), made(database, life)
    cache, overlap = SiteCache(database, clock.now), timedelta(days=7)

    with added(database) as found:
        new = keys.rotate(database, HASHER, "news", str(ids.api_key_prefix(old)), overlap, NOW, CLI)

    assert cache.native_key(old).scopes == cache.native_key(new).scopes == {Scope.READ}
    assert known(database, new).expires_at == (NOW + life if life else None)
    assert known(database, old).expires_at == NOW + min(overlap, life or overlap)
    assert [(one.action, one.subject) for one in found] == [
        ("key.made", ids.api_key_prefix(new)), ("key.rotated", ids.api_key_prefix(old))
    ]  # fmt: skip


@proves(Line.KEYS)
def test_a_key_is_rolled_once(database: Database) -> None:
    """A second time, as after a double click, the key that took its place is the one to roll."""
    prefix = str(ids.api_key_prefix(made(database)))
    keys.rotate(database, HASHER, "news", prefix, timedelta(days=7), NOW, CLI)

    with pytest.raises(KeyReplacedError):
        keys.rotate(database, HASHER, "news", prefix, timedelta(days=7), NOW, CLI)


@proves(Line.KEYS)
def test_an_akismet_key_is_rolled_too(database: Database) -> None:
    """It stays one of twelve hex digits."""
    old = made(database, kind="akismet")

    new = keys.rotate(database, HASHER, "news", HASHER.akismet_key(old), timedelta(days=1), NOW, CLI)

    cache = SiteCache(database, Clock().now)
    assert len(new) == len(old) == 12
    assert cache.akismet_key(HASHER.akismet_key(new)).site_id == "news"


@proves(Line.KEYS)
def test_keys_of_other_sites_are_not_there(database: Database) -> None:
    """Neither rolled nor revoked."""
    prefix = str(ids.api_key_prefix(made(database)))
    make_site(database, "other")

    with pytest.raises(NotFoundError):
        keys.rotate(database, HASHER, "other", prefix, SECOND, NOW, CLI)
    with pytest.raises(NotFoundError):
        keys.revoke(database, "other", prefix, NOW, CLI)


@proves(Line.KEYS)
def test_it_is_known_when_a_key_was_used(database: Database) -> None:
    """The first use of each minute is written, and by another thread than the one that uses it."""
    clock, key = Clock(), made(database)
    uses = KeyUses(database)
    cache = SiteCache(database, clock.now, uses.note)
    seen = []
    for seconds in (0, 30, 59, 61):
        clock.time = NOW + seconds * SECOND
        cache.native_key(key)
        uses.wait()
        seen.append(known(database, key).used_at)

    assert seen == [NOW, NOW, NOW, NOW + 61 * SECOND]
    assert EVERY == 60 * SECOND


@proves(Line.KEYS)
def test_no_request_waits_for_it(database: Database) -> None:
    """A database that takes no writes delays nobody, and what it does not take is forgotten."""
    key = made(database)
    uses = KeyUses(database)
    cache = SiteCache(database, Clock().now, uses.note)
    done = threading.Event()

    def use() -> None:
        cache.native_key(key)
        done.set()

    with database.write() as connection:
        connection.exec_driver_sql("UPDATE api_keys SET name = 'busy'")  # holds the row, or SQLite's only lock
        user = threading.Thread(target=use)
        user.start()
        assert done.wait(5)
    user.join()
    uses.wait()

    assert known(database, key).used_at == NOW


def test_uses_end_with_what_waits_written(database: Database) -> None:
    """Closing leaves no thread, and loses no use."""
    key = made(database)
    uses = KeyUses(database)
    uses.close()
    SiteCache(database, Clock().now, uses.note).native_key(key)
    uses.close()

    assert known(database, key).used_at == NOW
    assert not any(thread.name == "key-uses" and thread.is_alive() for thread in threading.enumerate())
