"""Slows down the guessing of passwords: a few tries for each pair of network address and e-mail address."""

from datetime import timedelta

from redis import Redis
from redis.exceptions import RedisError

from moderation.hashing import Hasher
from moderation.logs import log

TRIES = 10
WINDOW = timedelta(minutes=15)


class Throttle:
    """Counts tries in Redis, under keyed hashes; while Redis is away it lets everyone try."""

    def __init__(self, redis: Redis, hasher: Hasher, kind: str = "login", tries: int = TRIES) -> None:
        """Count tries of one kind in `redis`, and let so many of each pair through in a `WINDOW`."""
        self._redis = redis
        self._hasher = hasher
        self._kind = kind
        self._tries = tries

    def wait(self, address: str | None, email: str) -> int:
        """Count a try before it is made and return 0, or the seconds to wait if there were too many.

        Counting first means that tries made at the same moment count too; `forget` takes back those that succeed.
        """
        key = self._key(address, email)
        try:
            with self._redis.pipeline() as pipe:
                pipe.set(key, 0, nx=True, ex=WINDOW)
                pipe.incr(key)
                pipe.ttl(key)
                _, tries, seconds = pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("sign_in_not_throttled", error=type(error).__name__)
            return 0
        return max(1, int(seconds)) if tries > self._tries else 0

    def forget(self, address: str | None, email: str) -> None:
        """Start counting anew, after a success."""
        try:
            self._redis.delete(self._key(address, email))
        except (RedisError, OSError) as error:
            log.warning("sign_in_tries_left", error=type(error).__name__)

    def _key(self, address: str | None, email: str) -> str:
        return f"moderation:login:{self._hasher.hash(self._kind, f'{address} {email.strip().lower()}')}"
