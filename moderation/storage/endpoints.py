"""Endpoints: where a site wants to hear of events."""

from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select, update

from moderation.model import EventType
from moderation.records import Endpoint
from moderation.storage.tables import attempts, deliveries, endpoints

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
    mine = (endpoints.c.site_id == site_id) & endpoints.c.akismet_key.is_(None) & (endpoints.c.url != ELSEWHERE)
    rows = connection.execute(select(endpoints).where(mine).order_by(endpoints.c.id).limit(limit))
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


def renew_akismet(connection: Connection, site_id: str, endpoint_id: str, akismet_key: str) -> None:
    """Give an endpoint of Akismet's kind another key, and let it live again if it was disabled."""
    connection.execute(
        update(endpoints)
        .where(endpoints.c.site_id == site_id, endpoints.c.id == endpoint_id)
        .values(akismet_key=akismet_key, disabled_at=None, disabled_why=None)
    )


def get_endpoint(connection: Connection, site_id: str, endpoint_id: str) -> Endpoint | None:
    """Return one endpoint, or None."""
    row = connection.execute(
        select(endpoints).where(endpoints.c.site_id == site_id, endpoints.c.id == endpoint_id)
    ).one_or_none()
    return None if row is None else _endpoint(row)


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


def disable_endpoint(connection: Connection, site_id: str, endpoint_id: str, why: str, now: datetime) -> None:
    """Send nothing more to an endpoint, and give up what waits for it."""
    connection.execute(
        update(endpoints)
        .where(endpoints.c.site_id == site_id, endpoints.c.id == endpoint_id)
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
    )
