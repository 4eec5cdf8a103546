"""The native API beside comments: counts of threads, and scores of texts that are not kept."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response

from moderation.comment_object import SpanUnits, span_object
from moderation.dialects import native_answers as shown
from moderation.dialects import native_schemas as schemas
from moderation.errors import NotFoundError
from moderation.model import Scope, Scored, ScoredSpan, Span
from moderation.openapi import answers, needs, takes
from moderation.records import ThreadCounts
from moderation.web import answer, read_json, read_query, require_key, service

blueprint = APIBlueprint("native_threads", __name__, tag="Threads and scores")


@blueprint.get("/v1/threads/<whole:thread_id>")
@blueprint.doc(responses=answers(200, model=shown.ThreadOut, problems=(NotFoundError,)), security=needs(Scope.READ))
def get_thread(thread_id: str) -> Response:
    """Show a thread with its counts per status."""
    key = require_key(Scope.READ)
    found = service().thread_counts(key.site_id, [thread_id]).get(thread_id)
    if found is None:
        raise NotFoundError
    thread = found.thread
    return answer(
        {
            "id": thread.id,
            "url": thread.url,
            "title": thread.title,
            "section": thread.section,
            "counts": _counts(found),
        }
    )


@blueprint.post("/v1/threads/counts")
@takes(body=schemas.ThreadsIn)
@blueprint.doc(responses=answers(200, model=shown.ThreadsOut), security=needs(Scope.READ))
def get_thread_counts() -> Response:
    """Show the counts of many threads; `approved` is the number a page shows."""
    key = require_key(Scope.READ)
    wanted = read_json(schemas.ThreadsIn).ids
    found = service().thread_counts(key.site_id, wanted)
    return answer({"counts": {thread_id: _counts(found.get(thread_id)) for thread_id in wanted}})


@blueprint.post("/v1/score")
@takes(body=schemas.ScoreIn, query=schemas.SpanQuery)
@blueprint.doc(responses=answers(200, model=shown.ScoreOut), security=needs(Scope.SCORE))
def score() -> Response:
    """Score texts; nothing of them is kept."""
    key = require_key(Scope.SCORE)
    units = read_query(schemas.SpanQuery).span_units
    body = read_json(schemas.ScoreIn)
    found = service().score(key.site_id, body.texts, body.language)
    results = [_result(one, text, units, spans=body.spans) for one, text in zip(found, body.texts, strict=True)]
    return answer({"results": results, "models": dict(found[0].models)})


def _result(scored: Scored, text: str, units: SpanUnits, *, spans: bool) -> dict[str, Any]:
    return {
        "scores": dict(scored.scores),
        "spans": [_span(span, text, units) for span in scored.spans] if spans else [],
        "language": {"code": scored.language.code, "confidence": scored.language.confidence},
    }


def _span(span: ScoredSpan, text: str, units: SpanUnits) -> dict[str, Any]:
    where = span_object(Span(span.start, span.end), text, units)
    return {"attribute": span.attribute, **where, "score": span.score}


def _counts(found: ThreadCounts | None) -> dict[str, int]:
    if found is None:
        return {"pending": 0, "approved": 0, "held": 0, "rejected": 0}
    return {"pending": found.pending, "approved": found.approved, "held": found.held, "rejected": found.rejected}
