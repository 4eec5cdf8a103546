"""comments:analyze: what a request asks for, and the answer once the scores are there. Touches nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from moderation.dialects.perspective_attributes import KNOWN, LOCAL, base_language, without_version
from moderation.dialects.perspective_errors import (
    PerspectiveError,
    from_error,
    invalid,
    language_not_supported,
    unknown_attribute,
)
from moderation.dialects.perspective_requests import AnalyzeRequest, AttributeParameters
from moderation.dialects.perspective_text import sentences, utf16
from moderation.errors import UnavailableError
from moderation.markup import plain
from moderation.model import Comment, Scored, Span, Thread
from moderation.records import Key
from moderation.scores import Outcome, Wanted
from moderation.served import Served, foreign
from moderation.text import visible_part

PROBABILITY = "PROBABILITY"
SCORE_TYPES = (PROBABILITY, "SCORE_TYPE_UNSPECIFIED")
UNDETERMINED = "und"
"""BCP 47's word for a language that nobody could tell."""
THREAD = "perspective"
"""Where a comment stands whose client names no community."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An attribute as the client calls it, and as the service does."""

    name: str
    attribute: str
    threshold: float | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an analysis needs: the texts to be scored, the whole comment first; then its sentences, if wanted."""

    key: Key
    request: AnalyzeRequest
    asked: Sequence[Asked]
    served: Served
    strict: bool
    wanted: Sequence[Wanted]
    spans: Sequence[Mapping[str, int]]
    """Where each of `wanted` is in the comment, in UTF-16 code units."""

    @property
    def size(self) -> int:
        """How many characters are to be scored."""
        return sum(len(one.text) for one in self.wanted)


def plan(request: AnalyzeRequest, served: Served, key: Key, *, strict: bool, max_bytes: int) -> Plan:
    """Return what is to be scored for a request that came with `key`.

    Raises:
        PerspectiveError: the request is not one that Perspective would have taken.
    """
    original = request.comment.text
    text = plain(original, is_html=request.is_html)
    visible = visible_part(text.text)
    if visible.start == visible.end:
        raise invalid("Comment must be non-empty.", "COMMENT_EMPTY")
    if len(original.encode()) > max_bytes:
        raise invalid("Comment text too long.", "COMMENT_TOO_LONG")
    asked = _asked(request.requested_attributes, served, strict=strict)
    _check_languages(asked, request.languages, served)
    hint = base_language(request.languages[0]) if len(request.languages) == 1 else None
    parts = [Span(0, len(text.text))]
    if request.span_annotations:
        parts += sentences(text.text)
    return Plan(
        key,
        request,
        asked,
        served,
        strict,
        [Wanted(text.text[part.start : part.end], hint, not request.do_not_store, key.site_id) for part in parts],
        [
            utf16(Span(0, len(original)) if number == 0 else text.span(part.start, part.end), original)
            for number, part in enumerate(parts)
        ],
    )


def answer(plan: Plan, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the answer from the outcome of each of the plan's texts.

    Raises:
        PerspectiveError: the whole was not scored, or what was asked for is not known of it.
    """
    whole, *parts = outcomes
    if isinstance(whole, UnavailableError):
        raise from_error(whole)
    detected = [whole.language.code or UNDETERMINED, *whole.other_languages]
    scores: dict[str, dict[str, Any]] = {}
    for one in plan.asked:
        score = _score(whole, one.attribute)
        if score is None:
            languages = foreign(plan.served, one.attribute, whole)
            if languages:
                raise language_not_supported(without_version(one.name), languages, requested=False)
            if plan.strict:
                break
        elif one.threshold is not None and score < one.threshold:
            scores[one.name] = {}
        else:
            scores[one.name] = {
                "summaryScore": _shown(score),
                "spanScores": _spans(one, parts, plan.spans[1:])
                or [{**plan.spans[0], "score": _shown(score)}],
            }  # fmt: skip
    if not scores or (plan.strict and len(scores) < len(plan.asked)):
        raise from_error(UnavailableError("The comment could not be scored"))
    token = plan.request.client_token
    return {
        "attributeScores": scores,
        "languages": plan.request.languages or detected[:1],
        **({} if token is None else {"clientToken": token}),
        "detectedLanguages": detected,
    }


def comment(plan: Plan) -> Comment | None:
    """Return what a site that takes comments in this way is to keep; None if the client forbids it."""
    request, whole = plan.request, plan.wanted[0]
    if request.do_not_store:
        return None
    metadata = {} if request.client_token is None else {"client_token": request.client_token}
    return Comment(whole.text, Thread(request.community_id or THREAD), language=whole.language, metadata=metadata)


def _asked(requested: Mapping[str, AttributeParameters], served: Served, *, strict: bool) -> list[Asked]:
    """Return the attributes that can be answered; the others are refused, or left out if any remains."""
    if not requested:
        raise invalid("Missing requested_attributes", "NO_REQUESTED_ATTRIBUTES")
    found = []
    missing: PerspectiveError | None = None
    for name, parameters in requested.items():
        base = without_version(name)
        if base not in KNOWN:
            raise unknown_attribute(name)
        if parameters.score_type not in SCORE_TYPES:
            said = f"Requested score type {parameters.score_type[:40]} is not supported by attribute {base}"
            raise invalid(said)
        if LOCAL.get(base) in served:
            found.append(Asked(name, LOCAL[base], parameters.score_threshold))
        else:
            missing = missing or unknown_attribute(name)
    if missing and (strict or not found):
        raise missing
    return found


def _check_languages(asked: Sequence[Asked], languages: Sequence[str], served: Served) -> None:
    for one in asked:
        known = served[one.attribute]
        unknown = [] if known is None else [tag for tag in languages if base_language(tag) not in known]
        if unknown:
            raise language_not_supported(without_version(one.name), unknown, requested=True)


def _spans(one: Asked, parts: Sequence[Outcome], where: Sequence[Mapping[str, int]]) -> list[dict[str, Any]]:
    """Return the scores of the sentences, without those that are unknown or below the threshold."""
    found = []
    for outcome, span in zip(parts, where, strict=True):
        score = None if isinstance(outcome, UnavailableError) else _score(outcome, one.attribute)
        if score is not None and (one.threshold is None or score >= one.threshold):
            found.append({**span, "score": _shown(score)})
    return found


def _score(scored: Scored, attribute: str) -> float | None:
    score = scored.scores.get(attribute)
    return None if score is None or isnan(score) else score


def _shown(score: float) -> dict[str, Any]:
    return {"value": round(score, 8), "type": PROBABILITY}
