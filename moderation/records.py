"""The vocabulary of what is kept: sites, keys, stored comments, events, endpoints, counts.

Long because it is a vocabulary: a small class for each thing, and nothing that they do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from moderation.audit_entry import Actor, ActorKind
from moderation.model import (
    AppealOutcome,
    AppealStatus,
    Author,
    DecidedBy,
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
    kind: str = "native"
    """Or akismet."""
    created_at: datetime | None = None
    expires_at: datetime | None = None
    used_at: datetime | None = None
    replaced_by: str | None = None
    """The prefix of the key that takes its place."""

    def is_over(self, now: datetime) -> bool:
        """Tell whether the key has expired."""
        return self.expires_at is not None and self.expires_at <= now

    @property
    def actor(self) -> Actor:
        """The key as the audit log knows it."""
        return Actor(ActorKind.API_KEY, self.prefix)


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
    likeness: bytes | None = None
    """What it resembles others by, as `resemblance.pack` makes it."""


@dataclass(frozen=True, slots=True)
class Past:
    """A stored comment that was decided, as far as a policy can judge it again."""

    id: str
    section: str | None
    findings: tuple[Finding, ...]
    """Without those that found nothing."""
    scores: Mapping[str, float | None]
    raid: bool
    """Whether it was held as one of many near copies; how many is not kept."""
    attempts: int
    length: Length | None = None
    """None, as `text`, if nobody asked for it."""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of a site's policy, and who put it in force when."""

    version: int
    at: datetime
    by: str


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
    akismet_key: str | None = None
    """Sealed; the key that an endpoint of Akismet's kind wants to hear with each of its comments' later decisions."""
    old_secret: str | None = None
    """Signs too until `old_secret_until`."""
    old_secret_until: datetime | None = None
    failures: int = 0
    """Tries that failed since the last one that did not; the first of them was at `failing_since`."""
    failing_since: datetime | None = None
    rest_until: datetime | None = None
    """Nothing is sent before."""

    def signs_with(self, now: datetime) -> tuple[str, ...]:
        """Return the secrets that sign: the one in force, and the one before it for a time."""
        if self.old_secret is None or self.old_secret_until is None or self.old_secret_until <= now:
            return (self.secret,)
        return (self.secret, self.old_secret)


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


@dataclass(frozen=True, slots=True)
class Label:
    """What a person or the site's program said of a comment's text: for some attributes, whether it has them."""

    site_id: str
    comment_id: str
    revision: int
    attributes: Mapping[str, bool]
    by: DecidedBy
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Suggested:
    """What somebody said through an API of a text that is no comment of the site's."""

    text: str
    language: str | None
    attributes: Mapping[str, bool]
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Appeal:
    """An author's word against the decision on their comment, and what came of it."""

    id: str
    site_id: str
    comment_id: str
    author_key: str | None
    against: int
    """The `sequence` of the decision, in the comment's log."""
    text: str
    opened_at: datetime
    closed_at: datetime | None = None
    outcome: AppealOutcome | None = None
    by: DecidedBy | None = None
    """Who decided it; None while it is open, and if it was closed by itself."""
    actor: str | None = None
    note: str | None = None

    @property
    def status(self) -> AppealStatus:
        """Whether it waits for somebody."""
        return AppealStatus.OPEN if self.closed_at is None else AppealStatus.CLOSED


class ModelState(StrEnum):
    """What became of a model that was made of a site's labels."""

    IN_FORCE = "in_force"  # corrects scores now
    RETIRED = "retired"  # was in force until a later one took its place
    REFUSED = "refused"  # was not surely better than what was in force
    ROLLED_BACK = "rolled_back"  # was in force until a person took it back


@dataclass(frozen=True, slots=True)
class SiteModel:
    """A model of one attribute that a site's labels made, without its weights."""

    site_id: str
    attribute: str
    version: int
    state: ModelState
    at: datetime
    why: str
    """Why it was put in force or refused, for a person to read."""
    evaluation: Mapping[str, Any]
    made_for: str
    """The shipped models that it corrects, by name and version."""
