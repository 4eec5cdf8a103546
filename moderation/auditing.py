"""The audit log as it is read: a page for the site, and every chain walked to see whether it is whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from moderation.audit_entry import GENESIS, Entry
from moderation.storage import audit
from moderation.storage.audit import Head, Wanted
from moderation.storage.database import Database

BATCH = 1000

NOT_THERE = "it is not there"
NOT_AFTER = "it does not follow the one before it"
CHANGED = "it was changed"
NOT_COUNTED = "there are more entries than the head of the chain counts"
NOT_HEAD = "it is not the one that the head of the chain names"
NOT_EXPECTED = "it is not the one that is expected"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first entry of a chain that is not as it ought to be, and in which way."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A chain that was walked: its head, and where it is broken, if it is."""

    site_id: str
    number: int
    hash: str
    broken: Broken | None


@dataclass(frozen=True, slots=True)
class Expected:
    """The head of a chain as it was once, kept elsewhere."""

    number: int
    hash: str


def find(
    database: Database, site_id: str, wanted: Wanted, limit: int, before_number: int | None
) -> tuple[Sequence[Entry], int | None]:
    """Return a page of a site's entries, newest first, and the number to go on from, or None at the end."""
    with database.read() as connection:
        found = audit.list_page(connection, site_id, wanted, limit=limit + 1, before_number=before_number)
    page = found[:limit]
    return page, page[-1].number if len(found) > limit else None


def chains(database: Database) -> dict[str, int]:
    """Return how many entries each chain has, by its site; the empty name is that of the service's own."""
    with database.read() as connection:
        return {site_id: audit.head(connection, site_id).number for site_id in audit.chains(connection)}


def verify(
    database: Database,
    site_id: str,
    expected: Sequence[Expected] = (),
    walked: Callable[[int], None] | None = None,
) -> Checked:
    """Walk a chain up to its head as it is now, calling `walked` with how many entries were looked at.

    Entries that are written meanwhile are left for the next time.
    """
    with database.read() as connection:
        head = audit.head(connection, site_id)
    broken = _walk(database, site_id, head, walked) or _missed(database, site_id, head, expected)
    return Checked(site_id, head.number, head.hash, broken)


def _walk(database: Database, site_id: str, head: Head, walked: Callable[[int], None] | None) -> Broken | None:
    """Return the first entry up to the head that is wrong, or what there is beyond it."""
    number, previous = 0, GENESIS
    while number < head.number:
        with database.read() as connection:
            limit = min(BATCH, head.number - number)
            rows = list(audit.walk(connection, site_id, after=number, previous=previous, limit=limit))
        for row in rows:
            if row.number != number + 1:
                break
            number += 1
            if row.previous != previous:
                return Broken(number, NOT_AFTER)
            if row.hash != row.ought:
                return Broken(number, CHANGED)
            previous = row.ought
        else:
            if walked is not None:
                walked(len(rows))
            if len(rows) == limit:
                continue
        return Broken(number + 1, NOT_THERE)
    if previous != head.hash:
        return Broken(number, NOT_HEAD)
    return Broken(number + 1, NOT_COUNTED) if head.rows != head.number else None


def _missed(database: Database, site_id: str, head: Head, expected: Sequence[Expected]) -> Broken | None:
    """Return the first of the heads kept elsewhere that is not in the chain."""
    with database.read() as connection:
        for one in sorted(expected, key=lambda one: one.number):
            if one.number > head.number:
                return Broken(one.number, NOT_THERE)
            found = audit.hash_of(connection, site_id, one.number) if one.number else GENESIS
            if found != one.hash:
                return Broken(one.number, NOT_EXPECTED)
    return None
