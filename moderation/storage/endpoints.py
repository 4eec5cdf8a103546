"""Endpoints: where a site wants to hear of events."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Row, case, delete, insert, literal, select, update

from moderation.model import EventType
from moderation.records import Endpoint
from moderation.storage.tables import attempts, deliveries, endpoints

FAILURES_IN_A_ROW = 5
"""So many, and an endpoint rests: its circuit is open; then one delivery at a time is tried until one arrives."""
SHORTEST_REST, LONGEST_REST = timedelta(seconds=5), timedelta(minutes=5)
ELSEWHERE = ""
"""The address of an endpoint whose events say themselves where they go."""


def add_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    """Store an endpoint."""
    connection.execute(
        insert(endpoints).values(
            id=endpoint.id,
            site_id=endpoint.site_id,
            url=endpoint.url,
            secret=endpoint.secret,
            events=[event.value for event in endpoint.events],
            include_text=endpoint.include_text,
            description=endpoint.description,
            akismet_key=endpoint.akismet_key,
            created_at=endpoint.created_at,
        )
    )


def list_endpoints(connection: Connection, site_id: str, limit: int = 100) -> list[Endpoint]:
    """Return the endpoints that a site made, oldest first; those that Akismet's clients named are not among them."""
    rows = connection.execute(select(endpoints).where(_made_by(site_id)).order_by(endpoints.c.id).limit(limit))
    return [_endpoint(row) for row in rows]


def find_elsewhere(connection: Connection, site_id: str) -> Endpoint | None:
    """Return the endpoint of a site whose events say themselves where they go, or None."""
    mine = (endpoints.c.site_id == site_id) & (endpoints.c.url == ELSEWHERE)
    row = connection.execute(select(endpoints).where(mine).order_by(endpoints.c.id).limit(1)).one_or_none()
    return None if row is None else _endpoint(row)


def list_akismet(connection: Connection, site_id: str, limit: int = 100) -> list[Endpoint]:
    """Return the endpoints that Akismet's clients of a site named, oldest first."""
    mine = (endpoints.c.site_id == site_id) & endpoints.c.akismet_key.is_not(None)
    rows = connection.execute(select(endpoints).where(mine).order_by(endpoints.c.id).limit(limit))
    return [_endpoint(row) for row in rows]


def renew_akismet(
    connection: Connection, site_id: str, endpoint_id: str, akismet_key: str, events: Sequence[EventType]
) -> None:
    """Give an endpoint of Akismet's kind another key and other events, and let it begin again if it was disabled."""
    connection.execute(
        update(endpoints)
        .where(endpoints.c.site_id == site_id, endpoints.c.id == endpoint_id)
        .values(
            akismet_key=akismet_key,
            events=[event.value for event in events],
            disabled_at=None,
            disabled_why=None,
            failures=0,
            failing_since=None,
            rest_until=None,
        )
    )


def get_endpoint(connection: Connection, site_id: str, endpoint_id: str, *, lock: bool = False) -> Endpoint | None:
    """Return one endpoint that a site made, or None; with `lock` nobody else changes it in this transaction."""
    query = select(endpoints).where(_made_by(site_id), endpoints.c.id == endpoint_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _endpoint(row)


def why_disabled(connection: Connection, site_id: str, endpoint_id: str) -> str | None:
    """Return why one of a site's endpoints, whoever made it, is disabled; None if it is not, or there is none."""
    disabled = select(endpoints.c.disabled_why).where(
        endpoints.c.site_id == site_id, endpoints.c.id == endpoint_id, endpoints.c.disabled_at.is_not(None)
    )
    return connection.execute(disabled).scalar_one_or_none()


def live_endpoints(connection: Connection, site_ids: list[str]) -> list[Endpoint]:
    """Return the endpoints of these sites that are not disabled."""
    rows = connection.execute(
        select(endpoints).where(endpoints.c.site_id.in_(site_ids), endpoints.c.disabled_at.is_(None))
    )
    return [_endpoint(row) for row in rows]


def remove_endpoint(connection: Connection, site_id: str, endpoint_id: str) -> bool:
    """Remove an endpoint with its deliveries; return whether there was one."""
    mine = (deliveries.c.site_id == site_id) & (deliveries.c.endpoint_id == endpoint_id)
    connection.execute(delete(attempts).where(attempts.c.delivery_id.in_(select(deliveries.c.id).where(mine))))
    connection.execute(delete(deliveries).where(mine))
    done = connection.execute(delete(endpoints).where(endpoints.c.site_id == site_id, endpoints.c.id == endpoint_id))
    return done.rowcount > 0


def change_endpoint(connection: Connection, endpoint: Endpoint) -> None:
    """Store what can be changed of an endpoint: where it is, what it hears, its secrets, and whether it lives."""
    connection.execute(
        update(endpoints)
        .where(endpoints.c.site_id == endpoint.site_id, endpoints.c.id == endpoint.id)
        .values(
            url=endpoint.url,
            events=[event.value for event in endpoint.events],
            include_text=endpoint.include_text,
            description=endpoint.description,
            secret=endpoint.secret,
            old_secret=endpoint.old_secret,
            old_secret_until=endpoint.old_secret_until,
            disabled_at=endpoint.disabled_at,
            disabled_why=endpoint.disabled_why,
            failures=endpoint.failures,
            failing_since=endpoint.failing_since,
            rest_until=endpoint.rest_until,
        )
    )


def note_success(connection: Connection, site_id: str, endpoint_id: str) -> None:
    """Forget that an endpoint failed."""
    connection.execute(
        update(endpoints)
        .where(endpoints.c.site_id == site_id, endpoints.c.id == endpoint_id, endpoints.c.failures > 0)
        .values(failures=0, failing_since=None, rest_until=None)
    )


def note_failure(
    connection: Connection, site_id: str, endpoint_id: str, at: datetime, seconds: float = 0.0
) -> Endpoint | None:
    """Count a try that was made at a moment and failed, and return the endpoint; it rests after several in a row.

    Tries that were on their way when the rest began are not counted: a second's outage would look like a long one.
    """
    mine = (endpoints.c.site_id == site_id) & (endpoints.c.id == endpoint_id)
    row = connection.execute(
        update(endpoints)
        .where(mine, ~_rests(at))
        .values(failures=endpoints.c.failures + 1, failing_since=_unless_set(endpoints.c.failing_since, at))
        .returning(endpoints)
    ).one_or_none()
    if row is None:
        row = connection.execute(select(endpoints).where(mine)).one_or_none()
        return None if row is None else _endpoint(row)
    rest = rest_after(row.failures)
    if rest:
        until = at + timedelta(seconds=seconds) + rest
        connection.execute(update(endpoints).where(mine).values(rest_until=until))
    return _endpoint(row)


def rest_after(failures: int) -> timedelta:
    """Return how long an endpoint is left alone after so many failed tries in a row."""
    if failures < FAILURES_IN_A_ROW:
        return timedelta()
    doublings: int = min(20, failures - FAILURES_IN_A_ROW)
    return min(LONGEST_REST, SHORTEST_REST * (1 << doublings))


def troubled(connection: Connection, now: datetime) -> dict[str, bool]:
    """Return the endpoints that failed several times in a row, and whether each rests."""
    rows = connection.execute(
        select(endpoints.c.id, _rests(now).label("rests")).where(
            endpoints.c.failures >= FAILURES_IN_A_ROW, endpoints.c.disabled_at.is_(None)
        )
    )
    return {row.id: row.rests for row in rows}


def disable_endpoint(connection: Connection, site_id: str, endpoint_id: str, why: str, now: datetime) -> bool:
    """Send nothing more to an endpoint, and give up what waits for it; return whether it lived until now."""
    done = connection.execute(
        update(endpoints)
        .where(endpoints.c.site_id == site_id, endpoints.c.id == endpoint_id, endpoints.c.disabled_at.is_(None))
        .values(disabled_at=now, disabled_why=why)
    )
    connection.execute(
        update(deliveries)
        .where(
            deliveries.c.site_id == site_id,
            deliveries.c.endpoint_id == endpoint_id,
            deliveries.c.next_try_at.is_not(None),
        )
        .values(state="failed", next_try_at=None)
    )
    return done.rowcount > 0


def _rests(now: datetime) -> ColumnElement[bool]:
    """Tell whether an endpoint rests; if for longer than the longest rest, the clock was set back, and it does not."""
    until = endpoints.c.rest_until
    return until.is_not(None) & (until > now) & (until <= now + LONGEST_REST)


def _made_by(site_id: str) -> ColumnElement[bool]:
    made_by_others = endpoints.c.akismet_key.is_not(None) | (endpoints.c.url == ELSEWHERE)
    return (endpoints.c.site_id == site_id) & ~made_by_others


def _unless_set(column: Column[datetime], moment: datetime) -> ColumnElement[datetime]:
    return case((column.is_(None), literal(moment, column.type)), else_=column)


def _endpoint(row: Row[tuple[object, ...]]) -> Endpoint:
    return Endpoint(
        id=row.id,
        site_id=row.site_id,
        url=row.url,
        secret=row.secret,
        events=tuple(EventType(event) for event in row.events),
        include_text=row.include_text,
        description=row.description,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        disabled_why=row.disabled_why,
        akismet_key=row.akismet_key,
        old_secret=row.old_secret,
        old_secret_until=row.old_secret_until,
        failures=row.failures,
        failing_since=row.failing_since,
        rest_until=row.rest_until,
    )
