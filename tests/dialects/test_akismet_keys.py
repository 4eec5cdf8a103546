"""Akismet keys: which are good, and how long a good one is known where many wrong ones come from."""

import hashlib
import re

import pytest
from sqlalchemy import select

from moderation import clock, ids
from moderation.dialects.akismet_keys import REMEMBERED, TRIES, find
from moderation.errors import TooManyError
from moderation.queue import Queue
from moderation.service import Service
from moderation.settings import Settings
from moderation.storage import sites
from moderation.storage.database import Database
from moderation.storage.tables import api_keys
from tests.build import add_akismet_key, make_parts, make_site
from tests.proofs import Line, proves

HERE, ELSEWHERE = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def service(database: Database, redis_url: str, settings: Settings) -> Service:
    """Give a service with the sites `news` and `other`."""
    made = Service(make_parts(database, redis_url), settings)
    for site_id in ("news", "other"):
        make_site(database, site_id)
    return made


def add_key(service: Service, site_id: str = "news") -> str:
    """Make an Akismet key."""
    return add_akismet_key(service.parts.database, service.parts.hasher, site_id)


def guess(service: Service, times: int) -> None:
    """Try keys that are none."""
    for number in range(times):
        assert find(service, f"{number:012x}", HERE) is None


def test_4_a_key_is_what_wordpress_takes() -> None:
    """Twelve characters, all of them hexadecimal digits, in lower case; no two are the same."""
    keys = {ids.new_akismet_key() for _ in range(100)}

    assert len(keys) == 100
    assert all(re.fullmatch("[0-9a-f]{12}", key) for key in keys)


def test_a_key_opens_its_own_site(service: Service) -> None:
    """And no other."""
    keys = {site_id: add_key(service, site_id) for site_id in ("news", "other")}

    found = {site_id: find(service, key, HERE) for site_id, key in keys.items()}

    assert {site_id: one and one.site_id for site_id, one in found.items()} == {"news": "news", "other": "other"}


@proves(Line.KEYS)
def test_the_database_alone_does_not_give_a_key_away(service: Service) -> None:
    """There are so few keys that whoever has a plain hash of one can try them all."""
    key = add_key(service)
    plain = {kind(key.encode()).hexdigest() for kind in (hashlib.md5, hashlib.sha1, hashlib.sha256)}

    with service.parts.database.read() as connection:
        (stored,) = connection.execute(select(api_keys)).all()

    assert not {part for one in stored for part in {key, *plain} if part in str(one)}


def test_a_revoked_key_is_none(service: Service) -> None:
    """From the moment that the cache of keys has forgotten it."""
    key = add_key(service)
    with service.parts.database.write() as connection:
        sites.revoke_key(connection, "news", service.parts.hasher.akismet_key(key), clock.now())

    assert find(service, key, HERE) is None


def test_a_key_that_is_in_use_stays_known(service: Service) -> None:
    """Somebody behind the same address who guesses for days locks it out on none of them."""
    key, other = add_key(service), add_key(service, "other")
    assert find(service, key, HERE)
    redis = service.parts.queue.redis
    (known,) = redis.keys("moderation:akismet:right:*")
    redis.expire(known, 60)

    guess(service, TRIES)

    assert find(service, key, HERE)
    assert redis.ttl(known) == pytest.approx(REMEMBERED.total_seconds(), abs=60)
    with pytest.raises(TooManyError):
        find(service, other, HERE)
    assert find(service, other, ELSEWHERE)


def test_without_redis_nothing_is_slowed_down(database: Database, settings: Settings) -> None:
    """Keys are looked up all the same: a service whose Redis is away still answers."""
    parts = make_parts(database, "redis://127.0.0.1:1/0")
    make_site(database)
    service = Service(parts, settings)
    key = add_key(service)

    guess(service, TRIES + 1)

    assert find(service, key, HERE)
    assert not Queue("redis://127.0.0.1:1/0").answers()
