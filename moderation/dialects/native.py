"""The native API: comments. Its contract is in `docs/api.md` and at `/openapi.json`."""

import json
from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from moderation.comment_object import SpanUnits, comment_object, timestamp
from moderation.dialects import native_answers as shown
from moderation.dialects import native_requests as requests
from moderation.dialects import native_schemas as schemas
from moderation.dialects.native_receipts import ErasedOut, receipt_object
from moderation.errors import (
    ConflictError,
    EmptyError,
    IdempotencyReusedError,
    IdempotencyRunningError,
    ModerationError,
    NotFoundError,
    OverloadedError,
    StaleError,
    TooLongError,
    TooManyError,
    TooShortError,
)
from moderation.intake import Handed, Outcome, Received, http_status
from moderation.model import Scope
from moderation.openapi import answers, needs, takes
from moderation.pipeline import overrule
from moderation.records import Key
from moderation.storage.filters import Filter
from moderation.web import answer, parse, problem_result, read_json, read_query, require_key, service

blueprint = APIBlueprint("native", __name__, tag="Comments")

REFUSALS = (EmptyError, TooShortError, TooLongError)
"""What the rules refuse whenever there is a text."""


@blueprint.post("/v1/comments")
@takes(body=schemas.CommentIn, query=schemas.SpanQuery, headers=requests.WAIT_HEADERS)
@blueprint.doc(
    responses=answers(
        201,
        202,
        model=shown.CommentOut,
        problems=(
            *REFUSALS,
            IdempotencyReusedError,
            IdempotencyRunningError,
            ConflictError,
            TooManyError,
            OverloadedError,
        ),
    ),
    security=needs(Scope.SUBMIT),
)
def post_comment() -> Response:
    """Post a comment: 202 while it waits for its decision, 201 with it."""
    key = require_key(Scope.SUBMIT)
    units = read_query(schemas.SpanQuery).span_units
    body = read_json(schemas.CommentIn)
    idempotency_key = requests.idempotency_key()
    seconds = requests.wait_seconds()
    if idempotency_key is None:
        return _post_one(key, Handed(body.comment()), seconds, units)
    if not service().parts.queue.begin(key.site_id, idempotency_key):
        raise IdempotencyRunningError(retry_after=1)
    try:
        return _post_one(
            key, Handed(body.comment(), idempotency_key, requests.body_hash(request.get_data())), seconds, units
        )
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
@takes(body=schemas.BatchIn, query=schemas.SpanQuery, headers=requests.RETRY_HEADERS)
@blueprint.doc(responses=answers(207, model=shown.BatchOut, problems=(OverloadedError,)), security=needs(Scope.SUBMIT))
def post_batch() -> Response:
    """Post up to 500 comments in one transaction; each has its own result."""
    key = require_key(Scope.SUBMIT)
    units = read_query(schemas.SpanQuery).span_units
    entries = read_json(schemas.BatchIn).comments
    idempotency_key = requests.idempotency_key()
    results: dict[int, dict[str, Any]] = {}
    handed: dict[int, Handed] = {}
    for index, entry in enumerate(entries):
        try:
            body = json.dumps(entry).encode()
            comment = parse(schemas.CommentIn, body).comment()
            own_key = None if idempotency_key is None else f"{idempotency_key}#{index}"
            handed[index] = Handed(comment, own_key, requests.body_hash(body))
        except ModerationError as error:
            results[index] = problem_result(error)
    outcomes = service().post(key.site_id, list(handed.values())) if handed else []
    for index, outcome in zip(handed, outcomes, strict=True):
        try:
            status, document, _ = _render(outcome, units)
            results[index] = {**document, "status_code": status}
        except ModerationError as error:
            results[index] = problem_result(error)
    return answer({"results": [results[index] for index in range(len(entries))]}, 207)


@blueprint.get("/v1/comments")
@takes(query=schemas.ListQuery)
@blueprint.doc(responses=answers(200, model=shown.PageOut), security=needs(Scope.READ))
def list_comments() -> Response:
    """List comments, newest first, a page at a time."""
    key = require_key(Scope.READ)
    query = read_query(schemas.ListQuery)
    wanted = Filter(
        status=query.status,
        thread=query.thread,
        author_key=None if query.author is None else service().author_key(query.author),
        reason=query.reason,
        cluster=query.cluster,
        q=query.q,
        before=query.before,
        after=query.after,
    )
    page, following = service().find(
        key.site_id,
        wanted,
        limit=query.limit,
        before_id=None if query.cursor is None else requests.read_cursor(query.cursor),
    )
    return answer(
        {
            "comments": [comment_object(comment, query.span_units) for comment in page],
            "next": None if following is None else requests.cursor(following),
        }
    )


@blueprint.get("/v1/comments/<comment_id>")
@takes(query=schemas.SpanQuery)
@blueprint.doc(responses=answers(200, model=shown.CommentOut, problems=(NotFoundError,)), security=needs(Scope.READ))
def get_comment(comment_id: str) -> Response:
    """Show one comment."""
    key = require_key(Scope.READ)
    units = read_query(schemas.SpanQuery).span_units
    return answer(comment_object(service().get(key.site_id, requests.checked_id(comment_id)), units))


@blueprint.patch("/v1/comments/<comment_id>")
@takes(body=schemas.EditIn, query=schemas.SpanQuery)
@blueprint.doc(
    responses=answers(200, 202, model=shown.CommentOut, problems=(*REFUSALS, NotFoundError)),
    security=needs(Scope.SUBMIT),
)
def edit_comment(comment_id: str) -> Response:
    """Give a comment a new text: a new revision, checked and scored again."""
    key = require_key(Scope.SUBMIT)
    units = read_query(schemas.SpanQuery).span_units
    comment = service().edit(key.site_id, requests.checked_id(comment_id), read_json(schemas.EditIn).text, key.actor)
    return answer(comment_object(comment, units), 202 if http_status(comment) == 202 else 200)  # noqa: PLR2004 - HTTP


@blueprint.delete("/v1/comments/<comment_id>")
@blueprint.doc(responses=answers(200, model=ErasedOut, problems=(NotFoundError,)), security=needs(Scope.SUBMIT))
def erase_comment(comment_id: str) -> Response:
    """Erase a comment's text and author everywhere; its place in the counts stays."""
    key = require_key(Scope.SUBMIT)
    comment, receipt = service().erase(key.site_id, requests.checked_id(comment_id), key.actor)
    return answer(
        {
            "id": comment.id,
            "external_id": comment.external_id,
            "status": comment.status.value,
            "erased_at": timestamp(comment.erased_at or service().now()),
            "receipt": receipt_object(receipt),
        }
    )


@blueprint.post("/v1/comments/<comment_id>/decision")
@takes(body=schemas.DecisionIn, query=schemas.SpanQuery)
@blueprint.doc(
    responses=answers(200, model=shown.CommentOut, problems=(NotFoundError, StaleError)),
    security=needs(Scope.DECIDE),
)
def decide_comment(comment_id: str) -> Response:
    """Decide a comment; 409 if it is not as the caller expected."""
    key = require_key(Scope.DECIDE)
    units = read_query(schemas.SpanQuery).span_units
    body = read_json(schemas.DecisionIn)
    decision = requests.decision_of(body, key, service().site(key.site_id), service().now())
    comment = overrule(
        service().parts,
        key.site_id,
        requests.checked_id(comment_id),
        decision,
        expected_revision=body.expected_revision,
        expected_status=body.expected_status,
    )
    return answer(comment_object(comment, units))


def _render(outcome: Outcome, units: SpanUnits) -> tuple[int, dict[str, Any], bool]:
    """Return status, object and whether it is a replay; raise what was refused."""
    if isinstance(outcome, ModerationError):
        raise outcome
    if isinstance(outcome, Received):
        return http_status(outcome.comment), comment_object(outcome.comment, units), outcome.replayed
    return outcome.status, dict(outcome.answer), True
