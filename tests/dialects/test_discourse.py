"""discourse-ai's classifier, with scores from a table; the numbers are those of the contract's checklist."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from moderation.settings import Settings
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import with_settings

LABELS = {"toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat", "sexual_explicit"}


def ask(api: Api, content: Any = "you idiot", model: str = "unbiased", key: str | None = None) -> TestResponse:
    """Classify a post as Discourse does."""
    headers = {"X-API-KEY": api.key if key is None else key, "Referer": "https://forum.example"}
    return api.client.post("/api/v1/classify", json={"model": model, "content": content}, headers=headers)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("model", ["unbiased", "multilingual", "original"])
def test_14_a_post_has_seven_numbers(api: Api, model: str) -> None:
    """From 0 to 100, whichever model was asked for."""
    response = ask(api, model=model)

    assert response.status_code == 200
    scores = response.get_json()
    assert set(scores) == LABELS
    assert all(isinstance(score, float) and 0 <= score <= 100 for score in scores.values())
    assert scores["toxicity"] == 93.0


@pytest.mark.parametrize(("key", "status"), [("", 401), ("nonsense", 401)])
def test_15_a_wrong_key_is_refused(api: Api, key: str, status: int) -> None:
    """Before anything is scored."""
    assert ask(api, key=key).status_code == status


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("model", ["sentiment", "emotion", "opennsfw2", "nsfw_detector", ""])
def test_15_another_model_is_refused(api: Api, model: str) -> None:
    """What the plug-in's other features ask for is never answered with toxicity."""
    assert ask(api, model=model).status_code == 400


@pytest.mark.usefixtures("worker")
def test_what_nobody_can_score_is_not_zero(api: Api) -> None:
    """A post in a language that no model reads is an error, unless the site's policy lets such comments through."""
    assert ask(api, "Du Dummkopf").status_code == 503

    api.call("PUT", "/v1/policy", json={"unknown": "approve"})
    again = ask(api, "Du Dummkopf")

    assert (again.status_code, again.get_json()["toxicity"]) == (200, 0.0)


@pytest.mark.usefixtures("worker")
def test_posts_are_taken_in_if_the_site_says_so(api: Api) -> None:
    """On a thread that is named after the forum."""
    ask(api, "Kept nowhere")
    api.call("PUT", "/v1/policy", json={"dialects": {"take_in": ["discourse"]}})
    ask(api, "Kept")

    (kept,) = api.call("GET", "/v1/comments").get_json()["comments"]
    assert (kept["text"], kept["thread"]["id"]) == ("Kept", "https://forum.example")


@pytest.mark.usefixtures("worker")
def test_18_over_the_limit_is_too_many_requests(api: Api, settings: Settings) -> None:
    """With when to come again."""
    limited = with_settings(api, settings, discourse_per_minute=1)
    ask(limited)

    refused = ask(limited)

    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
