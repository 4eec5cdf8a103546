"""Gives the hashes of networks a new key from time to time, and destroys the old one with all that it made.

A key is the service's secret and a random part that is in the database alone: the database does not tell networks
without the secret, and the secret does not without the part. A new key counts some time after it was made, so that
all processes of all machines change to it at the same moment. The one before is kept for as long as limits and counts
look back; then its part is destroyed, and what it had hashed is emptied, a bounded batch a transaction: a hash that
nobody can make again would still tell which comments of its time came from one network.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import structlog

from moderation import ids
from moderation.storage import address_keys, sites
from moderation.storage.address_keys import AddressKey
from moderation.storage.database import Connection, Database

LEAD = timedelta(minutes=1)
"""How long after it was made a key counts: much longer than a process goes without asking for it."""
LEAST = timedelta(hours=1)
"""So long who posts from one network is counted, whatever the policies say."""
AT_ONCE = 1000
SITES_AT_MOST = 100_000

log = structlog.get_logger()


def rotate_due(database: Database, days: int, now: datetime, go_on: Callable[[], bool]) -> None:
    """Make a new key if the newest is `days` old (0 is never), and destroy those that nothing looks back to."""
    with database.write() as connection:
        keys = address_keys.list_keys(connection)
        if days and keys and keys[0].since + timedelta(days=days) <= now:
            _begin(connection, keys[0].number + 1, now + LEAD)
            keys = address_keys.list_keys(connection)
        reach = _reach(connection, days)
        for key, after in _replaced(keys):
            if key.part is not None and after.since + reach <= now:
                address_keys.destroy(connection, key.number)
                log.info("address_key_destroyed", number=key.number)
    with database.read() as connection:
        keys = address_keys.list_keys(connection)
    for key, after in reversed(list(_replaced(keys))):
        while key.part is None and go_on():
            with database.write() as connection:
                latest = {one.number: one for one in address_keys.list_keys(connection)}.get(key.number)
                if latest is None or not address_keys.clear(connection, latest, after.since, AT_ONCE):
                    break


def _begin(connection: Connection, number: int, since: datetime) -> None:
    if address_keys.add(connection, number, since, ids.new_secret()):
        log.info("address_key_made", number=number)


def _replaced(keys: list[AddressKey]) -> Iterator[tuple[AddressKey, AddressKey]]:
    """Yield each key but the newest, with the one that took its place."""
    yield from zip(keys[1:], keys, strict=False)


def _reach(connection: Connection, days: int) -> timedelta:
    """Return how far back anything asks for networks: the longest limit of any site, a period of the key at most."""
    longest = LEAST
    for site_id, _ in sites.list_sites(connection, SITES_AT_MOST):
        site = sites.get_site(connection, site_id)
        if site is not None:
            limits = (site.policy.limits, *(section.limits or () for section in site.policy.sections.values()))
            spans = [limit.seconds for some in limits for limit in some if limit.per == "address"]
            longest = max(longest, timedelta(seconds=max(spans, default=0)))
    return min(longest, timedelta(days=days)) if days else longest
