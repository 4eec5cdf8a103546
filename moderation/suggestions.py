"""What callers of other dialects think a text's scores should be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from moderation.model import ATTRIBUTES, Scope
from moderation.pipeline import Parts
from moderation.records import Key, Suggested
from moderation.storage import labels

SAYS_YES = 0.5
"""A suggested score from here on says that the text has the attribute."""

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


def receive_suggestion(parts: Parts, key: Key, suggestion: Suggestion, now: datetime) -> None:
    """Keep a suggestion that was checked as a label, from which the scores of the key's site learn.

    A key that may only ask for scores, which a site may have in its pages, teaches nothing: its suggestions are not
    kept, nor are those about no attribute of the service.
    """
    attributes = {name: score >= SAYS_YES for name, score in suggestion.scores.items() if name in ATTRIBUTES}
    if attributes and Scope.DECIDE in key.scopes:
        language = suggestion.languages[0] if len(suggestion.languages) == 1 else None
        suggested = Suggested(_storable(suggestion.text), language and _storable(language), attributes, key.name, now)
        with parts.database.write() as connection:
            labels.suggest(connection, key.site_id, suggested)
    log.info("suggestion_received", site=key.site_id, attributes=sorted(suggestion.scores))


def _storable(text: str) -> str:
    """Return a text without what PostgreSQL cannot hold and no reader sees."""
    return text.replace("\0", "")
