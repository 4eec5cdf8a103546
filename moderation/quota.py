"""How many scores a site may ask for, through dialects whose vendors have a quota too; counted for all processes.

The allowance of a minute fills up evenly and can be spent at once (the generic cell rate algorithm).
While Redis is away nothing is counted: there are no new scores without it either.
"""

from datetime import datetime
from math import ceil

import structlog
from redis.exceptions import RedisError

from moderation.ids import milliseconds
from moderation.queue import Queue

MINUTE_MS = 60_000
SPEND = """
local now, step, many = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local filled = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
local after = filled + step * many
if filled > now and after - now > tonumber(ARGV[4]) then return math.ceil(after - now - tonumber(ARGV[4])) end
redis.call('SET', KEYS[1], string.format('%.3f', after), 'PX', math.ceil(after - now))
return 0
"""
"""KEYS: when the site's allowance is full again. ARGV: now, what one costs, how many, a whole allowance; milliseconds.
Returns 0, or after how many milliseconds there is enough. A full allowance lets more than itself through."""

log = structlog.get_logger()


class Quota:
    """A number of scores a minute for each site; 0 is no limit."""

    def __init__(self, queue: Queue, name: str, per_minute: int) -> None:
        """Count under `name` in the Redis of `queue`."""
        self._spend = queue.redis.register_script(SPEND)
        self._name = name
        self.per_minute = per_minute

    def seconds_over(self, site_id: str, many: int, now: datetime) -> int:
        """Take `many` scores from the site's allowance; if it has not as many, return in how many seconds it will."""
        if not self.per_minute:
            return 0
        arguments = [milliseconds(now), MINUTE_MS / self.per_minute, many, MINUTE_MS]
        try:
            wait = int(self._spend(keys=[f"moderation:quota:{self._name}:{site_id}"], args=arguments))
        except (RedisError, OSError) as error:
            log.warning("quota_not_counted", quota=self._name, site=site_id, error=type(error).__name__)
            return 0
        return ceil(wait / 1000)
