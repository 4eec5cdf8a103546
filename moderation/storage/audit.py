"""The audit log: for each site one chain of entries, to which is added and of which nothing is changed.

The head of each chain, its last number and hash, is a row of its own. It is what writers lock, and it tells when the
last entries are gone. Neither table refers to others: the log outlives what it tells of.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, func, select, type_coerce, update

from moderation.audit_entry import GENESIS, Actor, ActorKind, Change, Entry, canonical, chained
from moderation.storage.database import insert
from moderation.storage.tables import EPOCH, MICROSECOND, audit, audit_heads, sites

MILLISECOND = 1000
RAW = (
    audit.c.site_id,
    audit.c.number,
    type_coerce(audit.c.at, BigInteger).label("at"),
    audit.c.actor_kind,
    audit.c.actor_id,
    audit.c.action,
    audit.c.subject,
    audit.c.details,
)
"""What is hashed of a row, as the database keeps it and in the order in which it is hashed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: None for all; `actor` is an id or a kind, of `subjects` an entry has one."""

    action: str | None = None
    actor: str | None = None
    subjects: Sequence[str] | None = None
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain, and how many rows there are in its table at the same moment."""

    number: int
    hash: str
    rows: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A row as it is: its number, the two hashes that it holds, and the one that it ought to have after `previous`."""

    number: object
    previous: object
    hash: object
    ought: str


def append(connection: Connection, site_id: str, now: datetime, *changes: Change) -> None:
    """Add changes to a site's chain, in the transaction that makes them.

    The chain's head is locked from here to the end of the transaction, so this is the last thing that a transaction
    does: whoever holds a head waits for nobody, and so no two writers wait for each other.
    """
    if not changes:
        return
    earlier, last = _lock_head(connection, site_id)
    at = (now - EPOCH) // MICROSECOND // MILLISECOND * MILLISECOND  # what the API shows is what is hashed
    rows: list[dict[str, Any]] = []
    for number, change in enumerate(changes, earlier + 1):
        fields = (
            site_id, number, at, change.actor.kind.value, change.actor.id, change.action.value, change.subject,
            canonical(change.details),
        )  # fmt: skip
        previous, last = last, chained(fields, last)
        named = dict(zip((column.name for column in RAW), fields, strict=True))
        rows.append({**named, "at": EPOCH + at * MICROSECOND, "previous": previous, "hash": last})
    connection.execute(audit.insert(), rows)
    head = update(audit_heads).where(audit_heads.c.site_id == site_id)
    connection.execute(head.values(number=earlier + len(changes), hash=last))


def list_page(
    connection: Connection, site_id: str, wanted: Wanted, *, limit: int, before_number: int | None
) -> list[Entry]:
    """Return entries of a site, newest first, older than `before_number` if there is one."""
    query = select(audit).where(audit.c.site_id == site_id)
    if before_number is not None:
        query = query.where(audit.c.number < before_number)
    if wanted.action is not None:
        query = query.where(audit.c.action == wanted.action)
    if wanted.actor in set(ActorKind):
        query = query.where(audit.c.actor_kind == wanted.actor)
    elif wanted.actor is not None:
        query = query.where(audit.c.actor_id == wanted.actor)
    if wanted.subjects is not None:
        query = query.where(audit.c.subject.in_(wanted.subjects))
    if wanted.after is not None:
        query = query.where(audit.c.at >= wanted.after)
    if wanted.before is not None:
        query = query.where(audit.c.at < wanted.before)
    return [_entry(row) for row in connection.execute(query.order_by(audit.c.number.desc()).limit(limit))]


def chains(connection: Connection) -> list[str]:
    """Return which sites there are, and which chains of sites that are gone or of none, in order."""
    found: set[str] = set()
    for column in (sites.c.id, audit.c.site_id, audit_heads.c.site_id):
        found.update(connection.execute(select(column).distinct()).scalars())
    return sorted(found)


def head(connection: Connection, site_id: str) -> Head:
    """Return the head of a chain; one without entries has number 0."""
    rows = select(func.count()).select_from(audit).where(audit.c.site_id == site_id)
    mine = audit_heads.c.site_id == site_id
    parts = (rows, select(audit_heads.c.number).where(mine), select(audit_heads.c.hash).where(mine))
    # one statement, so that no entry can come in between
    count, number, last = connection.execute(select(*(part.scalar_subquery() for part in parts))).one()
    return Head(number or 0, last or GENESIS, count)


def walk(connection: Connection, site_id: str, after: int, previous: str, limit: int) -> Iterator[Kept]:
    """Yield rows of a chain in their order, from the one after `after`, whose hash is `previous`."""
    query = select(*RAW, audit.c.previous, audit.c.hash).where(audit.c.site_id == site_id, audit.c.number > after)
    for row in connection.execute(query.order_by(audit.c.number).limit(limit)):
        ought = chained(row[: len(RAW)], previous)
        yield Kept(row.number, row.previous, row.hash, ought)
        previous = ought


def hash_of(connection: Connection, site_id: str, number: int) -> str | None:
    """Return the hash of one entry, or None if there is none of that number."""
    query = select(audit.c.hash).where(audit.c.site_id == site_id, audit.c.number == number)
    return connection.execute(query).scalar_one_or_none()


def _lock_head(connection: Connection, site_id: str) -> tuple[int, str]:
    query = select(audit_heads.c.number, audit_heads.c.hash).where(audit_heads.c.site_id == site_id).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        first = insert(connection.dialect.name, audit_heads).values(site_id=site_id, number=0, hash=GENESIS)
        connection.execute(first.on_conflict_do_nothing())
        row = connection.execute(query).one()
    return row.number, row.hash


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        site_id=row.site_id,
        number=row.number,
        at=row.at,
        actor=Actor(ActorKind(row.actor_kind), row.actor_id),
        action=row.action,
        subject=row.subject,
        details=json.loads(row.details),
        previous=row.previous,
        hash=row.hash,
    )
