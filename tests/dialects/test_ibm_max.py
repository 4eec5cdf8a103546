"""IBM MAX's calls, with scores from a table; the numbers are those of the contract's checklist."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from moderation.queue import Queue
from moderation.settings import Settings
from tests.answering import answering, by_word
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import with_settings

LABELS = {"toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"}


@pytest.fixture
def on(api: Api, settings: Settings) -> Api:
    """Give the API with these calls switched on for the site `news`."""
    return with_settings(api, settings, max_site="news")


def predict(api: Api, body: Any) -> TestResponse:
    """Ask for scores; there is no key."""
    return api.client.post("/model/predict", json=body)


@pytest.mark.usefixtures("worker")
def test_16_texts_have_predictions_in_order(on: Api) -> None:
    """Each with the text itself and IBM's six labels."""
    response = predict(on, {"text": ["thank you", "you idiot"]})

    assert response.status_code == 200
    document = response.get_json()
    assert set(document) == {"status", "results"}
    assert document["status"] == "ok"
    assert [one["original_text"] for one in document["results"]] == ["thank you", "you idiot"]
    good, bad = (one["predictions"] for one in document["results"])
    assert set(good) == set(bad) == LABELS
    assert good["toxic"] < 0.5 < bad["toxic"]


@pytest.mark.parametrize("body", [{}, {"text": []}, {"text": "good string"}, {"text": [1]}, {"text": ["a", None]}, []])
def test_16_what_is_no_list_of_texts_is_refused(on: Api, body: Any) -> None:
    """The six cases of IBM's own tests."""
    response = predict(on, body)

    assert (response.status_code, response.get_json()["status"]) == (400, "error")


def test_what_nobody_can_score_is_null(on: Api, settings: Settings) -> None:
    """Never zero."""
    queue = Queue(settings.redis)
    queue.redis.flushall()
    with answering(queue, by_word):
        document = predict(on, {"text": ["Du Dummkopf"]}).get_json()

    assert document["results"][0]["predictions"]["toxic"] is None


def test_17_the_service_says_what_it_is(on: Api) -> None:
    """Labels, metadata, and a description for clients that look for one."""
    labels = on.client.get("/model/labels").get_json()
    metadata = on.client.get("/model/metadata").get_json()
    swagger = on.client.get("/swagger.json").get_json()

    assert (set(labels["labels"]), labels["count"]) == (LABELS, 6)
    assert set(metadata) == {"id", "name", "description", "type", "license", "source"}
    assert swagger["swagger"]
    assert swagger["info"]["title"]


@pytest.mark.parametrize("path", ["/model/labels", "/model/metadata", "/swagger.json"])
def test_it_is_off_unless_a_site_is_named(api: Api, path: str) -> None:
    """Whoever reaches the service could ask, since there are no keys."""
    assert api.client.get(path).status_code == 404
    assert predict(api, {"text": ["x"]}).status_code == 404


@pytest.mark.usefixtures("worker")
def test_18_over_the_limit_is_too_many_requests(api: Api, settings: Settings) -> None:
    """Each text counts; when to come again is told."""
    limited = with_settings(api, settings, max_site="news", max_per_minute=1)
    predict(limited, {"text": ["a", "b"]})

    refused = predict(limited, {"text": ["a"]})

    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
