"""OpenAI's moderation endpoint, for clients that were written for it: scores, and nothing kept unless the site says so.

What it tells of each category, and what it cannot tell, is in `docs/from-openai.md`.
"""

from apiflask import APIBlueprint
from flask import Response, request
from werkzeug.exceptions import HTTPException

from moderation import ids
from moderation.dialects.openai_categories import result
from moderation.dialects.openai_errors import OpenAIError, from_error, over_quota
from moderation.dialects.openai_models import model_list
from moderation.dialects.openai_requests import read
from moderation.errors import ModerationError, PayloadTooLargeError
from moderation.judging import score
from moderation.model import Comment, Scope, Thread
from moderation.quota import Quota
from moderation.served import served
from moderation.web import answer, require_key, service

TOO_LARGE = 413
THREAD = Thread("openai")
"""Where comments stand that are taken in this way."""

blueprint = APIBlueprint("openai", __name__, enable_openapi=False)


@blueprint.post("/v1/moderations")
@blueprint.post("/moderations")
def moderate() -> Response:
    """Score the texts of a request and judge them by the site's thresholds."""
    key = require_key(Scope.SCORE)
    settings = service().settings
    asked = read(request.get_data(cache=False), ignore_images=settings.openai_images == "ignore")
    quota = Quota(service().parts.queue, "openai", settings.openai_per_minute)
    wait = quota.seconds_over(key.site_id, len(asked.texts), service().now())
    if wait:
        raise over_quota(quota.per_minute, wait)
    known = served(service().scores.served())
    thresholds = service().site(key.site_id).policy.thresholds
    comments = [Comment(text, THREAD) for text in asked.texts]
    scored = score(
        service(), key, comments, settings.openai_timeout_seconds, dialect="openai", patient=len(comments) > 1
    )  # fmt: skip
    return answer(
        {
            "id": f"modr-{ids.new_id(service().now()).replace('-', '')}",
            "model": asked.model,
            "results": [result(one, known, thresholds) for one in scored],
            "x_models": dict(scored[0].models),
        }
    )


@blueprint.get("/models")
def list_models() -> Response:
    """List the models' names, which some clients look at first; at `/v1/models` the native API lists them too."""
    require_key(Scope.SCORE)
    return answer({"object": "list", "data": model_list()})


@blueprint.errorhandler(OpenAIError)
def _refused(error: OpenAIError) -> Response:
    return answer(error.document, error.status, error.headers)


@blueprint.errorhandler(ModerationError)
def _failed(error: ModerationError) -> Response:
    return _refused(from_error(error))


@blueprint.errorhandler(HTTPException)
def _not_http(error: HTTPException) -> Response:
    if error.code == TOO_LARGE:
        return _failed(PayloadTooLargeError())
    return _refused(OpenAIError(400, "The request cannot be understood."))
