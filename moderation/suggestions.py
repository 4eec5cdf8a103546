"""What callers of other dialects think a text's scores should be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from moderation.model import ATTRIBUTES
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

    The newest of a site are kept; one about no attribute of the service teaches nothing and is not kept.
    """
    attributes = {name: score >= SAYS_YES for name, score in suggestion.scores.items() if name in ATTRIBUTES}
    if attributes:
        language = suggestion.languages[0] if len(suggestion.languages) == 1 else None
        suggested = Suggested(suggestion.text, language, attributes, key.name, now)
        with parts.database.write() as connection:
            labels.suggest(connection, key.site_id, suggested)
    log.info("suggestion_received", site=key.site_id, attributes=sorted(suggestion.scores))
