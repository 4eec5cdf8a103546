"""OpenAI's moderation endpoint over HTTP, with scores from a table."""

import json
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from moderation.policy_document import Policy, Threshold
from moderation.queue import Queue
from moderation.settings import Settings
from moderation.storage import sites
from tests.answering import CARDS, Answerer, answering, result
from tests.build import NOW
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import with_settings
from tests.whole.service import wait_until

PATH = "/v1/moderations"
CATEGORIES = {
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
    "self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors", "violence", "violence/graphic",
}  # fmt: skip
WITHOUT_MODEL = {
    "illicit", "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions", "sexual/minors",
    "violence/graphic",
}  # fmt: skip
FOUR = ["omni-moderation-latest", "omni-moderation-2024-09-26", "text-moderation-latest", "text-moderation-stable"]


def moderate(api: Api, given: Any, path: str = PATH, **fields: Any) -> TestResponse:
    """Ask for `input`."""
    return api.call("POST", path, json={"input": given, **fields})


def of_thread(api: Api, thread: str) -> list[dict[str, Any]]:
    """Return what is stored of a thread."""
    found: list[dict[str, Any]] = api.call("GET", f"/v1/comments?thread={thread}").get_json()["comments"]
    return found


def error_of(response: TestResponse) -> dict[str, Any]:
    """Return the error of a body, which has exactly OpenAI's four members."""
    document = response.get_json()
    assert set(document) == {"error"}
    error: dict[str, Any] = document["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]
    return error


def empty(settings: Settings) -> Queue:
    """Return the queue on an emptied Valkey."""
    queue = Queue(settings.redis)
    queue.redis.flushall()
    return queue


@pytest.mark.parametrize("path", [PATH, "/moderations"])
@pytest.mark.usefixtures("worker")
def test_a_text_has_one_result(api: Api, path: str) -> None:
    """All thirteen categories are in all three maps, and `flagged` says whether one is true."""
    document = moderate(api, "you idiot", path).get_json()

    assert document["id"].startswith("modr-")
    assert document["model"] == FOUR[0]
    (one,) = document["results"]
    for part in ("categories", "category_scores", "category_applied_input_types"):
        assert set(one[part]) == CATEGORIES
    assert {name for name, said in one["categories"].items() if said} == {"harassment"}
    assert all(isinstance(said, bool) for said in one["categories"].values())
    assert all(isinstance(score, float) and 0 <= score <= 1 for score in one["category_scores"].values())
    assert one["category_scores"]["harassment"] == 0.93
    assert one["flagged"] is True
    (fine,) = moderate(api, "thank you", path).get_json()["results"]
    assert (fine["flagged"], any(fine["categories"].values())) == (False, False)


@pytest.mark.usefixtures("worker")
def test_what_no_model_tells_is_marked(api: Api) -> None:
    """Such categories are false and 0.0 with no input type; the others say that a text was looked at."""
    (one,) = moderate(api, "you idiot").get_json()["results"]

    types = one["category_applied_input_types"]
    assert {name for name, applied in types.items() if applied == []} == WITHOUT_MODEL
    assert {name for name, applied in types.items() if applied == ["text"]} == CATEGORIES - WITHOUT_MODEL
    assert {one["category_scores"][name] for name in WITHOUT_MODEL} == {0.0}
    assert one["x_unknown"] == []
    assert one["x_scores"]["spam"] == 0.01


def test_categories_come_from_the_services_scores(api: Api, settings: Settings) -> None:
    """A threat against a group is both; what is sexual needs no word in the policy to be flagged."""
    told = result(threat=0.8, identity_attack=0.6, sexual_explicit=0.55, insult=0.2, toxicity=0.3)
    with answering(empty(settings), lambda _: told):
        (one,) = moderate(api, "hm").get_json()["results"]

    shown = {name: score for name, score in one["category_scores"].items() if score}
    assert shown == {
        "harassment": 0.3, "harassment/threatening": 0.8, "hate": 0.6, "hate/threatening": 0.6, "sexual": 0.55,
        "violence": 0.8,
    }  # fmt: skip
    assert {name for name, said in one["categories"].items() if said} == set(shown) - {"harassment"}


@pytest.mark.parametrize(
    ("threshold", "flagged"),
    [(Threshold(hold=0.95), False), (Threshold(hold=0.9), True), (Threshold(hold=0.95, reject=0.93), True),
     (Threshold(), False)],
)  # fmt: skip
@pytest.mark.usefixtures("worker")
def test_the_sites_thresholds_flag(api: Api, threshold: Threshold, flagged: bool) -> None:
    """What the site would hold or reject is flagged; what it switched off is not."""
    policy = Policy(thresholds={"toxicity": threshold, "insult": threshold})
    with api.database.write() as connection:
        sites.put_policy(connection, "news", policy, "test", NOW)

    assert moderate(api, "you idiot").get_json()["results"][0]["flagged"] is flagged


def test_a_list_has_a_result_for_each_text_in_order(api: Api, worker: Answerer) -> None:
    """Also for equal ones."""
    texts = ["you idiot", "thank you", "you idiot", *(f"text {number}" for number in range(200))]

    results = moderate(api, texts).get_json()["results"]

    assert [one["flagged"] for one in results] == [True, False, True, *[False] * 200]
    assert len(worker.texts) == 202


def test_the_parts_of_a_message_have_one_result(api: Api, worker: Answerer) -> None:
    """They are one text."""
    parts = [{"type": "text", "text": "thank you"}, {"type": "text", "text": "idiot"}]

    (one,) = moderate(api, parts).get_json()["results"]

    assert one["flagged"]
    assert worker.texts == ["thank you\nidiot"]


@pytest.mark.usefixtures("worker")
def test_an_image_is_refused_or_ignored(api: Api, settings: Settings) -> None:
    """As the setting says; a message of images alone has nothing that could be scored."""
    image = {"type": "image_url", "image_url": {"url": "https://news.example/a.png"}}
    message = [{"type": "text", "text": "you idiot"}, image]
    blind = with_settings(api, settings, openai_images="ignore")

    refused = moderate(api, message)

    assert (refused.status_code, error_of(refused)["code"]) == (400, "image_input_not_supported")
    assert error_of(refused)["param"] == "input"
    assert moderate(blind, message).get_json()["results"][0]["flagged"]
    assert error_of(moderate(blind, [image]))["param"] == "input"


@pytest.mark.parametrize("model", [None, *FOUR, "string", "gpt-x"])
@pytest.mark.usefixtures("worker")
def test_any_model_is_taken(api: Api, model: str | None) -> None:
    """Its name is repeated; what really scored stands beside it."""
    document = moderate(api, "hm", **({} if model is None else {"model": model})).get_json()

    assert document["model"] == (model or FOUR[0])
    assert document["x_models"] == {"toxicity": "table-1", "spam": "table-2"}


@pytest.mark.usefixtures("worker")
def test_a_language_that_the_model_does_not_know_is_marked(api: Api) -> None:
    """The format has no unknown: what is not known has no input type and stands in a list of our own."""
    (one,) = moderate(api, "du Dummkopf").get_json()["results"]

    assert one["flagged"] is False
    assert set(one["x_unknown"]) == CATEGORIES - WITHOUT_MODEL
    assert set(map(str, one["category_applied_input_types"].values())) == {"[]"}
    assert one["x_scores"]["toxicity"] is None


def test_a_category_needs_the_model_that_is_served(api: Api, settings: Settings) -> None:
    """A model without threats tells neither of those nor of both."""
    small = {**result(), "scores": {"toxicity": 0.1, "identity_attack": 0.2}}
    with answering(empty(settings), lambda _: small, [{**CARDS[0], "attributes": ["toxicity", "identity_attack"]}]):
        (one,) = moderate(api, "hm").get_json()["results"]

    applied = {name for name, types in one["category_applied_input_types"].items() if types}
    assert applied == {"harassment", "hate"}
    assert one["x_unknown"] == []


def test_models_are_listed_as_openai_does(api: Api, settings: Settings) -> None:
    """The four names, under both paths; ours stand beside them where the native API has that path."""
    empty(settings).beat("scorer", 60, {"models": list(CARDS)})

    for path in ("/models", "/v1/models"):
        document = api.call("GET", path).get_json()
        assert document["object"] == "list"
        assert [one["id"] for one in document["data"]] == FOUR
        assert {one["object"] for one in document["data"]} == {"model"}
    assert len(document["models"]) == 2


@pytest.mark.usefixtures("worker")
def test_other_headers_and_fields_change_nothing(api: Api) -> None:
    """What the SDK sends beside the request is ignored, the content type too."""
    sdk = {"OpenAI-Organization": "o", "OpenAI-Project": "p", "X-Stainless-Lang": "python"}
    body = json.dumps({"input": "you idiot", "user": "u", "unknown": {"a": 1}})

    response = api.call("POST", PATH, data=body, headers={**sdk, "Content-Type": "text/plain"})

    assert response.get_json()["results"] == moderate(api, "you idiot").get_json()["results"]


def test_nothing_of_a_text_is_left(
    api: Api, settings: Settings, worker: Answerer, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is in no table, no log and no queue afterwards; its scores are kept under a keyed hash."""
    assert moderate(api, ["you canary", "canaries"]).status_code == 200

    redis = Queue(settings.redis).redis
    assert "canar" not in str([(name, redis.dump(name)) for name in redis.scan_iter("*")])
    assert b"canar" not in Path(settings.data / "moderation.db").read_bytes()
    said = capfd.readouterr()
    assert "canar" not in said.out + said.err
    assert worker.texts == ["you canary", "canaries"]


@pytest.mark.usefixtures("worker")
def test_texts_are_taken_in_if_the_site_says_so(api: Api) -> None:
    """The answer is the same; each text is a comment on a thread of its own name, to be decided like any other."""
    moderate(api, ["One", "Two"])
    assert api.call("GET", "/v1/comments").get_json()["comments"] == []
    api.call("PUT", "/v1/policy", json={"dialects": {"take_in": ["openai"]}})

    assert len(moderate(api, ["One", "Two"]).get_json()["results"]) == 2

    kept = wait_until(lambda: of_thread(api, "openai"), seconds=30, what="the comments")
    assert sorted((one["text"], one["status"]) for one in kept) == [("One", "pending"), ("Two", "pending")]
