"""Redis as a bell and a blackboard: it rings for work that the database holds, and tells what was decided.

Whatever is lost here is found again: a lost ring by the sweep, lost news by its reader's timeout.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Any

import structlog
from celery import Celery
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

BELL_SECONDS = 5
"""A ring whose message was lost is in nobody's way after this."""
CONNECT_SECONDS = 1.0
GRACE = 1.1
"""As many times as long as a command may wait is waited for its answer."""
DECIDED_SECONDS = 60
LONGEST_BLOCK_SECONDS = 130
BLOCKS = (1.0, 10.0, LONGEST_BLOCK_SECONDS / GRACE)
"""What waits goes over the connection for waits up to one of these: a Redis that hangs is soon found out."""

log = structlog.get_logger()


class Bell(StrEnum):
    """What can be rung for; the value is the Celery queue."""

    SCORING = "scoring"  # stored comments wait
    INTERACTIVE = "interactive"  # somebody waits for scores
    COURIER = "courier"  # deliveries are due
    LEARNING = "learning"  # sites have something to learn


TASKS: Mapping[Bell, str] = {
    Bell.SCORING: "workers.tasks.score_waiting",
    Bell.INTERACTIVE: "workers.tasks.score_asked",
    Bell.COURIER: "workers.tasks.deliver_due",
    Bell.LEARNING: "workers.tasks.learn_due",
}
"""Which task each bell calls; a test holds the names to `workers/tasks.py`."""

TRANSPORT_OPTIONS = {"socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": 30, "socket_keepalive": True}


class Queue:
    """One process's connection to Redis."""

    def __init__(self, url: str) -> None:
        """Connect lazily to a `redis://` URL."""
        self.redis = _connect(url, 2.0)
        self._blocking = {longest: _connect(url, longest * GRACE) for longest in BLOCKS}
        self._celery = Celery(broker=url, set_as_current=False)
        self._celery.conf.update(
            broker_transport_options=TRANSPORT_OPTIONS,
            broker_connection_retry=False,
            task_ignore_result=True,
            task_create_missing_queues=True,
        )
        self._rung = {bell: threading.Event() for bell in Bell}
        self._any = threading.Event()
        self._ringer: threading.Thread | None = None
        self._lock = threading.Lock()
        self._told = False
        self._closed = threading.Event()

    def close(self) -> None:
        """Ring no more, and leave Redis."""
        self._closed.set()
        self._any.set()
        for one in (self.redis, *self._blocking.values()):
            one.close()
        self._celery.close()

    def blocking(self, seconds: float) -> Redis:
        """Return the connection for a command that waits up to so many seconds."""
        return self._blocking[next((one for one in BLOCKS if seconds <= one), BLOCKS[-1])]

    def ring(self, bell: Bell) -> None:
        """Wake a worker soon; never blocks or raises, and many rings in a short time become one."""
        self._rung[bell].set()
        self._any.set()
        if self._ringer is None:
            with self._lock:
                if self._ringer is None:
                    self._ringer = threading.Thread(target=self._ring_forever, name="bell", daemon=True)
                    self._ringer.start()

    def ring_now(self, bell: Bell) -> bool:
        """Send the bell's task unless one is already under way; return whether Redis took it."""
        taken = False
        try:
            taken = bool(self.redis.set(_key("bell", bell), 1, nx=True, ex=BELL_SECONDS))
            if taken:
                self._celery.send_task(TASKS[bell], queue=bell.value, retry=False)
        except Exception as error:  # noqa: BLE001 - redis-py and kombu have an error class of their own each
            if not self._told:
                log.warning("bell_not_rung", bell=bell.value, error=type(error).__name__)
            self._told = True
            if taken:
                with suppress(RedisError, OSError):
                    self.heard(bell)
            return False
        self._told = False
        return True

    def heard(self, bell: Bell) -> None:
        """Note, before looking for work, that later rings must ring again."""
        self.redis.delete(_key("bell", bell))

    def announce(self, comment_ids: Sequence[str]) -> None:
        """Tell whoever waits for these comments that they are decided."""
        try:
            with self.redis.pipeline(transaction=False) as pipe:
                for comment_id in comment_ids:
                    pipe.rpush(_key("decided", comment_id), 1)
                    pipe.expire(_key("decided", comment_id), DECIDED_SECONDS)
                pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("decisions_not_announced", number=len(comment_ids), error=type(error).__name__)

    def wait_decided(self, comment_id: str, timeout: float) -> bool:
        """Wait until the comment is announced, at most `timeout` seconds; return whether it was."""
        if timeout <= 0:  # which would be for ever
            return False
        key = _key("decided", comment_id)
        try:  # moved to where it was: others may wait for the same comment
            return self.blocking(timeout).blmove(key, key, timeout) is not None  # type: ignore[arg-type] # takes fractions
        except (RedisError, OSError) as error:
            log.warning("wait_cut_short", comment=comment_id, error=type(error).__name__)
            return False

    def begin(self, site_id: str, idempotency_key: str) -> bool:
        """Mark a request as running; False if one of its key is. While Redis is away every one may run."""
        try:
            return bool(self.redis.set(_key("running", site_id, idempotency_key), 1, nx=True, ex=LONGEST_BLOCK_SECONDS))
        except (RedisError, OSError):
            return True

    def end(self, site_id: str, idempotency_key: str) -> None:
        """Mark a request as over."""
        try:
            self.redis.delete(_key("running", site_id, idempotency_key))
        except (RedisError, OSError) as error:
            log.warning("running_mark_left", site=site_id, error=type(error).__name__)

    def beat(self, part: str, seconds: int, says: Mapping[str, Any] | None = None) -> None:
        """Say that a part is alive for the next `seconds`, and what else it says of itself."""
        self.redis.set(_key("alive", part), json.dumps(says or {}), ex=seconds)

    def said(self, part: str) -> Mapping[str, Any] | None:
        """Return what a part said lately of itself; None if none is alive, or Redis is away."""
        with suppress(RedisError, OSError):
            found: Any = self.redis.get(_key("alive", part))
            return None if found is None else dict(json.loads(found))
        return None

    def alive(self, part: str) -> bool:
        """Tell whether a part said lately that it is alive; False when Redis is away."""
        return self.said(part) is not None

    def answers(self) -> bool:
        """Tell whether Redis answers."""
        with suppress(RedisError, OSError):
            return bool(self.redis.ping())
        return False

    def keep_pace(self, per_second: float) -> None:
        """Remember how many comments a second one worker settled last."""
        self.redis.set(_key("pace"), per_second, ex=600)

    def pace(self) -> float | None:
        """Return how many comments a second a worker settled last, or None if nobody knows."""
        with suppress(RedisError, OSError):
            found: Any = self.redis.get(_key("pace"))
            return None if found is None else float(found)
        return None

    def _ring_forever(self) -> None:
        while True:
            self._any.wait()
            if self._closed.is_set():
                return
            self._any.clear()
            failed = False
            for bell, rung in self._rung.items():
                if rung.is_set():
                    rung.clear()
                    if not self.ring_now(bell):
                        failed = True
                        rung.set()
            if failed and not self._closed.wait(CONNECT_SECONDS):
                self._any.set()


def _connect(url: str, timeout: float) -> Redis:
    """Return a lazy client that tries once: who calls it knows what to do without Redis, and somebody waits."""
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=timeout,
        decode_responses=True,
        retry=Retry(NoBackoff(), 0),
    )


def _key(*parts: str) -> str:
    return ":".join(("moderation", *parts))
