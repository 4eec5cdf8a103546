"""Coral's settings for Perspective, pointed at this service; the numbers are those of the contract's checklist."""

import json
from typing import Any

import pytest

from moderation.storage import labels
from tests.dialects.conftest import Api

ANALYZE = {
    "comment": {"text": "you idiot"},
    "doNotStore": True,
    "requestedAttributes": {"TOXICITY": {}},
    "languages": ["en"],
}
SUGGEST = {
    "comment": {"text": "you idiot"},
    "context": {
        "entries": [
            {
                "text": json.dumps(
                    {"url": "https://news.example/1", "reply_to_id_Coral_comment_id": "c-0", "Coral_comment_id": "c-1"}
                )
            }
        ]
    },
    "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
    "languages": ["en"],
    "communityId": "Coral:https://coral.news.example",
    "clientToken": "comment:c-1",
}


def ask(api: Api, path: str, body: dict[str, Any]) -> Any:
    """Call as Coral does, and return the answer."""
    response = api.client.post(f"{path}?key={api.key}", json=body, headers={"User-Agent": "Coral Perspective/9.11.8"})
    assert response.status_code == 200, response.text
    return response.get_json()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("prefix", ["", "/scores"])
@pytest.mark.parametrize("model", ["TOXICITY", "LIKELY_TO_REJECT", "SPAM", "TOXICITY_EXPERIMENTAL"])
def test_7_the_score_has_exactly_the_name_that_was_asked_for(api: Api, prefix: str, model: str) -> None:
    """With and without a path before `/v1alpha1`; a name that no model tells is refused, not answered otherwise."""
    body = {**ANALYZE, "requestedAttributes": {model: {}}}
    response = api.client.post(f"{prefix}/v1alpha1/comments:analyze?key={api.key}", json=body)

    if model == "LIKELY_TO_REJECT":
        assert response.status_code == 400
    else:
        score = response.get_json()["attributeScores"][model]["summaryScore"]["value"]
        assert (score > 0.8) == model.startswith("TOXICITY")


@pytest.mark.parametrize("prefix", ["", "/scores"])
def test_8_a_suggestion_without_a_type_is_taken(api: Api, prefix: str) -> None:
    """The client's token comes back, and the text is a label."""
    answer = ask(api, f"{prefix}/v1alpha1/comments:suggestscore", SUGGEST)

    assert answer["clientToken"] == "comment:c-1"
    with api.database.read() as connection:
        assert [one.attributes for one in labels.suggested(connection, "news", 10)] == [{"toxicity": True}]
