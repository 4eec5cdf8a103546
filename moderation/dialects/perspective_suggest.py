"""comments:suggestscore: what a person thinks a comment's scores should be."""

from collections.abc import Mapping
from typing import Any

from moderation.dialects.perspective_attributes import KNOWN, LOCAL, without_version
from moderation.dialects.perspective_errors import invalid, unknown_attribute
from moderation.dialects.perspective_requests import AttributeScores, SuggestRequest, read
from moderation.markup import plain
from moderation.suggestions import Suggestion
from moderation.text import visible_part


def suggestion(body: bytes, max_bytes: int) -> tuple[Suggestion, dict[str, Any]]:
    """Return what a request suggests, and its answer.

    Raises:
        PerspectiveError: the request is not one that Perspective would have taken.
    """
    request = read(SuggestRequest, body)
    text = plain(request.comment.text, is_html=request.is_html).text
    if visible_part(text).end == 0:
        raise invalid("Comment must be non-empty.", "COMMENT_EMPTY")
    if len(request.comment.text.encode()) > max_bytes:
        raise invalid("Comment text too long.", "COMMENT_TOO_LONG")
    scores = _scores(request.attribute_scores)
    token = request.client_token
    answer = {
        **({} if token is None else {"clientToken": token}),
        "detectedLanguages": [],
        "requestedLanguages": request.languages,
    }
    return Suggestion(text, scores, tuple(request.languages), request.community_id, token), answer


def _scores(suggested: Mapping[str, AttributeScores]) -> dict[str, float]:
    """Return the scores suggested for the whole comment, by the service's own attributes."""
    if not suggested:
        raise invalid("Missing attribute_scores", "NO_REQUESTED_ATTRIBUTES")
    found = {}
    for name, scores in suggested.items():
        base = without_version(name)
        if base not in KNOWN:
            raise unknown_attribute(name)
        if scores.summary_score is None and not scores.span_scores:
            raise invalid(f"Attribute {base} has neither a summary_score nor span_scores")
        if scores.summary_score is not None and base in LOCAL:
            found[LOCAL[base]] = scores.summary_score.value
    return found
