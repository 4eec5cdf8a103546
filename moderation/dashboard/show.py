"""Turns a stored comment into what a page shows of it; pure, and escapes nothing: the templates do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from moderation.comment_object import timestamp
from moderation.dashboard.elsewhere import told
from moderation.dashboard.language import ENGLISH, N_, gettext, language
from moderation.dashboard.readings import Reading, readings
from moderation.dashboard.severity import is_hard
from moderation.model import ATTRIBUTES, Action, DecidedBy, Decision, Length, LengthUnit, Span, Status
from moderation.policy_document import Policy
from moderation.records import StoredComment
from moderation.storage.decision_log import Line

LENGTHS = {
    LengthUnit.GRAPHEMES: N_("%(count)s of %(limit)s characters"),
    LengthUnit.CODE_POINTS: N_("%(count)s of %(limit)s code points"),
    LengthUnit.UTF16: N_("%(count)s of %(limit)s UTF-16 units"),
}
WHO = {DecidedBy.POLICY: N_("the policy"), DecidedBy.API: N_("the site"), DecidedBy.MODERATOR: N_("a moderator")}
STATUS_WORDS = {
    Status.HELD: N_("Held"),
    Status.PENDING: N_("Pending"),
    Status.APPROVED: N_("Approved"),
    Status.REJECTED: N_("Rejected"),
}
"""In the order of the tabs."""
LIST_TITLES = {
    Status.HELD: N_("Held comments"),
    Status.PENDING: N_("Pending comments"),
    Status.APPROVED: N_("Approved comments"),
    Status.REJECTED: N_("Rejected comments"),
}
SNIPPET = 140


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a comment's text, marked if it is a reason for the decision."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, for programs and for people."""

    iso: str
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One score, and the lowest score at which the policy acts; None is unknown, or no threshold."""

    name: str
    score: float | None
    threshold: float | None

    @property
    def over(self) -> bool:
        """Whether the score reaches the threshold."""
        return self.score is not None and self.threshold is not None and self.score >= self.threshold


@dataclass(frozen=True, slots=True)
class Why:
    """A reason in words."""

    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Card:
    """A comment as a page shows it."""

    comment: StoredComment
    status: str
    pieces: tuple[Piece, ...]
    reasons: tuple[Why, ...]
    bars: tuple[Bar, ...]
    author: str
    thread: str
    link: str | None
    length: str
    received: Moment
    decided: Moment | None
    decided_by: str
    actions: tuple[Action, ...]
    copies: str | None
    """The cluster of near copies that it was held for."""
    readings: tuple[Reading, ...]
    hard: bool
    """Whether its text is among the worst."""


@dataclass(frozen=True, slots=True)
class Brief:
    """A comment in a list: the beginning of its text, whose it is, and how it stands."""

    comment_id: str
    text: str
    author: str
    status: str
    words: str
    at: Moment


@dataclass(frozen=True, slots=True)
class LogLine:
    """One decision of the past, in words."""

    action: str
    by: str
    at: Moment
    reasons: str
    note: str | None


def line(one: Line) -> LogLine:
    """Return what a page shows of a decision that a comment had."""
    decision = one.decision
    said = "; ".join(
        " ".join(filter(None, (in_words(reason.code), told(reason.detail)))) for reason in decision.reasons
    )
    return LogLine(gettext(STATUS_WORDS[one.after]), decided_by(decision), moment(one.at), said, decision.note)


def card(comment: StoredComment, policy: Policy) -> Card:
    """Return what a page shows of `comment`; `policy` is its site's policy."""
    decision = comment.decision
    spans = [span for reason in decision.reasons for span in reason.spans] if decision else []
    return Card(
        comment=comment,
        status=gettext(STATUS_WORDS[comment.status]),
        pieces=tuple(pieces(comment.text, spans)),
        reasons=tuple(Why(in_words(one.code), told(one.detail)) for one in decision.reasons) if decision else (),
        bars=tuple(bars(comment, policy.for_section(comment.thread.section))),
        author=author_name(comment),
        thread=comment.thread.title or comment.thread.id,
        link=safe_link(comment.thread.url),
        length=length_words(comment.length),
        received=moment(comment.received_at),
        decided=moment(decision.at) if decision else None,
        decided_by=decided_by(decision) if decision else "",
        actions=actions(comment),
        copies=comment.cluster_id if decision and any(one.code == "raid" for one in decision.reasons) else None,
        readings=readings(comment.text, spans),
        hard=is_hard(comment),
    )


def brief(comment: StoredComment) -> Brief:
    """Return what a list shows of a comment."""
    status, at = gettext(STATUS_WORDS[comment.status]), moment(comment.received_at)
    name = gettext("Anonymous") if comment.erased_at else author_name(comment)
    return Brief(comment.id, snippet(comment), name, comment.status.value, status, at)


def snippet(comment: StoredComment | None) -> str:
    """Return the beginning of a comment's text."""
    if comment is None or comment.erased_at is not None:
        return gettext("Erased comment")
    text = " ".join(comment.text.split())
    return text if len(text) <= SNIPPET else f"{text[:SNIPPET].rstrip()} …"


def author_name(comment: StoredComment) -> str:
    """Return what a page calls the author of a comment."""
    return comment.author.name or comment.author.id or gettext("Anonymous")


def pieces(text: str, spans: Iterable[Span]) -> Iterator[Piece]:
    """Yield `text` in pieces, those inside any of `spans` (code points) marked; spans may overlap or reach beyond."""
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        start, end = max(span.start, at), min(span.end, len(text))
        if start >= end:
            continue
        if start > at:
            yield Piece(text[at:start], marked=False)
        yield Piece(text[start:end], marked=True)
        at = end
    if at < len(text):
        yield Piece(text[at:], marked=False)


def bars(comment: StoredComment, policy: Policy) -> Iterator[Bar]:
    """Yield one bar for each attribute, also those that are unknown."""
    thresholds = {str(attribute): threshold for attribute, threshold in policy.thresholds.items()}
    for attribute in ATTRIBUTES:
        threshold = thresholds.get(attribute)
        acts = [at for at in (threshold.hold, threshold.reject) if at is not None] if threshold else []
        yield Bar(in_words(attribute), comment.scored.scores.get(attribute), min(acts, default=None))


def actions(comment: StoredComment) -> tuple[Action, ...]:
    """Return what a moderator can do: whatever would change something."""
    if comment.erased_at is not None:
        return ()
    return tuple(action for action in (Action.APPROVE, Action.REJECT) if action.status is not comment.status)


def safe_link(url: str | None) -> str | None:
    """Return `url` if it is an absolute http or https address, so that no page links to a script."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def in_words(code: str) -> str:
    """Return a code such as `identity_attack` as people write it."""
    return gettext(code.replace("_", " ").capitalize())


def inside(code: str) -> str:
    """Return a code as people write it inside a sentence: English has small letters there."""
    words = in_words(code)
    return words.lower() if language() == ENGLISH else words


def length_words(length: Length) -> str:
    """Return how long a comment is, of how long it may be."""
    return gettext(LENGTHS[length.unit], count=length.count, limit=length.limit)


def decided_by(decision: Decision) -> str:
    """Return who made a decision."""
    return decision.actor or gettext(WHO[decision.by])


def moment(at: datetime) -> Moment:
    """Return a time in UTC."""
    return Moment(timestamp(at), f"{at:%Y-%m-%d %H:%M} UTC")
