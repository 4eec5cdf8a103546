"""How stored comments become rows and rows become stored comments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from moderation.harm import harm_of
from moderation.model import (
    Action,
    Author,
    DecidedBy,
    Decision,
    Finding,
    Language,
    Length,
    LengthUnit,
    Reason,
    Scored,
    ScoredSpan,
    Signals,
    Span,
    Status,
    Thread,
    Verdict,
)
from moderation.records import StoredComment


def comment_row(comment: StoredComment) -> dict[str, Any]:
    """Return the row that keeps `comment`."""
    return {
        "id": comment.id,
        "site_id": comment.site_id,
        "thread_id": comment.thread.id,
        "external_id": comment.external_id,
        "parent_id": comment.parent_id,
        "text": comment.text,
        "author": author_document(comment.author),
        "author_key": comment.author_key,
        "address_key": comment.address_key,
        "text_key": comment.text_key,
        "language_hint": comment.language_hint,
        "signals": signals_document(comment.signals),
        "metadata": dict(comment.metadata),
        "created_at": comment.created_at,
        "received_at": comment.received_at,
        "updated_at": comment.updated_at,
        "erased_at": comment.erased_at,
        "revision": comment.revision,
        "sequence": comment.sequence,
        "status": comment.status.value,
        "length": length_document(comment.length),
        "findings": [finding_document(finding) for finding in comment.findings],
        **scored_columns(comment.scored),
        **decision_columns(comment.decision),
        "priority": comment.priority,
        "score_after": comment.score_after,
        "attempts": comment.attempts,
        "cluster_id": comment.cluster_id,
        "likeness": comment.likeness,
    }


def scored_columns(scored: Scored) -> dict[str, Any]:
    """Return the columns that keep what the scorers said."""
    return {
        "scores": dict(scored.scores),
        "models": dict(scored.models),
        "language": {"code": scored.language.code, "confidence": scored.language.confidence},
    }


def decision_columns(decision: Decision | None) -> dict[str, Any]:
    """Return the columns that keep the decision in force."""
    if decision is None:
        return {"decision": None, "reason_codes": " ", "harm": harm_of(None)}
    codes = sorted({reason.code for reason in decision.reasons})
    return {"decision": decision_document(decision), "reason_codes": f" {' '.join(codes)} ", "harm": harm_of(decision)}


def stored_comment(row: RowMapping, thread: Mapping[str, Any] | None = None) -> StoredComment:
    """Return the comment a row keeps; `thread` adds the URL, title and section of its thread."""
    more = thread or {}
    return StoredComment(
        id=row["id"],
        site_id=row["site_id"],
        thread=Thread(row["thread_id"], more.get("url"), more.get("title"), more.get("section")),
        external_id=row["external_id"],
        parent_id=row["parent_id"],
        text=row["text"],
        author=Author(**row["author"]),
        author_key=row["author_key"],
        address_key=row["address_key"],
        text_key=row["text_key"],
        language_hint=row["language_hint"],
        signals=Signals(**row["signals"]),
        metadata=row["metadata"],
        created_at=row["created_at"],
        received_at=row["received_at"],
        updated_at=row["updated_at"],
        erased_at=row["erased_at"],
        revision=row["revision"],
        sequence=row["sequence"],
        status=Status(row["status"]),
        length=parse_length(row["length"]),
        findings=tuple(parse_finding(document) for document in row["findings"]),
        scored=Scored(scores=row["scores"], language=Language(**row["language"]), models=row["models"]),
        decision=None if row["decision"] is None else parse_decision(row["decision"]),
        priority=row["priority"],
        score_after=row["score_after"],
        attempts=row["attempts"],
        cluster_id=row["cluster_id"],
        likeness=row["likeness"],
    )


def author_document(author: Author) -> dict[str, Any]:
    """Return what is kept of an author: never the address a comment came from."""
    document = {"id": author.id, "name": author.name, "email": author.email, "url": author.url}
    return {name: value for name, value in document.items() if value is not None}


def signals_document(signals: Signals) -> dict[str, Any]:
    """Return what is kept of the signals."""
    document = {
        "honeypot": signals.honeypot,
        "filled_in_ms": signals.filled_in_ms,
        "user_agent": signals.user_agent,
        "referrer": signals.referrer,
    }
    return {name: value for name, value in document.items() if value is not None}


def length_document(length: Length) -> dict[str, Any]:
    """Return a length as JSON."""
    return {"count": length.count, "limit": length.limit, "unit": length.unit.value}


def parse_length(document: Mapping[str, Any]) -> Length:
    """Return the length that `length_document` wrote."""
    return Length(document["count"], document["limit"], LengthUnit(document["unit"]))


def finding_document(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON."""
    return {
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "code": finding.code,
        "detail": finding.detail,
        "spans": [[span.start, span.end] for span in finding.spans],
    }


def parse_finding(document: Mapping[str, Any]) -> Finding:
    """Return the finding that `finding_document` wrote."""
    return Finding(
        document["rule"],
        Verdict(document["verdict"]),
        document["code"],
        document["detail"],
        tuple(Span(start, end) for start, end in document["spans"]),
    )


def decision_document(decision: Decision) -> dict[str, Any]:
    """Return a decision as JSON, in the shape of the API, with actor and note."""
    return {
        "action": decision.action.value,
        "by": decision.by.value,
        "at": decision.at.isoformat(),
        "policy_version": decision.policy_version,
        "reasons": [
            {
                "code": reason.code,
                "detail": reason.detail,
                "score": reason.score,
                "threshold": reason.threshold,
                "spans": [{"start": span.start, "end": span.end} for span in reason.spans],
            }
            for reason in decision.reasons
        ],
        "actor": decision.actor,
        "note": decision.note,
    }


def parse_decision(document: Mapping[str, Any]) -> Decision:
    """Return the decision that `decision_document` wrote."""
    return Decision(
        action=Action(document["action"]),
        by=DecidedBy(document["by"]),
        at=datetime.fromisoformat(document["at"]),
        policy_version=document["policy_version"],
        reasons=tuple(
            Reason(
                reason["code"],
                reason["detail"],
                reason["score"],
                reason["threshold"],
                tuple(Span(span["start"], span["end"]) for span in reason["spans"]),
            )
            for reason in document["reasons"]
        ),
        actor=document["actor"],
        note=document["note"],
    )


def scored_span_document(span: ScoredSpan) -> dict[str, Any]:
    """Return a scored span as JSON, in the shape of `/v1/score`."""
    return {"attribute": span.attribute, "start": span.start, "end": span.end, "score": span.score}
