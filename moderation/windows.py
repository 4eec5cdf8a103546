"""Counts over sliding windows, per author, address prefix, thread and site: exact, and shared by all processes.

Redis holds, per key, the times of the latest comments; one script looks at all windows of a comment and
counts it only if none is full. A Redis that was emptied is filled again from the database; while Redis is
away the database itself is counted.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

from moderation.model import WindowUse
from moderation.policy_document import WindowLimit
from moderation.records import Site
from moderation.storage import facts
from moderation.storage.database import Database

RESERVE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 'cold' end
local now, id, full, uses = tonumber(ARGV[1]), ARGV[2], false, {}
for i = 3, #ARGV, 3 do
  local key, limit, span = KEYS[tonumber(ARGV[i])], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]) * 1000
  local count, wait = redis.call('ZCOUNT', key, '(' .. (now - span), '+inf'), 0
  if count >= limit then
    full = true
    local from = '(' .. (now - span)
    local leaving = redis.call('ZRANGEBYSCORE', key, from, '+inf', 'WITHSCORES', 'LIMIT', count - limit, 1)
    wait = math.max(1, math.ceil((tonumber(leaving[2]) + span - now) / 1000))
  end
  uses[#uses + 1] = count
  uses[#uses + 1] = wait
end
if not full then
  local longest = {}
  for i = 3, #ARGV, 3 do
    local key, span = KEYS[tonumber(ARGV[i])], tonumber(ARGV[i + 2]) * 1000
    longest[key] = math.max(longest[key] or 0, span)
  end
  for key, span in pairs(longest) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - span)
    redis.call('ZADD', key, now, id)
    redis.call('PEXPIRE', key, span)
  end
end
return uses
"""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Counted:
    """A comment as the windows see it; `limits` are those of its section."""

    id: str
    thread_id: str
    author_key: str | None
    address_key: str | None
    limits: tuple[WindowLimit, ...]

    def key(self, per: str) -> str | None:
        """Return what the comment is counted under, or None if that is unknown."""
        return {"author": self.author_key, "address": self.address_key, "thread": self.thread_id, "site": ""}[per]


class Windows:
    """Looks up and takes places in the windows."""

    def __init__(self, redis: Redis, database: Database) -> None:
        """Count in `redis`, or in `database` where Redis cannot tell."""
        self._redis = redis
        self._database = database
        self._reserve = redis.register_script(RESERVE)

    def reserve(self, site: Site, comments: Sequence[Counted], now: datetime) -> list[tuple[WindowUse, ...]]:
        """Return each comment's windows as they were before it; a comment counts unless one was full."""
        if not any(_limits(comment) for comment in comments):
            return [()] * len(comments)
        try:
            answers = self._run(site, comments, now)
            if "cold" in answers:
                self._seed(site, now)
                answers = self._run(site, comments, now)
        except (RedisError, OSError) as error:
            log.warning("windows_counted_in_database", site=site.id, error=type(error).__name__)
            return self._from_database(site, comments, now)
        return [_uses(comment, answer) for comment, answer in zip(comments, answers, strict=True)]

    def release(self, site: Site, comments: Sequence[Counted]) -> None:
        """Give back the places of comments that were not stored after all."""
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for comment in comments:
                    for limit in _limits(comment):
                        pipe.zrem(_key(site, limit.per, str(comment.key(limit.per))), comment.id)
                pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("windows_not_released", site=site.id, error=type(error).__name__)

    def _run(self, site: Site, comments: Sequence[Counted], now: datetime) -> list[Any]:
        milliseconds = int(now.timestamp() * 1000)
        with self._redis.pipeline(transaction=False) as pipe:
            for comment in comments:
                keys = [_warm_key(site)]
                arguments: list[str | int] = [milliseconds, comment.id]
                for limit in _limits(comment):
                    key = _key(site, limit.per, str(comment.key(limit.per)))
                    if key not in keys:
                        keys.append(key)
                    arguments += [keys.index(key) + 1, limit.count, limit.seconds]
                self._reserve(keys=keys, args=arguments, client=pipe)
            answers: list[Any] = pipe.execute()
        return answers

    def _seed(self, site: Site, now: datetime) -> None:
        policies = (site.policy, *(site.policy.for_section(section) for section in site.policy.sections))
        longest = {
            per: max((limit.seconds for policy in policies for limit in policy.limits if limit.per == per), default=0)
            for per in ("author", "address", "thread", "site")
        }
        with self._database.read() as connection:
            rows = facts.received_since(connection, site.id, now - timedelta(seconds=max(longest.values())))
        entries: dict[tuple[str, str], dict[str, int]] = {}
        for comment_id, received_at, author_key, address_key, thread_id in rows:
            counted = Counted(comment_id, thread_id, author_key, address_key, ())
            for per, seconds in longest.items():
                key = counted.key(per)
                if seconds and key is not None and received_at > now - timedelta(seconds=seconds):
                    entries.setdefault((per, key), {})[comment_id] = int(received_at.timestamp() * 1000)
        with self._redis.pipeline(transaction=False) as pipe:
            for (per, key), members in entries.items():
                name = _key(site, per, key)
                pipe.zadd(name, members)
                pipe.pexpire(name, longest[per] * 1000)
            pipe.set(_warm_key(site), 1)
            pipe.execute()

    def _from_database(self, site: Site, comments: Sequence[Counted], now: datetime) -> list[tuple[WindowUse, ...]]:
        taken: Counter[tuple[str, str | None]] = Counter()
        result = []
        with self._database.read() as connection:
            for comment in comments:
                uses = []
                for limit in _limits(comment):
                    key = comment.key(limit.per)
                    since = now - timedelta(seconds=limit.seconds)
                    count, oldest = facts.count_window(connection, site.id, limit.per, str(key), since)
                    wait = 0 if oldest is None else max(1, ceil((oldest - since).total_seconds()))
                    number = count + taken[limit.per, key]
                    uses.append(WindowUse(limit.per, number, limit.count, limit.seconds, wait))
                if all(use.count < use.limit for use in uses):
                    taken.update({(limit.per, comment.key(limit.per)) for limit in _limits(comment)})
                result.append(tuple(uses))
        return result


def _limits(comment: Counted) -> list[WindowLimit]:
    return [limit for limit in comment.limits if comment.key(limit.per) is not None]


def _uses(comment: Counted, answer: Sequence[int]) -> tuple[WindowUse, ...]:
    return tuple(
        WindowUse(limit.per, answer[2 * i], limit.count, limit.seconds, answer[2 * i + 1])
        for i, limit in enumerate(_limits(comment))
    )


def _key(site: Site, per: str, key: str) -> str:
    return f"moderation:window:{site.id}:{per}:{key}"


def _warm_key(site: Site) -> str:
    return f"moderation:window:{site.id}:warm:{site.policy_version}"
