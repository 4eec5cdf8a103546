"""Delivers events to endpoints: claims what is due, sends it in threads, keeps each attempt."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import structlog

from moderation import clock
from moderation.comment_object import author_object, timestamp
from moderation.queue import Bell
from moderation.storage import comments, deliveries, endpoints
from moderation.storage.database import Connection
from moderation.storage.deliveries import Due
from workers.process import Process
from workers.webhooks import Attempt, Delivery, Outcome, send

BATCH = 16
"""As many deliveries as threads: none waits for another's timeout while its lease runs."""
DELIVER_SECONDS = 3.0
"""One task delivers no longer, so that a worker told to stop stops soon; if more is due it rings again."""
LEASE_MARGIN = timedelta(seconds=15)
GONE = "The endpoint answered 410 Gone"

log = structlog.get_logger()


def deliver(here: Process) -> None:
    """Send what is due until nothing is or the time is over."""
    until = clock.monotonic() + DELIVER_SECONDS
    with ThreadPoolExecutor(BATCH, "courier") as pool:
        while clock.monotonic() < until:
            if not deliver_batch(here, pool):
                return
    here.parts.queue.ring(Bell.COURIER)


def deliver_batch(here: Process, pool: ThreadPoolExecutor) -> bool:
    """Claim and send one batch; return whether there was one."""
    now = clock.now()
    with here.parts.database.read() as connection:
        if not deliveries.is_due(connection, now):
            return False
    lease = timedelta(seconds=here.settings.webhook_timeout_seconds) + LEASE_MARGIN
    with here.parts.database.write() as connection:
        claimed = deliveries.claim_due(connection, limit=BATCH, lease=lease, now=now)
    with here.parts.database.read() as connection:
        ready = [(due, _body(due, _quoted(connection, due))) for due in claimed]
    attempts = list(pool.map(lambda one: _send(here, *one), ready))
    with here.parts.database.write() as connection:
        for due, attempt in zip(claimed, attempts, strict=True):
            _save(connection, due, attempt)
    delivered = sum(attempt.outcome is Outcome.DELIVERED for attempt in attempts)
    log.info("sent", number=len(attempts), delivered=delivered)
    return bool(claimed)


def _send(here: Process, due: Due, body: bytes) -> Attempt:
    delivery = Delivery(
        id=due.id,
        event_id=due.event.id,
        endpoint_id=due.endpoint.id,
        site_id=due.event.site_id,
        url=due.endpoint.url,
        secret=due.endpoint.secret,
        body=body,
        attempts=due.attempts,
    )
    return send(
        delivery,
        now=clock.now(),
        rng=random.SystemRandom(),
        timeout=here.settings.webhook_timeout_seconds,
        networks=here.settings.networks,
        allow_http=here.settings.webhook_http,
        clock=clock.monotonic,
    )


def _quoted(connection: Connection, due: Due) -> dict[str, Any]:
    """Return text and author as they are now, for endpoints that want them; nothing of an erased comment."""
    if not due.endpoint.include_text or due.event.comment_id is None:
        return {}
    comment = comments.get(connection, due.event.site_id, due.event.comment_id)
    if comment is None or comment.erased_at is not None:
        return {"text": None, "author": None}
    return {"text": comment.text, "author": author_object(comment)}


def _body(due: Due, quoted: dict[str, Any]) -> bytes:
    document = {
        "type": due.event.type.value,
        "timestamp": timestamp(due.event.at),
        "data": {**due.event.data, **quoted},
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _save(connection: Connection, due: Due, attempt: Attempt) -> None:
    deliveries.save_attempt(
        connection,
        due,
        at=attempt.at,
        status=attempt.status,
        milliseconds=round(attempt.seconds * 1000),
        answer=attempt.answer,
        error=attempt.error,
        delivered=attempt.outcome is Outcome.DELIVERED,
        next_try_at=attempt.next_try,
    )
    if attempt.outcome is Outcome.DISABLE:
        endpoints.disable_endpoint(connection, due.event.site_id, due.endpoint.id, GONE, attempt.at)
