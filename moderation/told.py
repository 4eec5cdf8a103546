"""What a caller wants to be told at an address of its own, once: sent by the courier like a webhook, and retried.

All these calls of a site go through one endpoint, which has no address itself: each event says where it goes.
"""

from collections.abc import Mapping
from typing import Any

from moderation import clock, ids, signing
from moderation.addresses import check_url
from moderation.errors import OverloadedError
from moderation.model import EventType
from moderation.queue import Bell
from moderation.records import Endpoint, Event
from moderation.service import Service
from moderation.storage import deliveries, endpoints, events
from moderation.storage.events import ADDRESS, DOCUMENT

WAITING_AT_MOST = 10_000
"""Of one site; more are refused until some were delivered or given up."""


def tell(service: Service, site_id: str, url: str, document: Mapping[str, Any]) -> None:
    """Send a document to an address soon, and again while it fails.

    Raises:
        BlockedTargetError: callbacks may not go there.
        OverloadedError: too many of the site wait already.
    """
    check_url(url, allow_http=service.settings.webhook_http, networks=service.settings.networks)
    now = clock.now()
    with service.parts.database.write() as connection:
        endpoint = endpoints.find_elsewhere(connection, site_id)
        if endpoint is None:
            endpoint = Endpoint(
                id=ids.new_id(now),
                site_id=site_id,
                url=endpoints.ELSEWHERE,
                secret=signing.new_secret("hmac"),
                events=(EventType.ENDPOINT_TEST,),
                include_text=False,
                description="addresses that callers name for one answer",
                created_at=now,
                disabled_at=None,
                disabled_why=None,
            )
            endpoints.add_endpoint(connection, endpoint)
        if deliveries.waiting(connection, site_id, endpoint.id, WAITING_AT_MOST) >= WAITING_AT_MOST:
            raise OverloadedError("Too many answers of this site wait to be delivered", retry_after=60)
        data = {ADDRESS: url, DOCUMENT: dict(document)}
        event = Event(ids.new_id(now), site_id, None, EventType.ENDPOINT_TEST, 0, now, data)
        events.publish_to(connection, event, endpoint.id, now)
    service.parts.queue.ring(Bell.COURIER)
