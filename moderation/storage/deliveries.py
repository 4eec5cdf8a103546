"""Deliveries of events to endpoints: claimed with a lease, tried, and their attempts kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from sqlalchemy import Connection, func, insert, select, update

from moderation.model import EventType
from moderation.records import Endpoint, Event
from moderation.storage.endpoints import live_endpoints, troubled
from moderation.storage.tables import attempts, deliveries, events

AT_ONCE = 8
"""Deliveries that are on their way to one endpoint from one process."""
LOOKED_AT = 1000
"""Deliveries that are due, among which a turn is chosen."""


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery to be tried now; `attempts` counts this try."""

    id: str
    event: Event
    endpoint: Endpoint
    attempts: int


def claim_due(
    connection: Connection, *, limit: int, lease: timedelta, now: datetime, busy: Mapping[str, int] | None = None
) -> list[Due]:
    """Take up to `limit` deliveries whose time has come; they are free again when the lease runs out.

    Each endpoint has its turn: none gets more than `AT_ONCE`, of which `busy` says how many are on their way already,
    and none that rests gets any. Those whose endpoint was disabled in between are given up instead.
    """
    room = _Room(busy or {}, troubled(connection, now))
    waiting = connection.execute(
        select(deliveries.c.id, deliveries.c.endpoint_id)
        .where(deliveries.c.next_try_at <= now, deliveries.c.endpoint_id.not_in(room.closed))
        .order_by(deliveries.c.next_try_at)
        .limit(LOOKED_AT)
    )
    chosen = room.choose([(row.id, row.endpoint_id) for row in waiting], limit)
    taken = connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(chosen), deliveries.c.next_try_at <= now)  # another courier may have been first
        .values(next_try_at=now + lease, attempts=deliveries.c.attempts + 1)
        .returning(
            deliveries.c.id,
            deliveries.c.event_id,
            deliveries.c.endpoint_id,
            deliveries.c.attempts,
            deliveries.c.site_id,
        )
    ).all()
    if not taken:
        return []
    rows = connection.execute(select(events).where(events.c.id.in_([row.event_id for row in taken])))
    found = {
        row.id: Event(row.id, row.site_id, row.comment_id, EventType(row.type), row.sequence, row.at, row.data)
        for row in rows
    }
    listening = {
        endpoint.id: endpoint for endpoint in live_endpoints(connection, sorted({row.site_id for row in taken}))
    }
    silent = [row.id for row in taken if row.endpoint_id not in listening]
    if silent:
        given_up = update(deliveries).where(deliveries.c.id.in_(silent)).values(state="failed", next_try_at=None)
        connection.execute(given_up)
    due = [
        Due(row.id, found[row.event_id], listening[row.endpoint_id], row.attempts)
        for row in taken
        if row.endpoint_id in listening
    ]
    return sorted(due, key=lambda one: one.id)


class _Room:
    """How many deliveries each endpoint may have now."""

    def __init__(self, busy: Mapping[str, int], troubled: Mapping[str, bool]) -> None:
        self._busy, self._troubled = busy, troubled
        resting = {one for one, rests in troubled.items() if rests}
        self.closed = sorted(resting | {one for one, number in busy.items() if number >= self._most(one)})

    def choose(self, waiting: Sequence[tuple[str, str]], limit: int) -> list[str]:
        """Return which of `waiting`, pairs of a delivery and its endpoint, are taken: one of each endpoint in turn."""
        queues: dict[str, list[str]] = {}
        for delivery_id, endpoint_id in waiting:
            queue = queues.setdefault(endpoint_id, [])
            if len(queue) < self._most(endpoint_id) - self._busy.get(endpoint_id, 0):
                queue.append(delivery_id)
        turns = [one for turn in zip_longest(*queues.values()) for one in turn if one is not None]
        return turns[:limit]

    def _most(self, endpoint_id: str) -> int:
        return 1 if endpoint_id in self._troubled else AT_ONCE


def waiting(connection: Connection, site_id: str, endpoint_id: str, most: int) -> int:
    """Return how many deliveries to an endpoint are not over, counted up to `most`."""
    some = (
        select(deliveries.c.id)
        .where(
            deliveries.c.site_id == site_id,
            deliveries.c.endpoint_id == endpoint_id,
            deliveries.c.next_try_at.is_not(None),
        )
        .limit(most)
        .subquery()
    )
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def is_due(connection: Connection, now: datetime) -> bool:
    """Tell whether a delivery's time has come."""
    return (
        connection.execute(select(deliveries.c.id).where(deliveries.c.next_try_at <= now).limit(1)).first() is not None
    )


def save_attempt(  # noqa: PLR0913 - one row's columns
    connection: Connection,
    due: Due,
    *,
    at: datetime,
    status: int | None,
    milliseconds: int,
    answer: str | None,
    error: str | None,
    delivered: bool,
    next_try_at: datetime | None,
) -> None:
    """Keep what came of one try; without `next_try_at` the delivery is over."""
    connection.execute(
        insert(attempts).values(
            site_id=due.event.site_id,
            delivery_id=due.id,
            at=at,
            status=status,
            milliseconds=milliseconds,
            answer=answer,
            error=error,
        )
    )
    state = "delivered" if delivered else "failed" if next_try_at is None else "pending"
    connection.execute(
        update(deliveries)
        .where(deliveries.c.site_id == due.event.site_id, deliveries.c.id == due.id)
        .values(state=state, next_try_at=next_try_at)
    )
