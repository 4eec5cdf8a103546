"""Whose Akismet key came with a request; guessing keys, which are short, is slowed down.

After `TRIES` wrong keys from one network address, only keys that were right from there lately are looked up at all.
"""

from datetime import timedelta

import structlog
from redis.exceptions import RedisError

from moderation.dialects.akismet_requests import KEY
from moderation.errors import TooManyError, UnauthorizedError
from moderation.hashing import Hasher
from moderation.records import Key
from moderation.service import Service

TRIES = 30
WINDOW = timedelta(minutes=10)
REMEMBERED = timedelta(days=1)

log = structlog.get_logger()


def find(service: Service, key: str, address: str | None) -> Key | None:
    """Return what a key may do, None if it is no live key.

    Raises:
        TooManyError: too many wrong keys came from this address.
    """
    if not KEY.fullmatch(key):
        return None
    wrong, right = _names(service.parts.hasher, key, address)
    known, tries = _seen(service, right, wrong)
    if tries >= TRIES and not known:
        raise TooManyError("Too many wrong keys came from this address", retry_after=round(WINDOW.total_seconds()))
    try:
        found = service.sites.akismet_key(service.parts.hasher.akismet_key(key))
    except UnauthorizedError:
        _count(service, wrong)
        return None
    if not known:
        _remember(service, right)
    return found


def _names(hasher: Hasher, key: str, address: str | None) -> tuple[str, str]:
    caller = address or ""
    return (
        f"moderation:akismet:wrong:{hasher.hash('akismet-caller', caller)}",
        f"moderation:akismet:right:{hasher.hash('akismet-caller', f'{caller} {key}')}",
    )


def _seen(service: Service, right: str, wrong: str) -> tuple[bool, int]:
    """Return whether the key was right lately, and how many wrong ones came; without Redis nothing is slowed down.

    A key that is in use stays known.
    """
    try:
        with service.parts.queue.redis.pipeline() as pipe:
            pipe.expire(right, REMEMBERED)
            pipe.get(wrong)
            known, tries = pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("akismet_keys_not_throttled", error=type(error).__name__)
        return True, 0
    return bool(known), int(tries or 0)


def _count(service: Service, wrong: str) -> None:
    try:
        with service.parts.queue.redis.pipeline() as pipe:
            pipe.set(wrong, 0, nx=True, ex=WINDOW)
            pipe.incr(wrong)
            pipe.execute()
    except (RedisError, OSError) as error:
        log.warning("akismet_keys_not_throttled", error=type(error).__name__)


def _remember(service: Service, right: str) -> None:
    try:
        service.parts.queue.redis.set(right, 1, ex=REMEMBERED)
    except (RedisError, OSError) as error:
        log.warning("akismet_keys_not_throttled", error=type(error).__name__)
