"""Bodies, queries and answers of the native API's webhooks."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from moderation.dialects.native_answers import Answer
from moderation.dialects.native_schemas import PAGE_AT_MOST, Body, Query, Short
from moderation.model import EventType
from moderation.openapi import Moment, NoNul
from moderation.signing import Signing

State = Literal["pending", "delivered", "failed"]
Url = Annotated[
    str,
    Field(min_length=8, max_length=2000, examples=["https://news.example/moderation"]),
    NoNul(),
]
Events = Annotated[list[Annotated[EventType, Field(strict=False)]], Field(max_length=20)]
Id = Annotated[str, Field(max_length=36), NoNul()]


class EndpointIn(Body):
    """Where callbacks go; no events means all."""

    url: Url
    events: Events | None = None
    """All events if left out."""
    include_text: bool = False
    """Send the comment's text and author too."""
    description: Short = ""
    signing: Signing = "hmac"
    """`hmac` signs with a secret that both sides know (`v1`), `ed25519` with one whose public half you get (`v1a`)."""


class EndpointChangeIn(Body):
    """What is to be changed of an endpoint; what is left out stays."""

    url: Url = "https://"
    events: Events | None = None
    """Null for all events."""
    include_text: bool = False
    description: Short = ""
    enabled: bool = True


class RotateIn(Body):
    """For how long the secret before the new one signs too."""

    overlap_hours: Annotated[int, Field(ge=0, le=24 * 30)] = 24


class EndpointOut(Answer):
    """Where callbacks go, and how it does."""

    id: str
    url: str
    events: list[EventType]
    """Empty for all events."""
    include_text: bool
    description: str
    signing: Signing
    public_key: str | None
    """`whpk_…`, for verifying `v1a` signatures; null for `hmac`."""
    old_secret_until: datetime | None
    """Until then the secret before the last rotation signs too."""
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str | None
    failures: int
    """Tries that failed since the last one that did not."""
    failing_since: datetime | None
    rest_until: datetime | None
    """After several failures in a row nothing is sent before."""


class SecretEndpointOut(EndpointOut):
    """An endpoint with its new secret."""

    secret: str | None
    """For verifying `v1` signatures; shown in this answer only. Null for `ed25519`."""


class EndpointsOut(Answer):
    """The site's endpoints, oldest first."""

    endpoints: list[EndpointOut]


class TestedOut(Answer):
    """The delivery that was begun."""

    delivery_id: str


class DeliveryFilter(Body):
    """Which deliveries."""

    endpoint: Id | None = None
    """The id of an endpoint."""
    state: State | None = None
    type: Annotated[EventType, Field(strict=False)] | None = None
    comment: Id | None = None
    """The id of a comment."""
    after: Moment | None = None
    """Only what happened at or after this moment."""
    before: Moment | None = None
    """Only what happened before this moment."""


class DeliveriesQuery(DeliveryFilter, Query):
    """Which deliveries to list."""

    cursor: Annotated[str, Field(max_length=200)] | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=PAGE_AT_MOST, strict=False)] = 50


class ReplayIn(DeliveryFilter):
    """Which deliveries are sent again; those that failed if nothing is said."""

    state: State | None = "failed"


class TryOut(Answer):
    """One try."""

    at: datetime
    status: int | None
    """Null if there was no answer."""
    milliseconds: int
    answer: str | None
    """The first kilobyte of it."""
    error: str | None


class DeliveryLineOut(Answer):
    """An event on its way to an endpoint."""

    id: str
    endpoint_id: str
    event_id: str
    """The `webhook-id`."""
    type: EventType
    comment_id: str | None
    state: State
    attempts: int
    created_at: datetime
    next_try_at: datetime | None


class DeliveryOut(DeliveryLineOut):
    """A delivery with its tries, oldest first."""

    tries: list[TryOut]


class DeliveriesOut(Answer):
    """A page of deliveries, newest first."""

    deliveries: list[DeliveryLineOut]
    next: str | None
    """The `cursor` of the page after this one; null on the last."""


class ReplayedOut(Answer):
    """How many deliveries are sent again."""

    replayed: int
    more: bool
    """There are further ones; call again."""
