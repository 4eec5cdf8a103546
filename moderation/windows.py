"""Counts over sliding windows, per author, address prefix, thread and site: exact, and shared by all processes.

Redis holds, per key, the times of the latest comments; one script looks at all windows of a comment and
counts it only if none is full. While Redis is away the database itself is counted; a Redis that comes back,
with its memory or without, is filled again from the database.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

from moderation.ids import milliseconds
from moderation.model import WindowUse
from moderation.policy_document import WindowLimit
from moderation.records import Site
from moderation.storage import facts
from moderation.storage.database import Database

RESERVE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 'cold' end
local now, id, full, uses = tonumber(ARGV[1]), ARGV[2], false, {}
for i = #KEYS + 2, #ARGV, 4 do
  local key, limit, span = KEYS[tonumber(ARGV[i])], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local from = '(' .. (now - span)
  local count, wait = redis.call('ZCOUNT', key, from, '+inf'), 0
  local before = KEYS[tonumber(ARGV[i + 3])]
  local earlier = before and redis.call('ZCOUNT', before, from, '+inf') or 0
  count = count + earlier
  if count >= limit then
    full = true
    local at = count - limit - earlier
    if at < 0 then key, at = before, count - limit end
    local leaving = redis.call('ZRANGEBYSCORE', key, from, '+inf', 'WITHSCORES', 'LIMIT', at, 1)
    wait = math.max(1, math.ceil((tonumber(leaving[2]) + span - now) / 1000))
  end
  uses[#uses + 1] = count
  uses[#uses + 1] = wait
end
if not full then
  for i = 2, #KEYS do
    local kept = tonumber(ARGV[i + 1])
    if kept > 0 then
      redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - kept)
      redis.call('ZADD', KEYS[i], now, id)
      redis.call('PEXPIRE', KEYS[i], kept)
    end
  end
end
return uses
"""
"""KEYS: the site's mark that Redis knows its comments, then what the comment counts under, and would have before.
ARGV: now and the comment's id; for each key but the first how long it is needed, 0 for one of before; then for each
limit the number of its key, its count, its length, and the number of its key of before or 0. All times are
milliseconds. What stands under a key of before came before all that stands under the key.
Returns for each limit how many it holds and in how many seconds there is a place again, or 'cold'."""
COLD = "cold"
MILLISECOND = timedelta(milliseconds=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Counted:
    """A comment as the windows see it; `limits` are those of its section."""

    id: str
    thread_id: str
    author_key: str | None
    address_key: str | None
    limits: tuple[WindowLimit, ...]
    address_before: str | None = None
    """What the address was counted under until its hash changed."""

    def key(self, per: str) -> str | None:
        """Return what the comment is counted under, or None if that is unknown."""
        return {"author": self.author_key, "address": self.address_key, "thread": self.thread_id, "site": ""}[per]

    def before(self, per: str) -> str | None:
        """Return what it would have been counted under before, or None if that is nothing else."""
        return self.address_before if per == "address" else None


class Windows:
    """Looks up and takes places in the windows."""

    def __init__(self, redis: Redis, database: Database) -> None:
        """Count in `redis`, or in `database` where Redis cannot tell."""
        self._redis = redis
        self._database = database
        self._reserve = redis.register_script(RESERVE)
        self._missed: set[str] = set()
        """Sites with comments that Redis was not told of while it was away."""

    def reserve(self, site: Site, comments: Sequence[Counted], now: datetime) -> list[tuple[WindowUse, ...]]:
        """Return each comment's windows as they were before it; a comment counts unless one was full."""
        if not _kept(site):
            return [()] * len(comments)
        try:
            if site.id in self._missed:
                self._redis.delete(_warm_key(site))
                self._missed.discard(site.id)
            answers = self._run(site, comments, now)
            cold = [number for number, answer in enumerate(answers) if answer == COLD]
            if cold:
                self._seed(site, now)
                for number, answer in zip(cold, self._run(site, [comments[n] for n in cold], now), strict=True):
                    answers[number] = answer
            if COLD in answers:  # emptied again in between
                return self._from_database(site, comments, now)
            return [_uses(comment, answer) for comment, answer in zip(comments, answers, strict=True)]
        except (RedisError, OSError) as error:
            self._missed.add(site.id)
            log.warning("windows_counted_in_database", site=site.id, error=type(error).__name__)
            return self._from_database(site, comments, now)

    def release(self, site: Site, comments: Sequence[Counted]) -> None:
        """Give back the places of comments that were not stored after all."""
        kept = _kept(site)
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for comment in comments:
                    for name in _counts_under(site, comment, kept):
                        pipe.zrem(name, comment.id)
                pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("windows_not_released", site=site.id, error=type(error).__name__)

    def _run(self, site: Site, comments: Sequence[Counted], now: datetime) -> list[Any]:
        kept = _kept(site)
        with self._redis.pipeline(transaction=False) as pipe:
            for comment in comments:
                under = _counts_under(site, comment, kept)
                before = {per: _key(site, per, key) for per in kept if (key := comment.before(per)) is not None}
                keys = [_warm_key(site), *under, *before.values()]
                arguments: list[str | int] = [milliseconds(now), comment.id, *(1000 * span for span in under.values())]
                arguments += [0] * len(before)
                for limit in _limits(comment):
                    number = keys.index(_key(site, limit.per, str(comment.key(limit.per)))) + 1
                    earlier = keys.index(before[limit.per]) + 1 if limit.per in before else 0
                    arguments += [number, limit.count, limit.seconds * 1000, earlier]
                self._reserve(keys=keys, args=arguments, client=pipe)
            answers: list[Any] = pipe.execute()
        return answers

    def _seed(self, site: Site, now: datetime) -> None:
        longest = _kept(site)
        with self._database.read() as connection:
            rows = facts.received_since(connection, site.id, now - timedelta(seconds=max(longest.values())))
        entries: dict[tuple[str, str], dict[str, int]] = {}
        for comment_id, received_at, author_key, address_key, thread_id in rows:
            counted = Counted(comment_id, thread_id, author_key, address_key, ())
            for per, seconds in longest.items():
                key = counted.key(per)
                if key is not None and received_at > now - timedelta(seconds=seconds):
                    entries.setdefault((per, key), {})[comment_id] = milliseconds(received_at)
        with self._redis.pipeline(transaction=False) as pipe:
            for (per, key), members in entries.items():
                name = _key(site, per, key)
                pipe.zadd(name, members)
                pipe.pexpire(name, longest[per] * 1000)
            pipe.set(_warm_key(site), 1)
            pipe.execute()

    def _from_database(self, site: Site, comments: Sequence[Counted], now: datetime) -> list[tuple[WindowUse, ...]]:
        kept = _kept(site)
        taken: Counter[tuple[str, str | None]] = Counter()
        result = []
        with self._database.read() as connection:
            for comment in comments:
                uses = []
                for limit in _limits(comment):
                    key = comment.key(limit.per)
                    earlier = comment.before(limit.per)
                    keys = [str(key)] if earlier is None else [str(key), earlier]
                    window = (site.id, limit.per, keys, now - timedelta(seconds=limit.seconds) + MILLISECOND)
                    before = taken[limit.per, key]
                    count = facts.count_window(connection, *window) + before
                    wait = 0
                    if count >= limit.count:
                        older = limit.count - before
                        leaving = facts.nth_newest(connection, *window, older) if older > 0 else now
                        wait = _seconds_until(leaving or now, limit, now)
                    uses.append(WindowUse(limit.per, count, limit.count, limit.seconds, wait))
                if all(use.count < use.limit for use in uses):
                    taken.update({(per, comment.key(per)) for per in kept})
                result.append(tuple(uses))
        return result


def _kept(site: Site) -> dict[str, int]:
    """Return, for each thing that any part of the site limits comments by, for how many seconds they are needed."""
    longest: dict[str, int] = {}
    for limits in (site.policy.limits, *(section.limits or () for section in site.policy.sections.values())):
        for limit in limits:
            longest[limit.per] = max(longest.get(limit.per, 0), limit.seconds)
    return longest


def _counts_under(site: Site, comment: Counted, kept: Mapping[str, int]) -> dict[str, int]:
    """Return the comment's keys in Redis, with the seconds for which they are needed.

    A comment counts everywhere on its site, also where its own section has no such limit.
    """
    return {_key(site, per, key): kept[per] for per in kept if (key := comment.key(per)) is not None}


def _seconds_until(leaving: datetime, limit: WindowLimit, now: datetime) -> int:
    """Return after how many seconds the comment that came at `leaving` is no longer in the window."""
    return max(1, ceil((leaving + timedelta(seconds=limit.seconds) - now).total_seconds()))


def _limits(comment: Counted) -> list[WindowLimit]:
    return [limit for limit in comment.limits if comment.key(limit.per) is not None]


def _uses(comment: Counted, answer: Sequence[int]) -> tuple[WindowUse, ...]:
    return tuple(
        WindowUse(limit.per, answer[2 * i], limit.count, limit.seconds, answer[2 * i + 1])
        for i, limit in enumerate(_limits(comment))
    )


def window_key(site_id: str, per: str, key: str) -> str:
    """Return the name of the window of one author, address, thread or site in Redis."""
    return f"moderation:window:{site_id}:{per}:{key}"


def _key(site: Site, per: str, key: str) -> str:
    return window_key(site.id, per, key)


def _warm_key(site: Site) -> str:
    return f"moderation:window:{site.id}:warm:{site.policy_version}"
