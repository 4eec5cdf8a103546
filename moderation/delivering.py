"""What a site does with its endpoints after they were made, and with what was delivered to them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from moderation import clock, ids, signing
from moderation.addresses import check_url
from moderation.comment_object import timestamp
from moderation.errors import NotFoundError
from moderation.model import EventType
from moderation.queue import Bell
from moderation.records import Endpoint, Event
from moderation.service import Service
from moderation.storage import delivery_log, endpoints, events
from moderation.storage.delivery_log import Tried, Try, Wanted

REPLAYED_AT_MOST = 1000
BY_SITE = "Disabled by the site"


def get(service: Service, site_id: str, endpoint_id: str) -> Endpoint:
    """Return an endpoint of the site; `NotFoundError` if there is none."""
    with service.parts.database.read() as connection:
        found = endpoints.get_endpoint(connection, site_id, endpoint_id)
    if found is None:
        raise NotFoundError
    return found


def change(
    service: Service, site_id: str, endpoint_id: str, changes: Mapping[str, Any], *, enabled: bool | None = None
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
    return changed


def rotate(service: Service, site_id: str, endpoint_id: str, overlap: timedelta) -> Endpoint:
    """Give an endpoint a new secret of the same kind; the one before it signs too for `overlap`."""
    now = clock.now()
    with service.parts.database.write() as connection:
        endpoint = endpoints.get_endpoint(connection, site_id, endpoint_id, lock=True)
        if endpoint is None:
            raise NotFoundError
        changed = replace(
            endpoint,
            secret=signing.new_secret(signing.signing_of(endpoint.secret)),
            old_secret=endpoint.secret if overlap else None,
            old_secret_until=now + overlap if overlap else None,
        )
        endpoints.change_endpoint(connection, changed)
    return changed


def test(service: Service, site_id: str, endpoint_id: str) -> str:
    """Send a test event to an endpoint and return the delivery's id; `NotFoundError` if there is none."""
    now = clock.now()
    with service.parts.database.write() as connection:
        endpoint = endpoints.get_endpoint(connection, site_id, endpoint_id)
        if endpoint is None:
            raise NotFoundError
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
    """Let a delivery begin anew; `NotFoundError` if the site has none of that id."""
    with service.parts.database.write() as connection:
        if not delivery_log.replay(connection, site_id, [delivery_id], clock.now()):
            raise NotFoundError
    service.parts.queue.ring(Bell.COURIER)


def replay(service: Service, site_id: str, wanted: Wanted) -> tuple[int, bool]:
    """Let deliveries begin anew, oldest first; return how many did, and whether there are more."""
    with service.parts.database.write() as connection:
        found = delivery_log.list_oldest(connection, site_id, wanted, REPLAYED_AT_MOST + 1)
        number = delivery_log.replay(connection, site_id, found[:REPLAYED_AT_MOST], clock.now())
    service.parts.queue.ring(Bell.COURIER)
    return number, len(found) > REPLAYED_AT_MOST
