"""Events and one delivery per endpoint, written in the transaction of what happened."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from moderation import ids
from moderation.comment_object import akismet_result
from moderation.records import Event
from moderation.storage.akismet import endpoints_of
from moderation.storage.comments import bare_reasons
from moderation.storage.endpoints import live_endpoints
from moderation.storage.tables import deliveries, events, first_try

ADDRESS, DOCUMENT = "address", "document"
"""In the data of an event that goes to one address: where, and what."""


def publish_to(connection: Connection, event: Event, endpoint_id: str, now: datetime) -> str:
    """Store an event for one endpoint alone and return the delivery's id."""
    connection.execute(insert(events), [_row(event)])
    delivery = {
        "id": ids.new_id(now),
        "site_id": event.site_id,
        "event_id": event.id,
        "endpoint_id": endpoint_id,
        "state": "pending",
        "attempts": 0,
        "next_try_at": first_try(now),
    }
    connection.execute(insert(deliveries), [delivery])
    return str(delivery["id"])


def publish(connection: Connection, new: Sequence[Event], now: datetime) -> int:
    """Store events and a delivery for every live endpoint that asked for them; return how many deliveries."""
    if not new:
        return 0
    connection.execute(insert(events), [_row(event) for event in new])
    sites = sorted({event.site_id for event in new})
    listening = live_endpoints(connection, sites)
    named: Mapping[str, str] = {}
    if any(endpoint.akismet_key for endpoint in listening):
        named = endpoints_of(connection, sites, [event.comment_id for event in new if event.comment_id])
    rows = [
        {
            "id": ids.new_id(now),
            "site_id": event.site_id,
            "event_id": event.id,
            "endpoint_id": endpoint.id,
            "state": "pending",
            "attempts": 0,
            "next_try_at": first_try(now),
        }
        for event in new
        for endpoint in listening
        if endpoint.site_id == event.site_id
        and (not endpoint.events or event.type in endpoint.events)
        and (
            endpoint.akismet_key is None
            or (named.get(event.comment_id or "") == endpoint.id and akismet_result(event.type, event.data) is not None)
        )
    ]
    if rows:
        connection.execute(insert(deliveries), rows)
    return len(rows)


def strip_events(connection: Connection, site_id: str, comment_id: str) -> int:
    """Take out of a comment's earlier events what could quote it; return how many there are."""
    rows = connection.execute(
        select(events.c.id, events.c.data).where(events.c.site_id == site_id, events.c.comment_id == comment_id)
    ).all()
    for row in rows:
        data = {**row.data, "metadata": {}}
        if data.get("decision"):
            data["decision"] = {
                **data["decision"],
                "note": None,
                "reasons": bare_reasons(data["decision"]["reasons"]),
            }
        if data.get("appeal"):
            data["appeal"] = {**data["appeal"], "note": None}
        connection.execute(update(events).where(events.c.id == row.id).values(data=data))
    return len(rows)


def _row(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "site_id": event.site_id,
        "comment_id": event.comment_id,
        "type": event.type.value,
        "sequence": event.sequence,
        "at": event.at,
        "data": dict(event.data),
    }
