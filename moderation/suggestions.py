"""What callers of other dialects think a text's scores should be."""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Scores that somebody thinks right for a text; 0 is no and 1 is yes.

    `community` and `token` are the caller's names for where the text was posted and for the comment.
    """

    text: str
    scores: Mapping[str, float]
    languages: tuple[str, ...] = ()
    community: str | None = None
    token: str | None = None


def receive_suggestion(site_id: str, suggestion: Suggestion) -> None:
    """Take a suggestion that was checked; nothing of it is kept."""
    log.info("suggestion_received", site=site_id, attributes=sorted(suggestion.scores))
