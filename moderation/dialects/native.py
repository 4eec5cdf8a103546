"""The native API: comments, threads and scores. Its contract is in `docs/api.md` and at `/openapi.json`."""

import base64
import binascii
import hashlib
import json
import re
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from moderation import ids
from moderation.comment_object import SpanUnits, comment_object, timestamp
from moderation.dialects import native_schemas as schemas
from moderation.errors import (
    BadRequestError,
    IdempotencyRunningError,
    InvalidInputError,
    ModerationError,
    NotFoundError,
)
from moderation.intake import Outcome, Received, http_status
from moderation.model import DecidedBy, Decision, Reason, Scope
from moderation.openapi import answers, takes
from moderation.records import Key, ThreadCounts
from moderation.service import Handed
from moderation.storage.comments import Filter
from moderation.web import answer, parse, problem, read_json, read_query, require_key, service

blueprint = APIBlueprint("native", __name__, tag="Comments")

PROBLEMS = (400, 404, 409, 413, 415, 422, 429, 503)
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
PREFER_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,4}(?:\.\d{1,3})?)")


@blueprint.post("/v1/comments")
@takes(body=schemas.CommentIn, query=schemas.SpanQuery)
@blueprint.doc(responses=answers(201, 202, model=schemas.CommentOut, problems=PROBLEMS), security="key")
def post_comment() -> Response:
    """Post a comment: 202 while it waits for its decision, 201 with it."""
    key = require_key(Scope.SUBMIT)
    units = read_query(schemas.SpanQuery).span_units
    body = read_json(schemas.CommentIn)
    idempotency_key = _idempotency_key()
    seconds = _wait_seconds()
    if idempotency_key is None:
        return _post_one(key, Handed(body.comment()), seconds, units)
    if not service().parts.queue.begin(key.site_id, idempotency_key):
        raise IdempotencyRunningError(retry_after=1)
    try:
        return _post_one(key, Handed(body.comment(), idempotency_key, _hash(request.get_data())), seconds, units)
    finally:
        service().parts.queue.end(key.site_id, idempotency_key)


def _post_one(key: Key, handed: Handed, seconds: float, units: SpanUnits) -> Response:
    outcome = service().post(key.site_id, [handed], waits=seconds > 0)[0]
    status, document, replayed = _render(outcome, units)
    if isinstance(outcome, Received) and seconds > 0:
        comment = service().wait(key.site_id, outcome, seconds)
        status, document = http_status(comment), comment_object(comment, units)
        if handed.idempotency_key and not replayed and comment.status is not outcome.comment.status:
            service().remember_answer(key.site_id, handed.idempotency_key, status, comment_object(comment))
    headers = {"Location": f"/v1/comments/{document['id']}"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    if seconds > 0:
        headers["Preference-Applied"] = f"wait={seconds:g}"
    return answer(document, status, headers)


@blueprint.post("/v1/comments/batch")
@takes(body=schemas.BatchIn, query=schemas.SpanQuery)
@blueprint.doc(responses=answers(207, model=schemas.BatchOut, problems=PROBLEMS), security="key")
def post_batch() -> Response:
    """Post up to 500 comments in one transaction; each has its own result."""
    key = require_key(Scope.SUBMIT)
    units = read_query(schemas.SpanQuery).span_units
    entries = read_json(schemas.BatchIn).comments
    idempotency_key = _idempotency_key()
    results: dict[int, dict[str, Any]] = {}
    handed: dict[int, Handed] = {}
    for index, entry in enumerate(entries):
        try:
            body = json.dumps(entry).encode()
            comment = parse(schemas.CommentIn, body).comment()
            own_key = None if idempotency_key is None else f"{idempotency_key}#{index}"
            handed[index] = Handed(comment, own_key, _hash(body))
        except ModerationError as error:
            results[index] = _problem_result(error)
    outcomes = service().post(key.site_id, list(handed.values())) if handed else []
    for index, outcome in zip(handed, outcomes, strict=True):
        try:
            status, document, _ = _render(outcome, units)
            results[index] = {**document, "status_code": status}
        except ModerationError as error:
            results[index] = _problem_result(error)
    return answer({"results": [results[index] for index in range(len(entries))]}, 207)


@blueprint.get("/v1/comments")
@takes(query=schemas.ListQuery)
@blueprint.doc(responses=answers(200, model=schemas.PageOut, problems=PROBLEMS), security="key")
def list_comments() -> Response:
    """List comments, newest first, a page at a time."""
    key = require_key(Scope.READ)
    query = read_query(schemas.ListQuery)
    wanted = Filter(
        status=query.status,
        thread=query.thread,
        author_key=None if query.author is None else service().author_key(query.author),
        reason=query.reason,
        q=query.q,
        before=query.before,
        after=query.after,
    )
    page, following = service().find(
        key.site_id, wanted, limit=query.limit, before_id=None if query.cursor is None else _read_cursor(query.cursor)
    )
    return answer(
        {
            "comments": [comment_object(comment, query.span_units) for comment in page],
            "next": None if following is None else _cursor(following),
        }
    )


@blueprint.get("/v1/comments/<comment_id>")
@takes(query=schemas.SpanQuery)
@blueprint.doc(responses=answers(200, model=schemas.CommentOut, problems=PROBLEMS), security="key")
def get_comment(comment_id: str) -> Response:
    """Show one comment."""
    key = require_key(Scope.READ)
    units = read_query(schemas.SpanQuery).span_units
    return answer(comment_object(service().get(key.site_id, _id(comment_id)), units))


@blueprint.patch("/v1/comments/<comment_id>")
@takes(body=schemas.EditIn, query=schemas.SpanQuery)
@blueprint.doc(responses=answers(200, 202, model=schemas.CommentOut, problems=PROBLEMS), security="key")
def edit_comment(comment_id: str) -> Response:
    """Give a comment a new text: a new revision, checked and scored again."""
    key = require_key(Scope.SUBMIT)
    units = read_query(schemas.SpanQuery).span_units
    comment = service().edit(key.site_id, _id(comment_id), read_json(schemas.EditIn).text)
    return answer(comment_object(comment, units), 202 if http_status(comment) == 202 else 200)  # noqa: PLR2004 - HTTP


@blueprint.delete("/v1/comments/<comment_id>")
@blueprint.doc(responses=answers(200, model=schemas.ErasedOut, problems=PROBLEMS), security="key")
def erase_comment(comment_id: str) -> Response:
    """Erase a comment's text and author everywhere; its place in the counts stays."""
    key = require_key(Scope.SUBMIT)
    comment = service().erase(key.site_id, _id(comment_id))
    return answer(
        {
            "id": comment.id,
            "external_id": comment.external_id,
            "status": comment.status.value,
            "erased_at": timestamp(comment.erased_at or service().now()),
        }
    )


@blueprint.post("/v1/comments/<comment_id>/decision")
@takes(body=schemas.DecisionIn, query=schemas.SpanQuery)
@blueprint.doc(responses=answers(200, model=schemas.CommentOut, problems=PROBLEMS), security="key")
def decide_comment(comment_id: str) -> Response:
    """Decide a comment; 409 if it is not as the caller expected."""
    key = require_key(Scope.DECIDE)
    units = read_query(schemas.SpanQuery).span_units
    body = read_json(schemas.DecisionIn)
    decision = Decision(
        action=body.action,
        by=DecidedBy.API,
        at=service().now(),
        policy_version=service().site(key.site_id).policy_version,
        reasons=(Reason("decided", body.reason),) if body.reason else (),
        actor=key.name,
        note=body.note,
    )
    comment = service().decide(
        key.site_id,
        _id(comment_id),
        decision,
        expected_revision=body.expected_revision,
        expected_status=body.expected_status,
    )
    return answer(comment_object(comment, units))


@blueprint.get("/v1/threads/<path:thread_id>")
@blueprint.doc(responses=answers(200, model=schemas.ThreadOut, problems=PROBLEMS), security="key")
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
@blueprint.doc(responses=answers(200, model=schemas.ThreadsOut, problems=PROBLEMS), security="key")
def get_thread_counts() -> Response:
    """Show the counts of many threads; `approved` is the number a page shows."""
    key = require_key(Scope.READ)
    wanted = read_json(schemas.ThreadsIn).ids
    found = service().thread_counts(key.site_id, wanted)
    return answer({"counts": {thread_id: _counts(found.get(thread_id)) for thread_id in wanted}})


@blueprint.post("/v1/score")
@takes(body=schemas.ScoreIn)
@blueprint.doc(responses=answers(200, model=schemas.ScoreOut, problems=PROBLEMS), security="key")
def score() -> Response:
    """Score texts; nothing of them is kept."""
    require_key(Scope.SCORE)
    body = read_json(schemas.ScoreIn)
    found = service().score(body.texts, body.language)
    results = found["results"] if body.spans else [{**one, "spans": []} for one in found["results"]]
    return answer({"results": results, "models": found["models"]})


def _render(outcome: Outcome, units: SpanUnits) -> tuple[int, dict[str, Any], bool]:
    """Return status, object and whether it is a replay; raise what was refused."""
    if isinstance(outcome, ModerationError):
        raise outcome
    if isinstance(outcome, Received):
        return http_status(outcome.comment), comment_object(outcome.comment, units), outcome.replayed
    return outcome.status, dict(outcome.answer), True


def _problem_result(error: ModerationError) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(problem(error).get_data())
    return {**document, "status_code": error.status}


def _counts(found: ThreadCounts | None) -> dict[str, int]:
    if found is None:
        return {"pending": 0, "approved": 0, "held": 0, "rejected": 0}
    return {"pending": found.pending, "approved": found.approved, "held": found.held, "rejected": found.rejected}


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None or IDEMPOTENCY_KEY.fullmatch(key):
        return key
    raise BadRequestError("Idempotency-Key must be 1 to 255 visible ASCII characters")


def _wait_seconds() -> float:
    """Return the seconds of `Prefer: wait=…` (RFC 7240); a preference that cannot be read is no preference."""
    found = PREFER_WAIT.search(request.headers.get("Prefer", ""))
    return min(float(found[1]), service().settings.max_wait_seconds) if found else 0.0


def _id(text: str) -> str:
    if not ids.is_id(text):
        raise NotFoundError
    return text


def _cursor(comment_id: str) -> str:
    return base64.urlsafe_b64encode(comment_id.encode()).decode().rstrip("=")


def _read_cursor(text: str) -> str:
    try:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        found = ""
    if not ids.is_id(found):
        raise InvalidInputError([{"field": "cursor", "code": "invalid", "message": "Not a cursor of this API"}])
    return found
