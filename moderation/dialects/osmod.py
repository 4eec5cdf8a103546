"""The assistant protocol of Conversation AI's Moderator (OSMOD): scores in the answer, or posted to a callback."""

from collections.abc import Mapping
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field

from moderation.comment_object import span_object
from moderation.errors import InvalidInputError, ModerationError, UnauthorizedError
from moderation.judging import score
from moderation.model import Comment, Scope, Scored, Span, Thread
from moderation.told import tell
from moderation.web import answer, check_key, parse, problem, service, spend_quota

ATTRIBUTES: Mapping[str, str] = {
    "ATTACK_ON_COMMENTER": "insult", "INFLAMMATORY": "toxicity", "OBSCENE": "obscene", "SPAM": "spam",
    "TOXICITY": "toxicity", "SEVERE_TOXICITY": "severe_toxicity", "INSULT": "insult", "THREAT": "threat",
    "IDENTITY_ATTACK": "identity_attack", "SEXUALLY_EXPLICIT": "sexual_explicit",
}  # fmt: skip
"""The protocol's names for which there is a model, and Perspective's, by the attribute that tells them."""
TEXT_AT_MOST = 32_768
SPANS_AT_MOST = 100

blueprint = APIBlueprint("osmod", __name__, enable_openapi=False)


class Part(BaseModel):
    """A part of a request; what is not used is ignored."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class CommentPart(Part):
    """The comment; ids are strings in the protocol and numbers in its code."""

    plainText: Annotated[str, Field(min_length=1, max_length=TEXT_AT_MOST)]  # noqa: N815 - the protocol's name
    commentId: str | int | None = None  # noqa: N815


class ArticlePart(Part):
    """What it stands under."""

    articleId: str | int | None = None  # noqa: N815


class LinksPart(Part):
    """Where scores are posted to."""

    callback: Annotated[str | None, Field(max_length=4000)] = None


class Asked(Part):
    """A request."""

    comment: CommentPart
    article: ArticlePart | None = None
    links: LinksPart | None = None
    sync: bool = False
    includeSummaryScores: bool = False  # noqa: N815


@blueprint.post("/api/score-comment")
def score_comment() -> Response:
    """Score a comment."""
    key, settings = check_key(_given_key(), Scope.SCORE), service().settings
    asked = parse(Asked, request.get_data())
    spend_quota("osmod", settings.osmod_per_minute, key.site_id)
    callback = asked.links.callback if asked.links else None
    if not asked.sync and not callback:
        where = {"field": "links.callback", "code": "missing", "message": "Say where, or set sync"}
        raise InvalidInputError([where])
    thread = str(asked.article.articleId) if asked.article and asked.article.articleId is not None else "osmod"
    comment = Comment(asked.comment.plainText, Thread(thread))
    (scored,) = score(service(), key, [comment], settings.osmod_timeout_seconds, dialect="osmod")
    document = scores_of(scored, comment.text)
    if not asked.sync and callback:
        tell(service(), key.site_id, callback, document)
        return answer({}, 202)
    if not asked.includeSummaryScores:
        del document["summaryScores"]
    return answer(document)


def scores_of(scored: Scored, text: str) -> dict[str, Any]:
    """Return the scores of a text: of the whole, then of what in it raised them; what is unknown is left out."""
    scores: dict[str, list[dict[str, Any]]] = {}
    for name, attribute in ATTRIBUTES.items():
        score = scored.scores.get(attribute)
        if score is not None:
            spans = [span for span in scored.spans if span.attribute == attribute][:SPANS_AT_MOST]
            parts = [(Span(0, len(text)), score), *((Span(one.start, one.end), one.score) for one in spans)]
            scores[name] = [{"score": value, **_utf16(span, text)} for span, value in parts]
    return {"scores": scores, "summaryScores": {name: parts[0]["score"] for name, parts in scores.items()}}


def _utf16(span: Span, text: str) -> dict[str, int]:
    where = span_object(span, text, "utf16")
    return {"begin": where["start"], "end": where["end"]}


def _given_key() -> str:
    """Return the key, which stands in the header without a word before it."""
    given = request.headers.get("Authorization", "").strip()
    if not given:
        raise UnauthorizedError("Send an API key as Authorization")
    return given.removeprefix("Bearer ").strip()


@blueprint.errorhandler(ModerationError)
def _failed(error: ModerationError) -> Response:
    response = problem(error)
    document = {"error": error.detail, **(response.get_json() or {})}
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return answer(document, 400 if isinstance(error, InvalidInputError) else error.status, headers)
