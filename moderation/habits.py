"""Where Redis counts how authors post, for an hour: in how many threads, and from which networks.

Comments carry no address, only the hash of its network. When the key of those hashes changes, what was counted under
the old hash goes on under the new one, from the first comment on that comes.
"""

from collections.abc import Mapping

import structlog
from redis import Redis
from redis.exceptions import RedisError

PREFIX = "moderation:velocity"

log = structlog.get_logger()


def threads_key(site_id: str, author: str) -> str:
    """Return the name of the set of threads that an author posts in; one without a name is known by the network."""
    return f"{PREFIX}:{site_id}:threads:{author}"


def authors_key(site_id: str, address: str) -> str:
    """Return the name of the set of authors that post from one network."""
    return f"{PREFIX}:{site_id}:authors:{address}"


def link_key(site_id: str, link: str) -> str:
    """Return the name of the set of authors that post one link, by the link's hash."""
    return f"{PREFIX}:{site_id}:link:{link}"


def carry_over(redis: Redis, site_id: str, changed: Mapping[str, str]) -> None:
    """Let counts go on under new hashes of networks, by their old ones; those that have begun already stay apart."""
    try:
        with redis.pipeline(transaction=False) as pipe:
            for before, now in changed.items():
                for name in (threads_key, authors_key):
                    pipe.renamenx(name(site_id, before), name(site_id, now))
            pipe.execute(raise_on_error=False)  # mostly there is nothing to rename, which Redis calls an error
    except (RedisError, OSError) as error:
        log.warning("habits_not_carried_over", site=site_id, error=type(error).__name__)
