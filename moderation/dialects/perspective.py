"""Google's Perspective API, for clients that were written for it: analyze, suggestscore, discovery and batches.

What it must answer is in `docs/from-perspective.md`; of texts that are analysed nothing is kept,
unless the site's policy says so.
"""

import json
from dataclasses import replace

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.exceptions import HTTPException

from moderation.dialects import perspective_batch as batch
from moderation.dialects.perspective_calls import Call, Reply, answer_many, answer_one, not_found, refused, wrong_key
from moderation.dialects.perspective_discovery import document
from moderation.dialects.perspective_errors import PerspectiveError
from moderation.errors import ModerationError, PayloadTooLargeError
from moderation.web import service

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
FALSE = frozenset({"false", "0"})
TOO_LARGE = 413

blueprint = APIBlueprint("perspective", __name__, enable_openapi=False)


@blueprint.route("/v1alpha1/<path:method>", methods=METHODS)
@blueprint.route("/<prefix>/v1alpha1/<path:method>", methods=METHODS)
def call_method(method: str, prefix: str = "") -> Response:  # noqa: ARG001 - some clients can only be given an address
    """Answer comments:analyze and comments:suggestscore, whatever stands before the path in a client's settings."""
    return _shown(answer_one(replace(_call(with_body=True), path=f"/v1alpha1/{method}")))


@blueprint.get("/$discovery/rest")
def discover() -> Response:
    """Describe the API for Google's client libraries, with this service's own address."""
    call = _call(with_body=False)
    error = wrong_key(call)
    if error is not None:
        return _shown(refused(error))
    if call.query.get("version", "v1alpha1") != "v1alpha1":
        return _shown(refused(not_found(call)))
    public = service().settings.public_url
    return _shown(Reply(200, document(f"{(public or request.host_url).rstrip('/')}/")))


@blueprint.post("/batch")
@blueprint.post("/batch/commentanalyzer/v1alpha1")
def call_many() -> Response:
    """Answer the calls in the parts of a multipart/mixed body."""
    parts = batch.read(request.headers.get("Content-Type", ""), request.get_data(cache=False))
    body, content_type = batch.write(parts, answer_many([part.call for part in parts]))
    return Response(body, content_type=content_type)


@blueprint.errorhandler(PerspectiveError)
def _refused(error: PerspectiveError) -> Response:
    return _shown(refused(error))


@blueprint.errorhandler(ModerationError)
def _failed(error: ModerationError) -> Response:
    return _shown(refused(error))


@blueprint.errorhandler(HTTPException)
def _not_http(error: HTTPException) -> Response:
    if error.code == TOO_LARGE:
        return _shown(refused(PayloadTooLargeError()))
    return _shown(refused(PerspectiveError(400, "The request cannot be understood")))


def _call(*, with_body: bool) -> Call:
    return Call(
        request.method,
        request.path,
        request.args.to_dict(),
        {name.lower(): value for name, value in request.headers.items()},
        request.get_data(cache=False, parse_form_data=False) if with_body else b"",
    )


def _shown(reply: Reply) -> Response:
    """Return a reply as JSON, over several lines unless `prettyPrint` says no, as Google's are."""
    compact = request.args.get("prettyPrint", "").lower() in FALSE
    body = json.dumps(
        reply.document,
        ensure_ascii=False,
        indent=None if compact else 2,
        separators=(",", ":") if compact else None,
    )
    return Response(body, reply.status, reply.headers, content_type="application/json; charset=UTF-8")
