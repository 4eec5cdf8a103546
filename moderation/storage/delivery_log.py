"""Deliveries as their site looks at them: listed, with their tries, begun anew, and forgotten after a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from moderation import ids
from moderation.model import EventType
from moderation.storage.tables import attempts, deliveries, endpoints, events, first_try

TRIES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries: None for all; `after` and `before` are of the event."""

    endpoint_id: str | None = None
    state: str | None = None
    type: EventType | None = None
    comment_id: str | None = None
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """A delivery as its site sees it; `at` is when the event happened."""

    id: str
    event_id: str
    endpoint_id: str
    type: EventType
    comment_id: str | None
    state: str
    attempts: int
    at: datetime
    next_try_at: datetime | None


@dataclass(frozen=True, slots=True)
class Try:
    """What came of one try."""

    at: datetime
    status: int | None
    milliseconds: int
    answer: str | None
    error: str | None


def list_page(
    connection: Connection, site_id: str, wanted: Wanted, *, limit: int, before_id: str | None
) -> list[Tried]:
    """Return deliveries of a site, newest first, after `before_id` if there is one."""
    query = _of_site(site_id, wanted)
    if before_id is not None:
        query = query.where(deliveries.c.id < before_id)
    return [_tried(row) for row in connection.execute(query.order_by(deliveries.c.id.desc()).limit(limit))]


def list_oldest(connection: Connection, site_id: str, wanted: Wanted, limit: int) -> list[str]:
    """Return the ids of deliveries of a site to endpoints that are not disabled, oldest first."""
    live = select(endpoints.c.id).where(endpoints.c.site_id == site_id, endpoints.c.disabled_at.is_(None))
    query = _of_site(site_id, wanted).where(deliveries.c.endpoint_id.in_(live))
    rows = connection.execute(query.order_by(deliveries.c.id).limit(limit))
    return [row.id for row in rows]


def get_tried(connection: Connection, site_id: str, delivery_id: str) -> Tried | None:
    """Return one delivery, or None."""
    row = connection.execute(_of_site(site_id, Wanted()).where(deliveries.c.id == delivery_id)).one_or_none()
    return None if row is None else _tried(row)


def tries_of(connection: Connection, site_id: str, delivery_id: str) -> list[Try]:
    """Return what came of each try of a delivery, oldest first."""
    mine = (attempts.c.site_id == site_id) & (attempts.c.delivery_id == delivery_id)
    rows = connection.execute(select(attempts).where(mine).order_by(attempts.c.id.desc()).limit(TRIES_SHOWN)).all()
    return [Try(row.at, row.status, row.milliseconds, row.answer, row.error) for row in reversed(rows)]


def failed(connection: Connection, site_id: str, endpoint_id: str, since: datetime, most: int) -> int:
    """Return how many deliveries to an endpoint of events since then were given up, counted up to `most`."""
    some = (
        select(deliveries.c.id)
        .where(
            deliveries.c.site_id == site_id,
            deliveries.c.endpoint_id == endpoint_id,
            deliveries.c.id >= ids.floor(since),
            deliveries.c.state == "failed",
        )
        .limit(most)
        .subquery()
    )
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def replay(connection: Connection, site_id: str, delivery_ids: Sequence[str], now: datetime) -> int:
    """Let deliveries begin anew, with all their tries before them; return how many there were."""
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.site_id == site_id, deliveries.c.id.in_(delivery_ids))
        .values(state="pending", attempts=0, next_try_at=first_try(now))
    )
    return done.rowcount


def forget(connection: Connection, state: str, before: datetime, limit: int, site_id: str | None = None) -> int:
    """Remove deliveries that are over and were made before a moment, with their tries; return how many.

    An event of no comment goes with the last of its deliveries. Without a site they are those of all sites.
    """
    over = [deliveries.c.id < ids.floor(before), deliveries.c.state == state, deliveries.c.next_try_at.is_(None)]
    if site_id is not None:
        over.append(deliveries.c.site_id == site_id)
    old = select(deliveries.c.id, deliveries.c.event_id).where(*over).order_by(deliveries.c.id).limit(limit)
    found = connection.execute(old).all()
    connection.execute(delete(attempts).where(attempts.c.delivery_id.in_([row.id for row in found])))
    connection.execute(delete(deliveries).where(deliveries.c.id.in_([row.id for row in found])))
    connection.execute(
        delete(events).where(
            events.c.id.in_([row.event_id for row in found]),
            events.c.comment_id.is_(None),
            ~select(deliveries.c.id).where(deliveries.c.event_id == events.c.id).exists(),
        )
    )
    return len(found)


def _of_site(site_id: str, wanted: Wanted) -> Select[Any]:
    mine = deliveries.c.site_id == site_id
    if wanted.comment_id is not None:  # found by its few events, of all that the site has
        mine = (events.c.site_id == site_id) & (events.c.comment_id == wanted.comment_id)
    query = (
        select(deliveries, events.c.type, events.c.comment_id, events.c.at)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(mine)
    )
    for value, column in (
        (wanted.endpoint_id, deliveries.c.endpoint_id),
        (wanted.state, deliveries.c.state),
        (wanted.type and wanted.type.value, events.c.type),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.after is not None:
        query = query.where(events.c.at >= wanted.after)
    if wanted.before is not None:
        query = query.where(events.c.at < wanted.before)
    return query


def _tried(row: Row[Any]) -> Tried:
    return Tried(
        row.id, row.event_id, row.endpoint_id, EventType(row.type), row.comment_id, row.state, row.attempts, row.at,
        row.next_try_at and max(row.next_try_at, row.at),  # of a first try nobody needs to know what it is due since
    )  # fmt: skip
