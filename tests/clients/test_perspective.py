"""The package `perspective`, whose address is an attribute."""

from urllib.error import HTTPError

import pytest
from perspective import PerspectiveAPI

from tests.clients.calls import client_call
from tests.whole.service import Service

CLIENT = "perspective"


@pytest.fixture
def client(service: Service, key: str) -> PerspectiveAPI:
    """Give a client whose address is the service's."""
    made = PerspectiveAPI(key)
    made.api_client.url = f"{service.url}/v1alpha1/{{endpoint}}"
    return made


@client_call(CLIENT, "analyze_comment")
def test_a_comment_is_analysed(client: PerspectiveAPI) -> None:
    """All fields that the package knows are taken, and the scores are where it looks for them."""
    answer = client.analyze_comment(
        "You <b>stupid</b> idiot",
        comment_type="HTML",
        context=[{"text": "An article", "type": "PLAIN_TEXT"}],
        requested_attributes={"TOXICITY": {"scoreType": "PROBABILITY", "scoreThreshold": 0.1}, "INSULT": {}},
        span_annotations=True,
        languages=["en"],
        do_not_store=True,
        client_token="t",
        session_id="s",
        community_id="c",
    )

    assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] > 0.5
    assert set(answer["attributeScores"]) == {"TOXICITY", "INSULT"}
    assert answer["clientToken"] == "t"


@client_call(CLIENT, "suggest_score")
def test_a_score_is_suggested(client: PerspectiveAPI) -> None:
    """The package's other method is answered too."""
    answer = client.suggest_score(
        "You idiot", attribute_scores={"TOXICITY": {"summaryScore": {"value": 1.0}}}, client_token="t"
    )

    assert answer["clientToken"] == "t"


@client_call(CLIENT, "score")
def test_scores_alone_are_read(client: PerspectiveAPI) -> None:
    """The package's shorthand finds the summaries."""
    scores = client.score("Thank you for the recipe!", ["TOXICITY", "SEXUALLY_EXPLICIT", "SPAM"])

    assert set(scores) == {"TOXICITY", "SEXUALLY_EXPLICIT", "SPAM"}
    assert max(scores.values()) < 0.5


@client_call(CLIENT, "an error")
def test_an_error_is_raised(client: PerspectiveAPI) -> None:
    """An attribute that never was is an HTTP error with Perspective's message."""
    with pytest.raises(HTTPError) as refused:
        client.analyze_comment("Hello", requested_attributes={"NONSENSE": {}}, validate=False)

    with refused.value as error:
        assert error.code == 400
        assert b"Unknown requested attribute: NONSENSE" in error.read()
