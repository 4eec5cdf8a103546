"""The comment as the native API and the events show it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from moderation.model import ATTRIBUTES, Decision, EventType, Span
from moderation.records import Appeal, Event, StoredComment

SpanUnits = Literal["code_points", "utf16", "bytes"]
LOOKS_LIKE_SPAM = frozenset({"spam", "raid"})
"""Codes of reasons for which a comment that is held is spam to Akismet's clients."""
ENCODING: Mapping[str, tuple[str, int]] = {"utf16": ("utf-16-le", 2), "bytes": ("utf-8", 1)}


def comment_object(comment: StoredComment, span_units: SpanUnits = "code_points") -> dict[str, Any]:
    """Return the whole object; `spans` count code points, UTF-16 code units or UTF-8 bytes."""
    return {
        "id": comment.id,
        "external_id": comment.external_id,
        "status": comment.status.value,
        "revision": comment.revision,
        "length": {
            "count": comment.length.count,
            "limit": comment.length.limit,
            "unit": comment.length.unit.value,
        },
        "decision": None if comment.decision is None else decision_object(comment.decision, comment.text, span_units),
        "scores": {attribute: comment.scored.scores.get(attribute) for attribute in ATTRIBUTES},
        "models": dict(comment.scored.models),
        "language": {
            "code": comment.scored.language.code,
            "confidence": comment.scored.language.confidence,
        },
        "cluster_id": comment.cluster_id,
        "text": None if comment.erased_at else comment.text,
        "thread": {
            "id": comment.thread.id,
            "url": comment.thread.url,
            "title": comment.thread.title,
            "section": comment.thread.section,
        },
        "author": author_object(comment),
        "parent_id": comment.parent_id,
        "created_at": timestamp(comment.created_at),
        "received_at": timestamp(comment.received_at),
        "updated_at": timestamp(comment.updated_at),
        "erased_at": None if comment.erased_at is None else timestamp(comment.erased_at),
        "metadata": dict(comment.metadata),
    }


def author_object(comment: StoredComment) -> dict[str, Any] | None:
    """Return the author as the site told it, without the address; None once erased."""
    if comment.erased_at:
        return None
    author = comment.author
    return {"id": author.id, "name": author.name, "email": author.email, "url": author.url}


def event_object(comment: StoredComment, previous_status: str, sequence: int) -> dict[str, Any]:
    """Return what an event says of a comment: the object without text and author, and where it came from."""
    document = comment_object(comment)
    del document["text"], document["author"]
    return {**document, "previous_status": previous_status, "sequence": sequence}


def appeal_object(appeal: Appeal) -> dict[str, Any]:
    """Return an appeal without its text."""
    return {
        "id": appeal.id,
        "status": appeal.status.value,
        "outcome": appeal.outcome and appeal.outcome.value,
        "opened_at": timestamp(appeal.opened_at),
        "closed_at": None if appeal.closed_at is None else timestamp(appeal.closed_at),
        "by": appeal.by and appeal.by.value,
        "actor": appeal.actor,
        "note": appeal.note,
    }


def appeal_event_object(appeal: Appeal, comment: StoredComment, sequence: int) -> dict[str, Any]:
    """Return what an event says of an appeal: the comment as it stands, and the appeal."""
    return {**event_object(comment, comment.status.value, sequence), "appeal": appeal_object(appeal)}


def akismet_result(kind: EventType, data: Mapping[str, Any]) -> str | None:
    """Return what an event is to a client of Akismet's: that a comment is spam or is not; None if it is neither."""
    codes = {reason["code"] for reason in (data.get("decision") or {}).get("reasons", [])}
    if kind is EventType.COMMENT_REJECTED or (kind is EventType.COMMENT_HELD and codes & LOOKS_LIKE_SPAM):
        return "true"
    return "false" if kind is EventType.COMMENT_APPROVED else None


def akismet_document(key: str, event: Event) -> dict[str, Any]:
    """Return what a client of Akismet's is told of a later decision on a comment that it asked about."""
    return {
        "key": key,
        "endpoint": "comment-check",
        "comments": [{"guid": event.comment_id, "result": akismet_result(event.type, event.data)}],
    }


def timestamp(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def span_object(span: Span, text: str, units: SpanUnits) -> dict[str, int]:
    """Return a span of `text` in other units."""
    if units == "code_points":
        return {"start": span.start, "end": span.end}
    encoding, width = ENCODING[units]
    start = len(text[: span.start].encode(encoding)) // width
    return {"start": start, "end": start + len(text[span.start : span.end].encode(encoding)) // width}


def decision_object(decision: Decision, text: str, units: SpanUnits = "code_points") -> dict[str, Any]:
    """Return a decision on a comment of that text."""
    return {
        "action": decision.action.value,
        "by": decision.by.value,
        "at": timestamp(decision.at),
        "policy_version": decision.policy_version,
        "reasons": [
            {
                "code": reason.code,
                "detail": reason.detail,
                "score": reason.score,
                "threshold": reason.threshold,
                "spans": [span_object(span, text, units) for span in reason.spans],
            }
            for reason in decision.reasons
        ],
        "actor": decision.actor,
        "note": decision.note,
    }
