"""The native API beside comments: many decided at once, near copies, and decisions taken back."""

from apiflask import APIBlueprint
from flask import Response

from moderation import ids
from moderation.batches import Wanted, decide_batch, undo
from moderation.clusters import decide_cluster
from moderation.comment_object import comment_object
from moderation.dialects import native_answers as shown
from moderation.dialects import native_requests as requests
from moderation.dialects import native_schemas as schemas
from moderation.errors import ModerationError, NotFoundError, UndoOverError
from moderation.model import DecidedBy, Scope
from moderation.openapi import answers, needs, takes
from moderation.web import answer, problem_result, read_json, read_query, require_key, service

blueprint = APIBlueprint("native_clusters", __name__, tag="Near copies")


@blueprint.post("/v1/decisions/batch")
@takes(body=schemas.DecisionsIn, query=schemas.SpanQuery)
@blueprint.doc(responses=answers(207, model=shown.DecisionsOut), security=needs(Scope.DECIDE))
def decide_comments() -> Response:
    """Decide up to 500 comments in one transaction; each decision has its own result."""
    key = require_key(Scope.DECIDE)
    units = read_query(schemas.SpanQuery).span_units
    now, site = service().now(), service().site(key.site_id)
    wanted = [
        Wanted(one.id, requests.decision_of(one, key, site, now), one.expected_revision, one.expected_status)
        for one in read_json(schemas.DecisionsIn).decisions
    ]
    batch_id = ids.new_id(now)
    results = [
        problem_result(one) if isinstance(one, ModerationError) else {**comment_object(one, units), "status_code": 200}
        for one in decide_batch(service().parts, key.site_id, wanted, batch_id)
    ]
    return answer({"batch_id": batch_id, "results": results}, 207)


@blueprint.post("/v1/decisions/<batch_id>/undo")
@blueprint.doc(
    responses=answers(200, model=shown.UndoneOut, problems=(NotFoundError, UndoOverError)),
    security=needs(Scope.DECIDE),
)
def undo_decisions(batch_id: str) -> Response:
    """Let comments stand as before a batch of decisions, or before one on near copies, within a day."""
    key = require_key(Scope.DECIDE)
    batch, now = requests.checked_id(batch_id), service().now()
    undone = undo(service().parts, key.site_id, batch, DecidedBy.API, key.name, now, key.prefix)
    return answer({"batch_id": batch_id, "restored": undone.restored, "left": undone.left})


@blueprint.post("/v1/clusters/<cluster_id>/decision")
@takes(body=schemas.ClusterDecisionIn)
@blueprint.doc(
    responses=answers(200, model=shown.ClusterDecidedOut, problems=(NotFoundError,)), security=needs(Scope.DECIDE)
)
def decide_copies(cluster_id: str) -> Response:
    """Decide all near copies of a cluster, but those that a person or the site decided singly."""
    key = require_key(Scope.DECIDE)
    now, site = service().now(), service().site(key.site_id)
    decision = requests.decision_of(read_json(schemas.ClusterDecisionIn), key, site, now)
    batch_id = ids.new_id(now)
    number = decide_cluster(service().parts, key.site_id, requests.checked_id(cluster_id), decision, batch_id)
    return answer({"cluster_id": cluster_id, "decided": number, "batch_id": batch_id})
