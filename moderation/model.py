"""The vocabulary: every noun that the parts of the service hand to one another.

All are frozen; times are aware and in UTC; spans count code points.
Long because the nouns are read together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

ATTRIBUTES = (
    "toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack", "sexual_explicit", "spam",
)  # fmt: skip
"""What a comment is scored for: Detoxify's names, and spam."""


class Status(StrEnum):
    """Where a comment stands."""

    PENDING = "pending"  # stored, not yet decided
    APPROVED = "approved"  # may be shown
    HELD = "held"  # waits for a person
    REJECTED = "rejected"  # must not be shown


class Action(StrEnum):
    """What a decision does with a comment."""

    APPROVE = "approve"
    HOLD = "hold"
    REJECT = "reject"

    @property
    def status(self) -> Status:
        """The status that a comment has after this action."""
        return {"approve": Status.APPROVED, "hold": Status.HELD, "reject": Status.REJECTED}[self.value]


class DecidedBy(StrEnum):
    """Who made a decision."""

    POLICY = "policy"  # the site's policy, from findings and scores
    MODERATOR = "moderator"  # a person at the desk
    API = "api"  # the site's own program


class Verdict(StrEnum):
    """What a rule found, the worst last."""

    PASS = "pass"  # nothing  # noqa: S105 - a verdict, no password
    HOLD = "hold"  # a person should look
    HOLD_ALWAYS = "hold_always"  # a person must look, whatever the site's mode
    REJECT = "reject"  # must not be shown
    REFUSE = "refuse"  # is not taken in at all; nothing is stored


class EventType(StrEnum):
    """What a site can hear of."""

    COMMENT_APPROVED = "comment.approved"
    COMMENT_HELD = "comment.held"
    COMMENT_REJECTED = "comment.rejected"
    COMMENT_ERASED = "comment.erased"
    APPEAL_OPENED = "appeal.opened"
    APPEAL_CLOSED = "appeal.closed"
    ENDPOINT_TEST = "endpoint.test"
    ENDPOINT_DISABLED = "endpoint.disabled"


class AppealStatus(StrEnum):
    """Whether an appeal waits for somebody."""

    OPEN = "open"
    CLOSED = "closed"


class AppealOutcome(StrEnum):
    """How an appeal ended."""

    UPHELD = "upheld"  # the decision stays
    OVERTURNED = "overturned"  # the comment was approved
    SUPERSEDED = "superseded"  # the comment was decided anew, or edited, before anybody looked at the appeal
    ERASED = "erased"  # the comment is gone


class Scope(StrEnum):
    """What an API key may do."""

    SUBMIT = "submit"  # post, edit and erase comments
    READ = "read"  # read comments, threads and counts
    DECIDE = "decide"  # decide comments
    SCORE = "score"  # ask for scores only
    MANAGE = "manage"  # change the policy, endpoints and keys


class Role(StrEnum):
    """What a person may do at the desk; each may also do what those below may."""

    OWNER = "owner"  # change the policy, words, endpoints, keys and moderators
    MODERATOR = "moderator"  # decide comments and restrict authors
    VIEWER = "viewer"  # see the desk and change nothing


class LengthUnit(StrEnum):
    """What the length of a comment is counted in."""

    GRAPHEMES = "graphemes"  # characters as readers see them
    CODE_POINTS = "code_points"
    UTF16 = "utf16"  # what a browser's maxlength counts


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` up to, not including, `end` of a comment's text, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Length:
    """How long a comment is, and how long it may be."""

    count: int
    limit: int
    unit: LengthUnit


@dataclass(frozen=True, slots=True)
class Thread:
    """A page that has comments; `id` is the site's own name for it."""

    id: str
    url: str | None = None
    title: str | None = None
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a comment, as the site tells it."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    url: str | None = None
    ip: str | None = None


@dataclass(frozen=True, slots=True)
class Signals:
    """What the site saw of how the comment was written."""

    honeypot: str | None = None
    filled_in_ms: int | None = None
    user_agent: str | None = None
    referrer: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """What a site hands in."""

    text: str
    thread: Thread
    author: Author = Author()
    external_id: str | None = None
    parent_id: str | None = None
    language: str | None = None
    created_at: datetime | None = None
    signals: Signals = Signals()
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one comment; also given when it found nothing."""

    rule: str
    verdict: Verdict
    code: str
    detail: str
    spans: tuple[Span, ...] = ()
    limit: int | None = None
    """For a refusal, the bound that was crossed; refused comments are not stored, and neither is this."""


@dataclass(frozen=True, slots=True)
class Language:
    """The language a text is in (ISO 639-1), and how sure that is (0 to 1); None is unknown."""

    code: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A stretch of text that raised an attribute's score."""

    attribute: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """Near copies that came lately: how many comments, and of how many authors; the one in hand is among them."""

    id: str
    comments: int
    authors: int


@dataclass(frozen=True, slots=True)
class Scored:
    """What the scorers say of one text; a score of None is unknown, never zero."""

    scores: Mapping[str, float | None]
    language: Language = Language()
    models: Mapping[str, str] = field(default_factory=dict)
    spans: tuple[ScoredSpan, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    """For an attribute, in words, what weighed most."""
    cluster: Cluster | None = None
    """None for a text that is too short to be told from others, or if nobody could look."""
    embedding: bytes | None = None
    """Little-endian float32 of length 1, for comparing texts; None if the model gives none. Its signs are stored."""
    other_languages: tuple[str, ...] = ()
    """The languages of clear parts of the text that are not in the main one; not stored."""


UNKNOWN = Scored(scores=dict.fromkeys(ATTRIBUTES))
"""The answer for a text that could not be scored."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a decision was made, for a person to read."""

    code: str
    detail: str
    score: float | None = None
    threshold: float | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """An action with its reasons; `actor` names the person or key behind it, for people."""

    action: Action
    by: DecidedBy
    at: datetime
    policy_version: int
    reasons: tuple[Reason, ...] = ()
    actor: str | None = None
    note: str | None = None
    actor_id: str | None = None
    """Of the moderator, or the key's prefix: for the audit log, which holds no names. Not stored with the decision."""


@dataclass(frozen=True, slots=True)
class WindowUse:
    """How many comments a sliding window holds, before the one in hand, and when its oldest leaves it."""

    per: str
    count: int
    limit: int
    seconds: int
    retry_after: int


@dataclass(frozen=True, slots=True)
class Restriction:
    """What becomes of all that an author writes: held or rejected, until a moment or for ever."""

    action: Action
    until: datetime | None
    reason: str | None
    """For people at the desk and the site; no comment shows it."""
    by: str
    at: datetime

    def holds_at(self, now: datetime) -> bool:
        """Tell whether it is in force."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules may know beside the comment; fetched once, before they run."""

    windows: tuple[WindowUse, ...] = ()
    thread_total: int = 0
    author_has_same: bool = False
    """The same author posted the same normalised text on this site lately."""
    site_has_same: bool = False
    """Anyone posted the same normalised text on this site lately."""
    restriction: Restriction | None = None
    """Of the author, if it is in force."""
