"""One try at one delivery: sign it, post it, say what came of it and when to try again.

Standard Webhooks 1.0 (github.com/standard-webhooks/standard-webhooks): the id stays the same over all tries,
the timestamp is new for each, only 2xx is success, 410 means that nobody listens there any more. Nothing here
is stored: the courier claims what is due and keeps the attempts.
"""

import random
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from moderation import __version__
from moderation.errors import BlockedTargetError
from moderation.settings import Network
from moderation.signing import signatures
from workers.safe_connection import Resolver
from workers.safe_http import Answer, DeliveryError, post

DELAYS: Final = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""What is waited before each try: the example of the specification, 75 hours and 35 minutes in all."""
JITTER: Final = 0.1
"""Share of a delay by which it is made longer or shorter, so that what failed together does not come back together."""
LONGEST_RETRY_AFTER: Final = timedelta(hours=24)
USER_AGENT: Final = f"moderation/{__version__} (Standard Webhooks)"


class Outcome(StrEnum):
    """What a try means for its delivery."""

    DELIVERED = "delivered"  # answered with 2xx
    RETRY = "retry"  # no answer, or another one: the delivery is tried again while tries are left
    DISABLE = "disable"  # 410 Gone: the endpoint wants no more calls
    BLOCKED = "blocked"  # the URL leads where callbacks may not go; final for this delivery


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way to an endpoint, due now; `attempts` counts this try, `body` is the event as JSON."""

    id: str
    event_id: str
    endpoint_id: str
    site_id: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    body: bytes = field(repr=False)
    attempts: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one try, begun at `at`: an answer (status and first kilobyte) or an error in words.

    Without `next_try` the delivery is over.
    """

    delivery_id: str
    at: datetime
    status: int | None
    seconds: float
    answer: str | None
    error: str | None
    outcome: Outcome
    next_try: datetime | None


def sign(secrets: Sequence[str], message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that `body` is sent with, signed with each of the secrets; `message_id` holds no dot."""
    moment = now.astimezone(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signatures(secrets, message_id, moment, body),
        "content-type": "application/json",
        "user-agent": USER_AGENT,
    }


def next_try(attempts: int, now: datetime, rng: random.Random, retry_after: int | None) -> datetime | None:
    """Return when to try again after `attempts` failed ones, or None when the last has failed.

    `retry_after`, in seconds, makes the pause longer, never shorter, and at most a day long.
    """
    if attempts >= len(DELAYS):
        return None
    delay = DELAYS[attempts] * rng.uniform(1 - JITTER, 1 + JITTER)
    asked = timedelta(seconds=min(retry_after or 0, int(LONGEST_RETRY_AFTER.total_seconds())))
    return now + max(delay, asked)


def outcome(result: Answer | DeliveryError | BlockedTargetError) -> Outcome:
    """Return what an answer, or the lack of one, means for a delivery."""
    if isinstance(result, BlockedTargetError):
        return Outcome.BLOCKED
    if isinstance(result, DeliveryError):
        return Outcome.RETRY
    if result.status == HTTPStatus.GONE:
        return Outcome.DISABLE
    return Outcome.DELIVERED if HTTPStatus(200) <= result.status < HTTPStatus.MULTIPLE_CHOICES else Outcome.RETRY


def send(
    delivery: Delivery,
    *,
    now: datetime,
    rng: random.Random,
    timeout: float,
    networks: tuple[Network, ...],
    allow_http: bool,
    clock: Callable[[], float],
    resolver: Resolver = socket.getaddrinfo,
) -> Attempt:
    """Try `delivery` once, within `timeout` seconds of the monotonic `clock`, and return what came of it."""
    headers = sign(delivery.secrets, delivery.event_id, now, delivery.body)
    started = clock()
    result: Answer | DeliveryError | BlockedTargetError
    try:
        result = post(
            delivery.url,
            delivery.body,
            headers,
            timeout=timeout,
            networks=networks,
            allow_http=allow_http,
            clock=clock,
            resolver=resolver,
        )
    except (DeliveryError, BlockedTargetError) as error:
        result = error
    seconds = clock() - started
    answer = result if isinstance(result, Answer) else None
    means = outcome(result)
    again = None
    if means is Outcome.RETRY:
        ended = now + timedelta(seconds=seconds)
        again = next_try(delivery.attempts, ended, rng, answer.retry_after if answer else None)
    return Attempt(
        delivery_id=delivery.id,
        at=now,
        status=answer.status if answer else None,
        seconds=seconds,
        answer=answer.body if answer else None,
        error=None if isinstance(result, Answer) else str(result),
        outcome=means,
        next_try=again,
    )
