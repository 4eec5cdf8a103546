"""The native API: appeals of authors against decisions on their comments."""

from apiflask import APIBlueprint
from flask import Response, request

from moderation import appeals
from moderation.appeals import Asked
from moderation.dialects import native_appeal_schemas as schemas
from moderation.dialects import native_requests as requests
from moderation.errors import (
    AppealClosedError,
    AppealDecidedError,
    AppealOpenError,
    IdempotencyReusedError,
    IdempotencyRunningError,
    InvalidInputError,
    NotAppealableError,
    NotFoundError,
    NotTheAuthorError,
    StaleError,
    TooManyError,
)
from moderation.model import Action, AppealOutcome, Author, DecidedBy, Decision, Reason, Scope
from moderation.openapi import answers, needs, takes
from moderation.records import Key
from moderation.storage.appeals import Wanted
from moderation.web import answer, read_json, read_query, require_key, service

blueprint = APIBlueprint("native_appeals", __name__, tag="Appeals")
NO_COMMENT = "Name the comment: comment_id, or external_id"


@blueprint.post("/v1/appeals")
@takes(body=schemas.AppealIn, headers=requests.RETRY_HEADERS)
@blueprint.doc(
    responses=answers(
        201,
        model=schemas.AppealOut,
        problems=(
            NotFoundError,
            NotTheAuthorError,
            NotAppealableError,
            AppealOpenError,
            AppealDecidedError,
            TooManyError,
            IdempotencyReusedError,
            IdempotencyRunningError,
        ),
    ),
    security=needs(Scope.SUBMIT),
)
def post_appeal() -> Response:
    """Appeal on behalf of an author whose comment is held or rejected."""
    key, body = require_key(Scope.SUBMIT), read_json(schemas.AppealIn)
    if body.comment_id is None and body.external_id is None:
        raise InvalidInputError([{"field": "comment_id", "code": "missing", "message": NO_COMMENT}])
    author = Author(**body.author.model_dump()) if body.author else None
    retry = requests.idempotency_key()
    asked = Asked(body.comment_id, body.external_id, body.text, author, retry, requests.body_hash(request.get_data()))
    if retry is None:
        return _open(key, asked)
    if not service().parts.queue.begin(key.site_id, retry):
        raise IdempotencyRunningError(retry_after=1)
    try:
        return _open(key, asked)
    finally:
        service().parts.queue.end(key.site_id, retry)


@blueprint.get("/v1/appeals")
@takes(query=schemas.AppealsQuery)
@blueprint.doc(responses=answers(200, model=schemas.AppealsOut), security=needs(Scope.READ))
def list_appeals() -> Response:
    """List appeals, newest first."""
    key, query = require_key(Scope.READ), read_query(schemas.AppealsQuery)
    found, following = appeals.page(
        service().parts,
        key.site_id,
        Wanted(query.status, query.outcome, query.comment),
        limit=query.limit,
        from_id=None if query.cursor is None else requests.read_cursor(query.cursor),
    )
    return answer(
        {
            "appeals": [appeals.document(one) for one in found],
            "next": None if following is None else requests.cursor(following),
        }
    )


@blueprint.get("/v1/appeals/<appeal_id>")
@blueprint.doc(responses=answers(200, model=schemas.AppealOut, problems=(NotFoundError,)), security=needs(Scope.READ))
def get_appeal(appeal_id: str) -> Response:
    """Show one appeal."""
    key = require_key(Scope.READ)
    return answer(appeals.document(appeals.get(service().parts, key.site_id, requests.checked_id(appeal_id))))


@blueprint.post("/v1/appeals/<appeal_id>/decision")
@takes(body=schemas.AppealDecisionIn)
@blueprint.doc(
    responses=answers(200, model=schemas.AppealOut, problems=(NotFoundError, AppealClosedError, StaleError)),
    security=needs(Scope.DECIDE),
)
def decide_appeal(appeal_id: str) -> Response:
    """Uphold the decision, or overturn it, which approves the comment; the same outcome again changes nothing."""
    key, body = require_key(Scope.DECIDE), read_json(schemas.AppealDecisionIn)
    decision = Decision(
        action=Action.APPROVE,
        by=DecidedBy.API,
        at=service().now(),
        policy_version=service().site(key.site_id).policy_version,
        reasons=(Reason("appeal", "overturned on appeal"),),
        actor=key.name,
        note=body.note or None,
        actor_id=key.prefix,
    )
    decided = appeals.decide(
        service().parts,
        key.site_id,
        requests.checked_id(appeal_id),
        AppealOutcome(body.outcome),
        decision,
        body.expected_revision,
    )
    return answer(appeals.document(decided))


def _open(key: Key, asked: Asked) -> Response:
    opened = appeals.open_appeal(
        service().parts, key.site_id, asked, service().settings.appeals_per_day, service().now(), key.actor
    )
    headers = {"Location": f"/v1/appeals/{opened.document['id']}"}
    if opened.replayed:
        headers["Idempotency-Replayed"] = "true"
    return answer(opened.document, appeals.CREATED, headers)
