"""The native API's list of models."""

from typing import Any

import pytest

from moderation.model import Scope
from moderation.queue import Queue
from moderation.settings import Settings
from tests.dialects.conftest import Api

CARD: dict[str, Any] = {
    "name": "compact-3@sha256:66e1839a31b0",
    "attributes": ["toxicity", "insult"],
    "languages": ["en"],
    "language_figures": [
        {"language": "de", "measure": "AUC toxicity, GermEval", "value": 0.6, "low": 0.58, "high": 0.62, "rows": 1500},
        {"language": "en", "measure": "AUC toxicity, Jigsaw", "value": 0.97, "low": 0.96, "high": 0.98, "rows": 1500},
        {"language": "de", "measure": "told by the detector", "value": 0.99, "low": None, "high": None, "rows": 1500},
    ],
    "figures": [{"measure": "mean AUC", "value": 0.97, "low": 0.96, "high": 0.98, "rows": 3684, "positives": 353}],
    "licence": "Apache-2.0",
    "version": "1",
    "base": "all-MiniLM-L6-v2",
    "training_data": "is for people",
}
SPAM = {"name": "linear-2@sha256:0123456789ab", "attributes": ["spam"], "languages": None}


@pytest.fixture
def queue(settings: Settings) -> Queue:
    """Give the queue on an empty Valkey."""
    made = Queue(settings.redis)
    made.redis.flushall()
    return made


def test_what_the_workers_announce_is_listed_by_language(api: Api, queue: Queue) -> None:
    """Each model has its languages with their figures, and those that it was measured in and is not for."""
    queue.beat("scorer", 30, {"models": [CARD, SPAM]})

    answer = api.call("GET", "/v1/models")

    assert answer.status_code == 200
    toxicity, spam = answer.get_json()["models"]
    assert (toxicity["name"], toxicity["attributes"]) == (CARD["name"], CARD["attributes"])
    assert (toxicity["licence"], toxicity["version"], toxicity["base"]) == ("Apache-2.0", "1", "all-MiniLM-L6-v2")
    assert [(one["code"], len(one["measures"])) for one in toxicity["languages"]] == [("en", 1)]
    assert toxicity["languages"][0]["measures"][0] == {
        "measure": "AUC toxicity, Jigsaw", "value": 0.97, "unit": "", "low": 0.96, "high": 0.98, "rows": 1500,
    }  # fmt: skip
    assert [(one["code"], len(one["measures"])) for one in toxicity["other_languages"]] == [("de", 2)]
    assert toxicity["measures"][0]["rows"] == 3684
    assert "training_data" not in toxicity
    assert (spam["languages"], spam["other_languages"], spam["measures"]) == (None, [], [])


def test_a_language_without_figures_is_listed_all_the_same(api: Api, queue: Queue) -> None:
    """A model that was never measured, as one a site adds, still names its languages."""
    queue.beat("scorer", 30, {"models": [{**CARD, "languages": ["fr", "en"], "language_figures": []}]})

    (model,) = api.call("GET", "/v1/models").get_json()["models"]

    assert model["languages"] == [{"code": "en", "measures": []}, {"code": "fr", "measures": []}]


@pytest.mark.parametrize("says", [None, {}])
def test_without_a_worker_nobody_knows(api: Api, queue: Queue, says: dict[str, Any] | None) -> None:
    """Before a worker announces what it serves the answer is 503, with what to do."""
    if says is not None:
        queue.beat("scorer", 30, says)

    answer = api.call("GET", "/v1/models")

    assert (answer.status_code, answer.get_json()["code"]) == (503, "unavailable")
    assert "moderation worker" in answer.get_json()["detail"]
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize(
    ("scope", "status"),
    [(Scope.READ, 200), (Scope.SCORE, 200), (Scope.SUBMIT, 403), (Scope.DECIDE, 403), (Scope.MANAGE, 403)],
)
def test_a_key_that_may_read_or_score_sees_it(api: Api, queue: Queue, scope: Scope, status: int) -> None:
    """Either of two scopes is enough, and no other is."""
    queue.beat("scorer", 30, {"models": [CARD]})

    assert api.with_key("news", [scope]).call("GET", "/v1/models").status_code == status
