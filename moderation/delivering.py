"""What a site does with its endpoints, and with what was delivered to them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from moderation import clock, ids
from moderation.addresses import check_url
from moderation.audit_entry import SERVICE, Actor, AuditAction, Change
from moderation.comment_object import timestamp
from moderation.errors import EndpointDisabledError, EndpointsFullError, NotFoundError
from moderation.model import EventType
from moderation.queue import Bell
from moderation.records import Endpoint, Event
from moderation.service import Service
from moderation.signing import Signing, new_secret, signing_of
from moderation.storage import audit, delivery_log, endpoints, events
from moderation.storage.database import Connection
from moderation.storage.delivery_log import Tried, Try, Wanted

REPLAYED_AT_MOST = 1000
ENDPOINTS_AT_MOST = 20
"""Per site; `EndpointsFullError` says so."""
BY_SITE = "Disabled by the site"


def add(
    service: Service,
    site_id: str,
    url: str,
    events: Sequence[EventType],
    *,
    include_text: bool,
    description: str,
    signing: Signing = "hmac",
    actor: Actor = SERVICE,
) -> Endpoint:
    """Make an endpoint; its secret is in the answer and shown again by nobody.

    Raises:
        BlockedTargetError: callbacks may not go to that URL.
        EndpointsFullError: the site has as many as it may.
    """
    check_url(url, allow_http=service.settings.webhook_http, networks=service.settings.networks)
    endpoint = Endpoint(
        id=ids.new_id(now := clock.now()),
        site_id=site_id,
        url=url,
        secret=new_secret(signing),
        events=tuple(events),
        include_text=include_text,
        description=description,
        created_at=now,
        disabled_at=None,
        disabled_why=None,
    )
    with service.parts.database.write() as connection:
        if len(endpoints.list_endpoints(connection, site_id)) >= ENDPOINTS_AT_MOST:
            raise EndpointsFullError
        endpoints.add_endpoint(connection, endpoint)
        audit.append(connection, site_id, now, Change(actor, AuditAction.ENDPOINT_MADE, endpoint.id))
    return endpoint


def get(service: Service, site_id: str, endpoint_id: str) -> Endpoint:
    """Return an endpoint of the site; `NotFoundError` if there is none."""
    with service.parts.database.read() as connection:
        found = endpoints.get_endpoint(connection, site_id, endpoint_id)
    if found is None:
        raise NotFoundError
    return found


def change(
    service: Service,
    site_id: str,
    endpoint_id: str,
    changes: Mapping[str, Any],
    *,
    enabled: bool | None = None,
    actor: Actor = SERVICE,
) -> Endpoint:
    """Change fields of an endpoint and return it; enabled anew, it begins without failures.

    Raises:
        NotFoundError: the site has none of that id.
        BlockedTargetError: callbacks may not go to the new URL.
    """
    if "url" in changes:
        check_url(changes["url"], allow_http=service.settings.webhook_http, networks=service.settings.networks)
    now = clock.now()
    with service.parts.database.write() as connection:
        endpoint = endpoints.get_endpoint(connection, site_id, endpoint_id, lock=True)
        if endpoint is None:
            raise NotFoundError
        changed = replace(endpoint, **changes)
        if enabled is True:
            changed = replace(
                changed, disabled_at=None, disabled_why=None, failures=0, failing_since=None, rest_until=None
            )
        endpoints.change_endpoint(connection, changed)
        if enabled is False and endpoint.disabled_at is None:
            endpoints.disable_endpoint(connection, site_id, endpoint_id, BY_SITE, now)
            changed = replace(changed, disabled_at=now, disabled_why=BY_SITE)
        audit.append(connection, site_id, now, *_changed(actor, endpoint, changed))
    return changed


def remove(service: Service, site_id: str, endpoint_id: str, actor: Actor = SERVICE) -> None:
    """Remove an endpoint with what waits for it; `NotFoundError` if there is none."""
    with service.parts.database.write() as connection:
        if not endpoints.remove_endpoint(connection, site_id, endpoint_id):
            raise NotFoundError
        audit.append(connection, site_id, clock.now(), Change(actor, AuditAction.ENDPOINT_REMOVED, endpoint_id))


def rotate(service: Service, site_id: str, endpoint_id: str, overlap: timedelta, actor: Actor = SERVICE) -> Endpoint:
    """Give an endpoint a new secret of the same kind; the one before it signs too for `overlap`."""
    now = clock.now()
    with service.parts.database.write() as connection:
        endpoint = endpoints.get_endpoint(connection, site_id, endpoint_id, lock=True)
        if endpoint is None:
            raise NotFoundError
        changed = replace(
            endpoint,
            secret=new_secret(signing_of(endpoint.secret)),
            old_secret=endpoint.secret if overlap else None,
            old_secret_until=now + overlap if overlap else None,
        )
        endpoints.change_endpoint(connection, changed)
        details = {"overlap_seconds": int(overlap.total_seconds())}
        audit.append(connection, site_id, now, Change(actor, AuditAction.ENDPOINT_ROTATED, endpoint_id, details))
    return changed


def test(service: Service, site_id: str, endpoint_id: str) -> str:
    """Send a test event to an endpoint and return the delivery's id.

    Raises:
        NotFoundError: the site has no endpoint of that id.
        EndpointDisabledError: it takes nothing.
    """
    now = clock.now()
    with service.parts.database.write() as connection:
        if endpoints.get_endpoint(connection, site_id, endpoint_id) is None:
            raise NotFoundError
        _check_enabled(connection, site_id, endpoint_id)
        data = {"endpoint_id": endpoint_id, "sent_at": timestamp(now)}
        event = Event(ids.new_id(now), site_id, None, EventType.ENDPOINT_TEST, 0, now, data)
        delivery_id = events.publish_to(connection, event, endpoint_id, now)
    service.parts.queue.ring(Bell.COURIER)
    return delivery_id


def find(
    service: Service, site_id: str, wanted: Wanted, limit: int, before_id: str | None
) -> tuple[Sequence[Tried], str | None]:
    """Return a page of deliveries, newest first, and the id to go on from, or None at the end."""
    with service.parts.database.read() as connection:
        found = delivery_log.list_page(connection, site_id, wanted, limit=limit + 1, before_id=before_id)
    page = found[:limit]
    return page, page[-1].id if len(found) > limit else None


def get_delivery(service: Service, site_id: str, delivery_id: str) -> tuple[Tried, Sequence[Try]]:
    """Return a delivery with its tries, oldest first; `NotFoundError` if the site has none of that id."""
    with service.parts.database.read() as connection:
        found = delivery_log.get_tried(connection, site_id, delivery_id)
        if found is None:
            raise NotFoundError
        return found, delivery_log.tries_of(connection, site_id, delivery_id)


def replay_one(service: Service, site_id: str, delivery_id: str) -> None:
    """Let a delivery begin anew.

    Raises:
        NotFoundError: the site has none of that id.
        EndpointDisabledError: its endpoint takes nothing.
    """
    with service.parts.database.write() as connection:
        found = delivery_log.get_tried(connection, site_id, delivery_id)
        if found is None:
            raise NotFoundError
        _check_enabled(connection, site_id, found.endpoint_id)
        delivery_log.replay(connection, site_id, [delivery_id], clock.now())
    service.parts.queue.ring(Bell.COURIER)


def replay(service: Service, site_id: str, wanted: Wanted) -> tuple[int, bool]:
    """Let deliveries begin anew, oldest first; return how many did, and whether there are more.

    Those to endpoints that are disabled stay as they are; if one such is asked for, `EndpointDisabledError` says so.
    """
    with service.parts.database.write() as connection:
        if wanted.endpoint_id is not None:
            _check_enabled(connection, site_id, wanted.endpoint_id)
        found = delivery_log.list_oldest(connection, site_id, wanted, REPLAYED_AT_MOST + 1)
        number = delivery_log.replay(connection, site_id, found[:REPLAYED_AT_MOST], clock.now())
    service.parts.queue.ring(Bell.COURIER)
    return number, len(found) > REPLAYED_AT_MOST


def _check_enabled(connection: Connection, site_id: str, endpoint_id: str) -> None:
    why = endpoints.why_disabled(connection, site_id, endpoint_id)
    if why is not None:
        raise EndpointDisabledError(why)


def _changed(actor: Actor, before: Endpoint, after: Endpoint) -> list[Change]:
    """Return what the audit log says of a change, if it is one: which fields differ, or that it is switched off."""
    fields = [name for name in ("url", "events", "include_text", "description") if _differs(name, before, after)]
    if (before.disabled_at is None) is not (after.disabled_at is None):
        fields.append("enabled")
    off = "enabled" in fields and after.disabled_at is not None
    action = AuditAction.ENDPOINT_DISABLED if off else AuditAction.ENDPOINT_CHANGED
    return [Change(actor, action, after.id, {"fields": fields})] if fields else []


def _differs(name: str, before: Endpoint, after: Endpoint) -> bool:
    return bool(getattr(before, name) != getattr(after, name))
