"""Which comments are near copies of others that came lately: a raid, whoever posts it and wherever.

Redis holds, per site, what each cluster of copies looks like and who wrote them, for as long as copies keep coming
within the window. One script looks a comment up and adds it, so that copies scored by several workers at the same
time are one cluster. What is in Redis may be lost at any time: then a raid is found again from its next comments on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from redis import Redis
from redis.exceptions import RedisError

from moderation import ids
from moderation.model import Cluster
from moderation.traces import raid_prefix
from workers.likeness import ALIKE, BYTES, HASHES, bands, signature

MOST_MEMBERS = 10_000
"""Comments and authors of a cluster that are counted; a larger one is one all the same."""
JOIN = """
local site, own, signature, author, comment = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local window, need, bytes, most = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local best, score, seen = nil, need, {}
for _, key in ipairs(KEYS) do
  local id = redis.call('GET', key)
  if id and not seen[id] then
    seen[id] = true
    local other = redis.call('GET', site .. id .. ':like')
    if other then
      local equal = 0
      for at = 1, #signature, bytes do
        if string.sub(signature, at, at + bytes - 1) == string.sub(other, at, at + bytes - 1) then equal = equal + 1 end
      end
      if equal >= score then best, score = id, equal end
    end
  end
end
local id = best or own
if not best then redis.call('SET', site .. id .. ':like', signature, 'EX', window) end
for _, key in ipairs(KEYS) do
  if best then redis.call('SET', key, id, 'EX', window, 'NX') else redis.call('SET', key, id, 'EX', window) end
  redis.call('EXPIRE', key, window)
end
redis.call('EXPIRE', site .. id .. ':like', window)
local counts = {}
for name, member in pairs({comments = comment, authors = author}) do
  local set = site .. id .. ':' .. name
  if redis.call('SCARD', set) < most then redis.call('SADD', set, member) end
  redis.call('EXPIRE', set, window)
  counts[name] = redis.call('SCARD', set)
end
return {id, counts.comments, counts.authors}
"""
"""KEYS: the bands of the comment's signature. ARGV: the prefix of the site's keys, an id for a new cluster, the
signature, the author, the comment's id; the window in seconds, how many hashes must be equal, bytes of a hash, and
the most members. Returns the cluster's id, its comments and authors; the comment is one of them, counted once."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Posted:
    """A comment as raids see it; `author` is whatever tells writers apart: a key, an address, else the comment's id."""

    id: str
    site_id: str
    text: str
    author: str
    window_seconds: int


class Raids:
    """Looks up near copies."""

    def __init__(self, redis: Redis) -> None:
        """Keep the clusters in `redis`."""
        self._join = redis.register_script(JOIN)
        self._redis = redis

    def join(self, comments: Sequence[Posted], now: datetime) -> list[Cluster | None]:
        """Return for each comment the cluster of near copies it now belongs to, in order.

        None for a text too short to tell, on a site whose window is 0, and for all while Redis is away.
        """
        found: list[Cluster | None] = [None] * len(comments)
        known = {
            at: hashes for at, one in enumerate(comments) if one.window_seconds and (hashes := signature(one.text))
        }
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for at, hashes in known.items():
                    self._join(*_call(comments[at], hashes, now), client=pipe)
                answers = pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("raids_not_seen", error=type(error).__name__)
            return found
        for at, (name, members, authors) in zip(known, answers, strict=True):
            found[at] = Cluster(name.decode() if isinstance(name, bytes) else name, members, authors)
        return found


def _call(one: Posted, hashes: bytes, now: datetime) -> tuple[list[str], list[str | int | bytes]]:
    prefix = raid_prefix(one.site_id)
    arguments: list[str | int | bytes] = [
        prefix,
        ids.new_id(now),
        hashes,
        one.author,
        one.id,
        one.window_seconds,
        round(ALIKE * HASHES),
        BYTES,
        MOST_MEMBERS,
    ]
    return [f"{prefix}band:{name}" for name in bands(hashes)], arguments
