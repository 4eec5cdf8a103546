"""Reads a site's audit log for tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from moderation.audit_entry import Actor, ActorKind, AuditAction, Change, Entry
from moderation.auditing import Checked, verify
from moderation.storage import audit, moderators, tables
from moderation.storage.audit import Wanted
from moderation.storage.database import Database
from tests.build import NOW


def entries(database: Database, site_id: str = "news") -> list[Entry]:
    """Return all entries of a site, oldest first."""
    with database.read() as connection:
        return audit.list_page(connection, site_id, Wanted(), limit=10_000, before_number=None)[::-1]


@contextmanager
def added(database: Database, site_id: str = "news") -> Iterator[list[Entry]]:
    """Give a list that holds, once the `with` block is over, the entries that were written in it."""
    before = len(entries(database, site_id))
    found: list[Entry] = []
    yield found
    found += entries(database, site_id)[before:]


def write(database: Database, number: int = 1, site_id: str = "news", subject: str = "") -> Checked:
    """Add entries to a site's log and return its head."""
    for one in range(number):
        change = Change(
            Actor(ActorKind.MODERATOR, "m-1"), AuditAction.COMMENT_DECIDED, subject or f"c-{one}", {"revision": one}
        )
        with database.write() as connection:
            audit.append(connection, site_id, NOW, change)
    return verify(database, site_id)


def dumped(database: Database) -> str:
    """Return all that the log holds of all sites."""
    with database.read() as connection:
        return str([connection.execute(select(table)).all() for table in (tables.audit, tables.audit_heads)])


def moderator(database: Database, site_id: str = "news") -> Actor:
    """Return a site's only moderator, or the first by address."""
    with database.read() as connection:
        one, *_ = moderators.list_moderators(connection, site_id)
    return Actor(ActorKind.MODERATOR, one.id)
