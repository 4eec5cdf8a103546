"""The classifier that older versions of discourse-ai ask for toxicity: seven numbers from 0 to 100."""

from typing import Annotated, Literal

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field

from moderation.errors import InvalidInputError, ModerationError, UnauthorizedError, UnavailableError
from moderation.judging import score
from moderation.model import ATTRIBUTES, Comment, Scope, Scored, Thread
from moderation.policy_document import Unknown
from moderation.served import served
from moderation.web import answer, check_key, parse, problem, service, spend_quota

LABELS = tuple(name for name in ATTRIBUTES if name != "spam")
CONTENT_AT_MOST = 100_000
PERCENT = 100.0

blueprint = APIBlueprint("discourse", __name__, enable_openapi=False)


class Asked(BaseModel):
    """A request; the three models of Detoxify get the same answer, what else Discourse can ask for is refused."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    model: Literal["unbiased", "multilingual", "original"]
    content: Annotated[str, Field(max_length=CONTENT_AT_MOST)]


@blueprint.post("/api/v1/classify")
def classify() -> Response:
    """Score a post."""
    given = request.headers.get("X-API-KEY", "")
    if not given:
        raise UnauthorizedError("Send an API key in X-API-KEY")
    key, settings = check_key(given, Scope.SCORE), service().settings
    asked = parse(Asked, request.get_data())
    spend_quota("discourse", settings.discourse_per_minute, key.site_id)
    post = Comment(asked.content, Thread(request.headers.get("Referer") or "discourse"))
    (scored,) = score(service(), key, [post], settings.discourse_timeout_seconds, dialect="discourse")
    known = served(service().scores.served())
    return answer(percentages(scored, frozenset(known), service().site(key.site_id).policy.unknown))


def percentages(scored: Scored, known: frozenset[str], unknown: Unknown) -> dict[str, float]:
    """Return the seven numbers; what no model here tells is 0, which the documentation says.

    Raises:
        UnavailableError: a model tells an attribute, but not for this text, and the site's policy holds such comments.
    """
    missing = [name for name in LABELS if name in known and scored.scores.get(name) is None]
    if missing and unknown is Unknown.HOLD:
        raise UnavailableError(f"No model here reads this text's language: there is no score for {', '.join(missing)}")
    return {name: round(PERCENT * (scored.scores.get(name) or 0.0), 4) for name in LABELS}


@blueprint.errorhandler(ModerationError)
def _failed(error: ModerationError) -> Response:
    response = problem(error)
    if isinstance(error, InvalidInputError):
        response.status_code = 400
    return response
