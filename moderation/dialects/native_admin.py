"""The native API's settings of a site: its policy and its endpoints."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, request

from moderation import policy_document
from moderation.comment_object import timestamp
from moderation.dialects import native_answers as shown
from moderation.dialects import native_schemas as schemas
from moderation.errors import BadRequestError, BlockedTargetError, EndpointsFullError, NotFoundError, StaleError
from moderation.model import Scope
from moderation.openapi import answers, needs, takes
from moderation.records import Endpoint, Site
from moderation.web import answer, read_json, require_key, service

VERSION_HEADERS = {
    "If-Match": "The `ETag` of the policy that you read: 409 if another came in between.",
}
blueprint = APIBlueprint("native_admin", __name__, tag="Settings")


@blueprint.get("/v1/policy")
@blueprint.doc(responses=answers(200, model=shown.PolicyOut), security=needs(Scope.READ))
def get_policy() -> Response:
    """Show the policy in force."""
    key = require_key(Scope.READ)
    return _policy_answer(service().site(key.site_id))


@blueprint.put("/v1/policy")
@takes(body=schemas.PolicyIn, headers=VERSION_HEADERS)
@blueprint.doc(responses=answers(200, model=shown.PolicyOut, problems=(StaleError,)), security=needs(Scope.MANAGE))
def put_policy() -> Response:
    """Replace the policy; what is left out has its default. `If-Match: "3"` guards against outdated pages."""
    key = require_key(Scope.MANAGE)
    policy = read_json(schemas.PolicyIn).root
    return _policy_answer(service().put_policy(key.site_id, policy, key.name, _expected_version()))


@blueprint.get("/v1/endpoints")
@blueprint.doc(responses=answers(200, model=shown.EndpointsOut), security=needs(Scope.MANAGE))
def list_endpoints() -> Response:
    """List the endpoints of the site, without their secrets."""
    key = require_key(Scope.MANAGE)
    return answer({"endpoints": [_endpoint(one) for one in service().endpoints(key.site_id)]})


@blueprint.post("/v1/endpoints")
@takes(body=schemas.EndpointIn)
@blueprint.doc(
    responses=answers(201, model=shown.NewEndpointOut, problems=(EndpointsFullError, BlockedTargetError)),
    security=needs(Scope.MANAGE),
)
def add_endpoint() -> Response:
    """Make an endpoint; the secret for verifying its callbacks is in this answer only."""
    key = require_key(Scope.MANAGE)
    body = read_json(schemas.EndpointIn)
    endpoint = service().add_endpoint(
        key.site_id,
        body.url,
        body.events or (),
        include_text=body.include_text,
        description=body.description,
    )
    return answer({**_endpoint(endpoint), "secret": endpoint.secret}, 201)


@blueprint.delete("/v1/endpoints/<endpoint_id>")
@blueprint.doc(responses=answers(204, problems=(NotFoundError,)), security=needs(Scope.MANAGE))
def remove_endpoint(endpoint_id: str) -> Response:
    """Remove an endpoint with what waits for it."""
    key = require_key(Scope.MANAGE)
    service().remove_endpoint(key.site_id, endpoint_id)
    return Response(status=204)


def _policy_answer(site: Site) -> Response:
    document = {"version": site.policy_version, "policy": policy_document.render(site.policy)}
    return answer(document, headers={"ETag": f'"{site.policy_version}"'})


def _expected_version() -> int | None:
    tag = request.headers.get("If-Match", "").strip('" ')
    if not tag or tag == "*":
        return None
    if not tag.isascii() or not tag.isdigit():
        raise BadRequestError("If-Match must be the ETag that GET /v1/policy gave")
    return int(tag)


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": [event.value for event in endpoint.events],
        "include_text": endpoint.include_text,
        "description": endpoint.description,
        "created_at": timestamp(endpoint.created_at),
        "disabled_at": None if endpoint.disabled_at is None else timestamp(endpoint.disabled_at),
        "disabled_why": endpoint.disabled_why,
    }
