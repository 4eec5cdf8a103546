"""IBM's MAX Toxic Comment Classifier, for programs that were written for it; switched on by `MODERATION_MAX_SITE`.

There are no keys: whoever reaches the service may ask, so it is off unless a site is named for it.
A score that no model gives for a text is null.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field, StrictStr

from moderation import __version__
from moderation.errors import ModerationError, NotFoundError
from moderation.judging import score
from moderation.model import Comment, Scope, Scored, Thread
from moderation.records import Key
from moderation.web import answer, parse, service, spend_quota

LABELS: Mapping[str, tuple[str, str]] = {
    "toxic": ("toxicity", "very hateful, aggressive, disrespectful comment or otherwise likely to make a user leave"),
    "severe_toxic": ("severe_toxicity", "a comment of that kind beyond doubt"),
    "obscene": ("obscene", "indecent, swearing or vulgar language"),
    "threat": ("threat", "intends to hurt or punish somebody"),
    "insult": ("insult", "insulting or inflammatory towards a person or a group"),
    "identity_hate": ("identity_attack", "negative or hateful because of somebody's identity"),
}
"""For each label of IBM's, the attribute of ours and what it means."""
TEXTS_AT_MOST = 256
NO_TEXT = 400
THREAD = Thread("max")

blueprint = APIBlueprint("ibm_max", __name__, enable_openapi=False)


class Asked(BaseModel):
    """The texts of a request."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    text: Annotated[list[StrictStr], Field(min_length=1, max_length=TEXTS_AT_MOST)]


@blueprint.post("/model/predict")
def predict() -> Response:
    """Score texts, in order."""
    site_id, settings = _site(), service().settings
    try:
        texts = parse(Asked, request.get_data()).text
    except ModerationError as error:
        message = f'Send {{"text": ["…"]}} with 1 to {TEXTS_AT_MOST} texts: {error.detail}'
        return answer({"status": "error", "message": message}, NO_TEXT)
    spend_quota("max", settings.max_per_minute, site_id, len(texts))
    comments = [Comment(text, THREAD) for text in texts]
    scored = score(
        service(), _key(site_id), comments, settings.max_timeout_seconds, dialect="max", patient=len(texts) > 1
    )  # fmt: skip
    results = [
        {"original_text": text, "predictions": _predictions(one)} for text, one in zip(texts, scored, strict=True)
    ]
    return answer({"status": "ok", "results": results})


@blueprint.get("/model/labels")
def labels() -> Response:
    """List the labels with what they mean."""
    _site()
    return answer({"labels": {name: meaning for name, (_, meaning) in LABELS.items()}, "count": len(LABELS)})


@blueprint.get("/model/metadata")
def metadata() -> Response:
    """Say what answers here."""
    _site()
    return answer(
        {
            "id": "moderation",
            "name": "Comment moderation",
            "description": "Toxicity of texts, told in the way of IBM's MAX Toxic Comment Classifier",
            "type": "Text Classification",
            "license": "Apache-2.0",
            "source": "https://developer.ibm.com/exchanges/models/all/max-toxic-comment-classifier/",
        }
    )


@blueprint.get("/swagger.json")
def swagger() -> Response:
    """Describe these calls, as far as clients look at it."""
    _site()
    paths: dict[str, Any] = {path: {} for path in ("/model/predict", "/model/labels", "/model/metadata")}
    info = {"title": "Comment moderation: MAX Toxic Comment Classifier", "version": __version__}
    return answer({"swagger": "2.0", "info": info, "basePath": "/", "paths": paths})


def _site() -> str:
    site_id = service().settings.max_site
    if site_id is None:
        raise NotFoundError
    return site_id


def _key(site_id: str) -> Key:
    """Return what stands for the key that this API has not: it was switched on for the site, so it may post there."""
    return Key("max", site_id, "max", frozenset({Scope.SUBMIT, Scope.SCORE}))


def _predictions(scored: Scored) -> dict[str, float | None]:
    return {name: scored.scores.get(attribute) for name, (attribute, _) in LABELS.items()}


@blueprint.errorhandler(ModerationError)
def _failed(error: ModerationError) -> Response:
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return answer({"status": "error", "message": error.detail}, error.status, headers)
