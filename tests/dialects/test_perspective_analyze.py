"""What comments:analyze takes and answers, with scores from a table."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from moderation.queue import Queue
from moderation.settings import Settings
from tests.answering import CARDS, Answerer, answering
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import ask, error_of, with_settings

TYPE = "type.googleapis.com/google.commentanalyzer.v1alpha1.Error"
OSMOD_NAMES = (
    "TOXICITY SEVERE_TOXICITY IDENTITY_ATTACK INSULT PROFANITY THREAT SEXUALLY_EXPLICIT FLIRTATION ATTACK_ON_AUTHOR "
    "ATTACK_ON_COMMENTER INCOHERENT INFLAMMATORY LIKELY_TO_REJECT OBSCENE SPAM UNSUBSTANTIAL"
)
OSMOD = OSMOD_NAMES.split()
"""What Jigsaw's own moderation tool asks for in one request."""


def analyze(api: Api, text: str = "you idiot", *attributes: str, **fields: Any) -> TestResponse:
    """Ask for attributes, TOXICITY if none is named."""
    wanted: dict[str, Any] = {name: {} for name in attributes or ("TOXICITY",)}
    return ask(api, {"comment": {"text": text}, "requestedAttributes": wanted, **fields})


def kind_of(response: TestResponse) -> tuple[str, str]:
    """Return what an error's program and its reader see."""
    error = error_of(response)
    assert error["status"] == "INVALID_ARGUMENT"
    (details,) = error["details"]
    assert details["@type"] == TYPE
    return details["errorType"], error["message"]


@pytest.mark.usefixtures("worker")
def test_a_comment_is_scored(api: Api) -> None:
    """The answer has a summary, a span over the whole text, and the language; no token where none was sent."""
    score = {"value": 0.93, "type": "PROBABILITY"}
    both = {"summaryScore": score, "spanScores": [{"begin": 0, "end": 9, "score": score}]}

    assert analyze(api).get_json() == {
        "attributeScores": {"TOXICITY": both},
        "languages": ["en"],
        "detectedLanguages": ["en"],
    }


@pytest.mark.parametrize("content_type", [None, "application/json", "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize(
    "body",
    [
        '{"comment": {"text": "you idiot"}, "languages": ["en"], "requestedAttributes": {"TOXICITY": {}}}',
        '{comment: {text: "you idiot"}, languages: ["en"], requestedAttributes: {TOXICITY:{}} }',
        "{'comment': {'text': 'you idiot',}, languages: ['en'], 'requested_attributes': {TOXICITY: {},},}",
        """{"comment": {"text": "you idiot", "type": null}, "context": null, "unknown": [1], "client_token": null,
        "requested_attributes": {"TOXICITY": {"score_threshold": null, "scoreType": null}}}""",
    ],
)
@pytest.mark.usefixtures("worker")
def test_a_body_is_read_leniently(api: Api, body: str, content_type: str | None) -> None:
    """Whatever its content type, with names unquoted or in snake_case, with nulls and unknown fields."""
    response = ask(api, body, content_type=content_type)

    assert response.status_code == 200
    assert response.get_json()["attributeScores"]["TOXICITY"]["summaryScore"]["value"] == 0.93


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"1", b'"x"', b"null", b"\xff", b'{"comment": {"text": NaN}}', b"[" * 5000, b'{"comment": "x"}',
     b'{"comment": {"text": 5}}', b'{"comment": {"text": "\\ud800"}}', b'{"languages": "en"}',
     b'{"comment": {"text": "canary"}, "requestedAttributes": ["TOXICITY"]}',
     b'{"comment": {"text": "canary"}, "requestedAttributes": {"TOXICITY": {"scoreThreshold": "canary"}}}',
     json.dumps({"languages": ["en"] * 51}).encode()],
)  # fmt: skip
def test_a_body_that_cannot_be_read_is_refused(api: Api, body: bytes) -> None:
    """What is no request is an invalid argument, and the message does not repeat it."""
    response = ask(api, body)

    assert response.status_code == 400
    assert error_of(response)["status"] == "INVALID_ARGUMENT"
    assert b"canary" not in response.data


@pytest.mark.usefixtures("worker")
def test_spans_are_sentences_in_utf16(api: Api) -> None:
    """With `spanAnnotations` each sentence has its own score, found by UTF-16 positions; the token is echoed."""
    first, second = "A 👍 for you!", "But 😡 you idiot 😡."
    text = f" {first} {second} "

    found = analyze(api, text, "TOXICITY", "SPAM", spanAnnotations=True, clientToken="t-1").get_json()

    units = text.encode("utf-16-le")
    assert found["clientToken"] == "t-1"
    for name, scores in (("TOXICITY", [0.02, 0.93]), ("SPAM", [0.01, 0.01])):
        spans = found["attributeScores"][name]["spanScores"]
        pieces = [units[2 * span["begin"] : 2 * span["end"]].decode("utf-16-le") for span in spans]
        assert pieces == [first, second]
        assert [span["score"]["value"] for span in spans] == scores


@pytest.mark.usefixtures("worker")
def test_without_annotations_one_span_covers_all(api: Api) -> None:
    """Also a text that does not begin with a letter, in UTF-16."""
    text = " 😡 you idiot. Thank you "
    (span,) = analyze(api, text).get_json()["attributeScores"]["TOXICITY"]["spanScores"]

    assert (span["begin"], span["end"]) == (0, len(text) + 1)


@pytest.mark.usefixtures("worker")
def test_html_is_stripped_and_spans_count_the_original(api: Api, worker: Answerer) -> None:
    """Markup and entities are not scored; positions are those of what the client sent."""
    text = "<p>Fish &amp; <b>chips</b>.</p><p>you idiot</p><script>canary</script>"
    comment = {"text": text, "type": "HTML"}

    found = ask(api, {"comment": comment, "requestedAttributes": {"TOXICITY": {}}, "spanAnnotations": True}).get_json()

    spans = found["attributeScores"]["TOXICITY"]["spanScores"]
    assert [text[span["begin"] : span["end"]] for span in spans] == ["Fish &amp; <b>chips</b>.", "you idiot"]
    assert "Fish & chips." in worker.texts
    assert "canary" not in str(worker.texts)


@pytest.mark.usefixtures("worker")
def test_what_is_below_its_threshold_is_not_told(api: Api) -> None:
    """Neither as a summary nor as a span; an attribute that is above shows only the spans that are."""
    wanted = {"TOXICITY": {"scoreThreshold": 0.5}, "SPAM": {"scoreThreshold": 0.5, "scoreType": "PROBABILITY"}}
    body = {"comment": {"text": "Thank you. An idiot."}, "requestedAttributes": wanted, "spanAnnotations": True}
    scores = ask(api, body).get_json()["attributeScores"]

    assert [span["begin"] for span in scores["TOXICITY"]["spanScores"]] == [11]
    assert scores["SPAM"] == {}


@pytest.mark.usefixtures("worker")
def test_attributes_are_called_as_the_client_calls_them(api: Api) -> None:
    """With their version, in both forms, and with the same score."""
    names = ["TOXICITY@6", "TOXICITY", "TOXICITY_EXPERIMENTAL", "INSULT_EXPERIMENTAL@1"]

    scores = analyze(api, "you idiot", *names).get_json()["attributeScores"]

    assert {name: one["summaryScore"]["value"] for name, one in scores.items()} == dict.fromkeys(names, 0.93)


@pytest.mark.usefixtures("worker")
def test_sixteen_attributes_do_not_fail_for_one(api: Api) -> None:
    """OSMOD's request is answered with all that a model tells; each has a summary and spans with both ends."""
    fields = {"context": {"entries": [{"text": "An article"}]}, "clientToken": "9", "spanAnnotations": True}

    response = analyze(api, "you idiot", *OSMOD, languages=["en"], **fields)

    assert response.status_code == 200
    scores = response.get_json()["attributeScores"]
    assert set(scores) == {*OSMOD[:7], "OBSCENE", "SPAM"}
    assert all(one["summaryScore"] and "begin" in one["spanScores"][0] for one in scores.values())
    assert all("end" in one["spanScores"][0] for one in scores.values())


@pytest.mark.usefixtures("worker")
def test_what_no_model_tells_is_refused_where_it_should_be(api: Api, settings: Settings) -> None:
    """In `strict` it refuses the request; in `skip` only if nothing else was asked for; a made-up name always."""
    strict = with_settings(api, settings, perspective_unavailable="strict")
    refusal = ("INVALID_REQUEST", "Unknown requested attribute: FLIRTATION")

    assert kind_of(analyze(strict, "hi", "TOXICITY", "FLIRTATION")) == refusal
    assert kind_of(analyze(api, "hi", "FLIRTATION")) == refusal
    assert set(analyze(api, "hi", "TOXICITY", "FLIRTATION").get_json()["attributeScores"]) == {"TOXICITY"}
    made_up = ("INVALID_REQUEST", "Unknown requested attribute: NONSENSE")
    assert kind_of(analyze(api, "hi", "TOXICITY", "NONSENSE")) == made_up


def test_an_attribute_that_the_served_model_lacks_is_not_available(api: Api, settings: Settings) -> None:
    """What the workers announce decides, not what another model could tell."""
    queue = Queue(settings.redis)
    queue.redis.flushall()
    with answering(queue, cards=[{**CARDS[0], "attributes": ["toxicity"]}]):
        scores = analyze(api, "hi", "TOXICITY", "THREAT", "SPAM").get_json()["attributeScores"]

    assert set(scores) == {"TOXICITY"}


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u2060", None])
def test_an_empty_comment_is_refused(api: Api, worker: Answerer, text: str | None) -> None:
    """White space and invisible characters are no comment; the error is exactly Perspective's."""
    response = analyze(api, text)  # type: ignore[arg-type]

    assert response.get_json() == {
        "error": {
            "code": 400,
            "message": "Comment must be non-empty.",
            "status": "INVALID_ARGUMENT",
            "details": [{"@type": TYPE, "errorType": "COMMENT_EMPTY"}],
        }
    }
    assert worker.texts == []


@pytest.mark.usefixtures("worker")
def test_how_long_a_comment_may_be_is_counted_in_bytes(api: Api, settings: Settings) -> None:
    """20,480 bytes of UTF-8 are always taken, more if the setting says so."""
    assert analyze(api, "é" * 10_240).status_code == 200
    assert kind_of(analyze(api, "é" * 10_240 + "x")) == ("COMMENT_TOO_LONG", "Comment text too long.")
    generous = with_settings(api, settings, perspective_max_bytes=100_000)
    assert analyze(generous, "é" * 50_000).status_code == 200


@pytest.mark.parametrize(
    ("fields", "kind", "message"),
    [
        ({"requestedAttributes": {}}, "NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes"),
        ({"requestedAttributes": None}, "NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes"),
        ({"requestedAttributes": {"TOXICITY": {"scoreType": "STD_DEV_SCORE"}}}, "INVALID_REQUEST",
         "Requested score type STD_DEV_SCORE is not supported by attribute TOXICITY"),
        ({"comment": {"text": "hi", "type": "MARKDOWN"}}, "INVALID_REQUEST", "Unknown text type"),
        ({"context": {"entries": [{"text": "a"}], "articleAndParentComment": {"article": {"text": "b"}}}},
         "INVALID_REQUEST",
         "Context can have either entries or article_and_parent_comment, but both fields were populated."),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("worker")
def test_wrong_requests_have_perspectives_messages(api: Api, fields: dict[str, Any], kind: str, message: str) -> None:
    """Clients go by the error type, or by the words."""
    assert kind_of(analyze(api, "hi", **fields)) == (kind, message)
