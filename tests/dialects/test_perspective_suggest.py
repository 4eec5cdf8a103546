"""What comments:suggestscore takes and answers."""

from typing import Any

import pytest

from moderation.model import ATTRIBUTES, Scope
from moderation.storage import labels
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import INVALID, SUGGEST, SUGGESTION, ask, error_of


def test_a_suggestion_as_coral_sends_it_is_taken(api: Api) -> None:
    """The answer repeats the client's token and languages; no worker is needed."""
    response = ask(api, SUGGESTION, SUGGEST)

    assert response.status_code == 200
    assert response.get_json() == {"clientToken": "comment:c-1", "detectedLanguages": [], "requestedLanguages": ["en"]}


@pytest.mark.parametrize(
    "scores",
    [
        {},
        {"TOXICITY": {}},
        {"TOXICITY": {"spanScores": []}},
        {"TOXICITY": {"spanScores": [{"begin": 0, "score": {"value": 1}}]}},
        {"TOXICITY": {"spanScores": [{"end": 3, "score": {"value": 1}}]}},
        {"TOXICITY": {"summaryScore": {"value": 1.5}}},
        {"TOXICITY": {"summaryScore": {"value": 1, "type": "RAW"}}},
        {"NONSENSE": {"summaryScore": {"value": 1}}},
        None,
    ],
)
def test_a_suggestion_that_suggests_nothing_is_refused(api: Api, scores: Any) -> None:
    """No attributes, an attribute without scores, a span without both ends, a value that is no probability."""
    assert error_of(ask(api, {**SUGGESTION, "attributeScores": scores}, SUGGEST))["status"] == INVALID


@pytest.mark.parametrize(("text", "kind"), [(" \u200b", "COMMENT_EMPTY"), ("x" * 20_481, "COMMENT_TOO_LONG")])
def test_a_suggestion_needs_a_comment(api: Api, text: str, kind: str) -> None:
    """Its text has the bounds of a comment that is analysed."""
    error = error_of(ask(api, {**SUGGESTION, "comment": {"text": text}}, SUGGEST))

    assert error["details"][0]["errorType"] == kind


def test_a_suggestion_teaches_the_keys_site(api: Api) -> None:
    """It is a label of an API, and only its own site hears of it."""
    ask(api, SUGGESTION, SUGGEST)

    learning = api.call("GET", "/v1/learning").get_json()
    assert (learning["labels"], learning["due"]) == ({"moderator": 0, "api": 1}, True)
    with api.database.read() as connection:
        (kept,) = labels.suggested(connection, "news", 10)
        assert labels.suggested(connection, "other", 10) == []
    assert kept.text == SUGGESTION["comment"]["text"]
    assert set(kept.attributes) <= set(ATTRIBUTES)
    assert kept.actor == "test"


def test_a_suggestion_about_nothing_that_is_scored_is_not_kept(api: Api) -> None:
    """An attribute without a model has nothing to learn."""
    scores = {"INFLAMMATORY": {"summaryScore": {"value": 1}}}

    assert ask(api, {**SUGGESTION, "attributeScores": scores}, SUGGEST).status_code == 200
    assert api.call("GET", "/v1/learning").get_json()["labels"]["api"] == 0


def test_a_key_that_may_only_score_teaches_nothing(api: Api) -> None:
    """Such a key may stand in a site's pages, where anybody finds it; its suggestions are answered all the same."""
    public = api.with_key("news", [Scope.SCORE])

    assert ask(public, SUGGESTION, SUGGEST).status_code == 200
    assert api.call("GET", "/v1/learning").get_json()["labels"]["api"] == 0
