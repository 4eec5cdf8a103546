"""The native API's settings of a site: its policy."""

import re

from apiflask import APIBlueprint
from flask import Response, request

from moderation import policy_document
from moderation.dialects import native_answers as shown
from moderation.dialects import native_schemas as schemas
from moderation.errors import BadRequestError, StaleError
from moderation.model import Scope
from moderation.openapi import answers, needs, takes
from moderation.records import Site
from moderation.web import answer, read_json, require_key, service

VERSION_HEADERS = {
    "If-Match": (r'^(\*|"?[0-9]{1,18}"?)$', "The `ETag` of the policy that you read: 409 if another came in between."),
}
TAG = re.compile("[0-9]{1,18}")
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
    return _policy_answer(service().put_policy(key.site_id, policy, key.name, _expected_version(), key.actor))


def _policy_answer(site: Site) -> Response:
    document = {"version": site.policy_version, "policy": policy_document.render(site.policy)}
    return answer(document, headers={"ETag": f'"{site.policy_version}"'})


def _expected_version() -> int | None:
    tag = request.headers.get("If-Match", "*").strip('" ')
    if tag == "*":
        return None
    if not TAG.fullmatch(tag):
        raise BadRequestError("If-Match must be the ETag that GET /v1/policy gave")
    return int(tag)
