"""The native API beside comments: near copies, decided together."""

from apiflask import APIBlueprint
from flask import Response

from moderation.clusters import decide_cluster
from moderation.dialects import native_answers as shown
from moderation.dialects import native_requests as requests
from moderation.dialects import native_schemas as schemas
from moderation.errors import NotFoundError
from moderation.model import DecidedBy, Decision, Reason, Scope
from moderation.openapi import answers, needs, takes
from moderation.web import answer, read_json, require_key, service

blueprint = APIBlueprint("native_clusters", __name__, tag="Near copies")


@blueprint.post("/v1/clusters/<cluster_id>/decision")
@takes(body=schemas.ClusterDecisionIn)
@blueprint.doc(
    responses=answers(200, model=shown.ClusterDecidedOut, problems=(NotFoundError,)), security=needs(Scope.DECIDE)
)
def decide_copies(cluster_id: str) -> Response:
    """Decide all near copies of a cluster, but those that a person or the site decided singly."""
    key = require_key(Scope.DECIDE)
    body = read_json(schemas.ClusterDecisionIn)
    decision = Decision(
        action=body.action,
        by=DecidedBy.API,
        at=service().now(),
        policy_version=service().site(key.site_id).policy_version,
        reasons=(Reason("decided", body.reason),) if body.reason else (),
        actor=key.name,
        note=body.note,
        actor_id=key.prefix,
    )
    number = decide_cluster(service().parts, key.site_id, requests.checked_id(cluster_id), decision)
    return answer({"cluster_id": cluster_id, "decided": number})
