"""google-api-python-client, pointed at the service by its discovery address alone."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from googleapiclient import discovery
from googleapiclient.errors import HttpError
from httplib2 import Http

from tests.clients.calls import client_call
from tests.clients.conftest import PER_MINUTE
from tests.whole.service import Service

CLIENT = "google-api-python-client"
OSMOD_NAMES = (
    "TOXICITY SEVERE_TOXICITY IDENTITY_ATTACK INSULT PROFANITY THREAT SEXUALLY_EXPLICIT FLIRTATION ATTACK_ON_AUTHOR "
    "ATTACK_ON_COMMENTER INCOHERENT INFLAMMATORY LIKELY_TO_REJECT OBSCENE SPAM UNSUBSTANTIAL"
)


def build(service: Service, key: str, **options: Any) -> Any:
    """Return the client as Perspective's users build it."""
    return discovery.build(
        "commentanalyzer",
        "v1alpha1",
        developerKey=key,
        discoveryServiceUrl=f"{service.url}/$discovery/rest?version=v1alpha1",
        static_discovery=False,
        **options,
    )


@pytest.fixture
def client(service: Service, key: str) -> Iterator[Any]:
    """Give a client with the site's key."""
    with build(service, key) as built:
        yield built


def body(text: str, *attributes: str, **fields: Any) -> dict[str, Any]:
    """Return a request for attributes, TOXICITY if none is named."""
    return {
        "comment": {"text": text},
        "requestedAttributes": {one: {} for one in attributes or ("TOXICITY",)},
        **fields,
    }


def toxicity(answer: dict[str, Any]) -> float:
    """Return the summary score of an answer."""
    value: float = answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"]
    return value


@client_call(CLIENT, "discovery.build, comments().analyze")
def test_comments_are_scored(client: Any) -> None:
    """A rude comment has a high score and a friendly one a low score, each with a span over the whole text."""
    rude = client.comments().analyze(body=body("What a stupid idiot you are!", languages=["en"])).execute()
    friendly = client.comments().analyze(body=body("Thank you for the recipe!", languages=["en"])).execute()

    assert toxicity(rude) > 0.7
    assert toxicity(friendly) < 0.2
    assert rude["attributeScores"]["TOXICITY"]["spanScores"][0]["end"] == 28
    assert rude["languages"] == ["en"]


@client_call(CLIENT, "comments().analyze with spanAnnotations")
def test_sentences_have_spans_in_utf16(client: Any) -> None:
    """Each sentence has its own score; its place is counted in UTF-16, with emoji before and inside it."""
    first, second = "Great 👍 article, thank you!", "But you 😡 are a stupid idiot."
    text = f"👋 {first} {second}"

    answer = client.comments().analyze(body=body(text, spanAnnotations=True)).execute()

    units = text.encode("utf-16-le")
    spans = answer["attributeScores"]["TOXICITY"]["spanScores"]
    pieces = [units[2 * span["begin"] : 2 * span["end"]].decode("utf-16-le") for span in spans]
    assert pieces == [f"👋 {first}", second]
    assert [round(span["score"]["value"]) for span in spans] == [0, 1]


@client_call(CLIENT, "comments().analyze with OSMOD's sixteen attributes")
def test_sixteen_attributes_in_one_request(client: Any) -> None:
    """What a model tells is answered, each with a summary and spans; what none tells is left out."""
    context = {"entries": [{"text": "An article about the harbour."}, {"text": "The comment that this one answers."}]}
    asked = body("You idiot.", *OSMOD_NAMES.split(), context=context, languages=["en"], clientToken="17")

    answer = client.comments().analyze(body={**asked, "spanAnnotations": True}).execute()

    assert answer["clientToken"] == "17"
    assert len(answer["attributeScores"]) == 9
    for scores in answer["attributeScores"].values():
        assert 0 <= scores["summaryScore"]["value"] <= 1
        assert all({"begin", "end", "score"} <= set(span) for span in scores["spanScores"])


@client_call(CLIENT, "comments().analyze of 20,480 bytes")
def test_the_longest_comment_is_scored(client: Any) -> None:
    """One byte more is refused with Perspective's own error."""
    sentence = "The committee met on Tuesday about the harbour road. "
    longest = (sentence * 400)[:20_480]

    assert toxicity(client.comments().analyze(body=body(longest)).execute()) < 0.3
    with pytest.raises(HttpError) as refused:
        client.comments().analyze(body=body(longest + "!")).execute()
    assert refused.value.reason == "Comment text too long."
    assert refused.value.error_details[0]["errorType"] == "COMMENT_TOO_LONG"


@client_call(CLIENT, "comments().suggestscore")
def test_a_suggestion_is_taken(client: Any) -> None:
    """The answer repeats the token and the languages."""
    scores = {"TOXICITY": {"summaryScore": {"value": 1}}}
    suggestion = {"comment": {"text": "You idiot."}, "attributeScores": scores, "languages": ["en"], "clientToken": "c"}

    answer = client.comments().suggestscore(body=suggestion).execute()

    assert (answer["clientToken"], answer["requestedLanguages"]) == ("c", ["en"])


@client_call(CLIENT, "HttpError")
def test_errors_are_what_the_library_reads(client: Any) -> None:
    """Status, reason and details come out of the library as they did with Perspective."""
    with pytest.raises(HttpError) as empty:
        client.comments().analyze(body=body(" ")).execute()
    with pytest.raises(HttpError) as foreign:
        client.comments().analyze(body=body("Du bist wirklich das dümmste Schwein im ganzen Land.")).execute()

    assert (empty.value.status_code, empty.value.reason) == (400, "Comment must be non-empty.")
    assert "does not support request languages: de" in foreign.value.reason
    assert foreign.value.error_details[0]["languageNotSupportedByAttributeError"] == {
        "detectedLanguages": ["de"],
        "attribute": "TOXICITY",
    }


@client_call(CLIENT, "a wrong key")
def test_a_wrong_key_is_told(service: Service) -> None:
    """Building the client with one fails with the sentence that programs look for."""
    with closing(Http()) as http, pytest.raises(HttpError) as refused:
        build(service, "AIzaSyWrong", http=http)

    assert refused.value.status_code == 400
    assert b"API key not valid. Please pass a valid API key." in refused.value.content


@client_call(CLIENT, "new_batch_http_request of 1,000")
def test_a_thousand_comments_are_one_batch(client: Any) -> None:
    """Every answer comes to its own id, and one bad part fails alone."""
    found: dict[str, Any] = {}
    batch = client.new_batch_http_request(callback=lambda one, answer, error: found.update({one: error or answer}))
    for number in range(999):
        text = "You stupid idiot" if number % 100 == 0 else "Thank you, lovely reader"
        batch.add(client.comments().analyze(body=body(f"{text} {number}")), request_id=str(number))
    batch.add(client.comments().analyze(body=body("")), request_id="empty")

    batch.execute()

    assert len(found) == 1000
    error = found.pop("empty")
    assert (error.status_code, error.reason) == (400, "Comment must be non-empty.")
    for one, answer in found.items():
        assert (toxicity(answer) > 0.5) is (int(one) % 100 == 0), one


@client_call(CLIENT, "new_batch_http_request with comments as ids")
def test_whole_comments_are_ids(client: Any) -> None:
    """As HELM does: an id is the comment itself, up to 20,480 bytes of any letters."""
    found: dict[str, Any] = {}
    batch = client.new_batch_http_request(callback=lambda one, answer, error: found.update({one: error or answer}))
    texts = [("You stupid idiot 😡 + <é>! " * 800)[:6_000], "Thank you 👍", "x = 1 + 2\nand 'so' \"on\"; 50 % & more"]
    texts = [text.encode()[:20_480].decode(errors="ignore") for text in texts]
    for text in texts:
        batch.add(client.comments().analyze(body=body(text, languages=["en"])), request_id=text)

    batch.execute()

    assert set(found) == set(texts)
    assert toxicity(found[texts[0]]) > 0.5
    assert toxicity(found[texts[1]]) < 0.3


@client_call(CLIENT, "execute(num_retries=…) over the quota")
def test_retries_succeed_after_the_quota(service: Service) -> None:
    """Without retries the library raises 429 with the reason that programs look for; with them it succeeds."""
    with build(service, service.add_site("busy")) as client:
        for _ in range(2):
            batch = client.new_batch_http_request(callback=lambda *_: None)
            for _ in range(PER_MINUTE // 2):
                batch.add(client.comments().analyze(body=body("Thank you")))
            batch.execute()

        def spend_the_rest() -> None:
            for _ in range(PER_MINUTE):
                client.comments().analyze(body=body("Thank you")).execute()

        with pytest.raises(HttpError) as caught:
            spend_the_rest()

        assert caught.value.status_code == 429
        assert caught.value.error_details[0]["reason"] == "RATE_LIMIT_EXCEEDED"
        assert toxicity(client.comments().analyze(body=body("Thank you")).execute(num_retries=6)) < 0.3


@client_call(CLIENT, "comments().analyze with doNotStore")
def test_nothing_of_a_comment_is_left(service: Service, client: Any) -> None:
    """Neither a file of the service nor its log has the text afterwards."""
    client.comments().analyze(body=body("Quetzalcoatl is a canary", doNotStore=True)).execute()

    files = [path for path in service.data.rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in [*files, service.log] if b"Quetzalcoatl" in path.read_bytes()] == []
