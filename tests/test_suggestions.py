"""Suggestions, as dialects hand them on, on both databases."""

import pytest

from moderation.model import Scope
from moderation.pipeline import Parts
from moderation.records import Key
from moderation.storage import labels
from moderation.storage.database import Database
from moderation.suggestions import Suggestion, receive_suggestion
from tests.build import NOW, make_parts, make_site

KEY = Key("prefix", "news", "the site", frozenset(Scope))


@pytest.fixture
def parts(database: Database, redis_url: str) -> Parts:
    """Give the pipeline's parts, with a site."""
    made = make_parts(database, redis_url)
    make_site(database)
    return made


def test_any_text_that_was_taken_can_be_kept(parts: Parts) -> None:
    """A NUL, which PostgreSQL holds in no text, is left out."""
    receive_suggestion(parts, KEY, Suggestion("Buy\0 now", {"spam": 1.0}, ("e\0n",)), NOW)

    with parts.database.read() as connection:
        (kept,) = labels.suggested(connection, "news", 10)
    assert (kept.text, kept.language, kept.actor) == ("Buy now", "en", "the site")


@pytest.mark.parametrize(("score", "has"), [(0.0, False), (0.49, False), (0.5, True), (1.0, True)])
def test_a_score_says_yes_or_no(parts: Parts, score: float, *, has: bool) -> None:
    """From one half on the text has the attribute."""
    receive_suggestion(parts, KEY, Suggestion("Buy now", {"spam": score, "unknown": 1.0}), NOW)

    with parts.database.read() as connection:
        assert [one.attributes for one in labels.suggested(connection, "news", 10)] == [{"spam": has}]
