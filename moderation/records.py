"""The vocabulary of what is kept: sites, keys, stored comments, events, endpoints, counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.model import (
    Author,
    Decision,
    EventType,
    Finding,
    Length,
    Scope,
    Scored,
    Signals,
    Status,
    Thread,
)
from moderation.policy_document import Policy


@dataclass(frozen=True, slots=True)
class Site:
    """One site: its id, name and the policy in force."""

    id: str
    name: str
    policy: Policy
    policy_version: int


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as the service knows it: never the secret."""

    prefix: str
    site_id: str
    name: str
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class StoredComment:
    """A comment as the database holds it; JSON columns are in the shape the API shows."""

    id: str
    site_id: str
    thread: Thread
    external_id: str | None
    parent_id: str | None
    text: str
    author: Author
    author_key: str | None
    address_key: str | None
    text_key: str | None
    language_hint: str | None
    signals: Signals
    metadata: Mapping[str, Any]
    created_at: datetime
    received_at: datetime
    updated_at: datetime
    erased_at: datetime | None
    revision: int
    sequence: int
    status: Status
    length: Length
    findings: tuple[Finding, ...]
    scored: Scored
    decision: Decision | None
    priority: int
    score_after: datetime | None
    attempts: int
    cluster_id: str | None = None
    """Which near copies it is one of, since it was scored last."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a comment; `data` is the API's object without text and author."""

    id: str
    site_id: str
    comment_id: str | None
    type: EventType
    sequence: int
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a site wants to hear of events; no `events` means all of them."""

    id: str
    site_id: str
    url: str
    secret: str
    events: tuple[EventType, ...]
    include_text: bool
    description: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str | None


@dataclass(frozen=True, slots=True)
class ThreadCounts:
    """How many comments of a thread stand where."""

    thread: Thread
    pending: int = 0
    approved: int = 0
    held: int = 0
    rejected: int = 0

    @property
    def total(self) -> int:
        """All comments of the thread."""
        return self.pending + self.approved + self.held + self.rejected
