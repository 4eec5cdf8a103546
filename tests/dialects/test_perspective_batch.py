"""Perspective's batches: several calls in the parts of one body."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from email.parser import BytesParser
from typing import Any
from urllib.parse import quote, unquote

import pytest
from werkzeug.test import TestResponse

from moderation.dialects.perspective_batch import read
from moderation.dialects.perspective_errors import PerspectiveError
from moderation.queue import Queue
from moderation.settings import Settings
from tests.answering import CARDS, Answerer
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import BODY, SUGGESTION, error_of, with_settings
from tests.proofs import Line, proves
from tests.timing import assert_linear

ANALYZE, SUGGEST = "/v1alpha1/comments:analyze", "/v1alpha1/comments:suggestscore"


def part(api: Api, number: str, body: Any = BODY, target: str = ANALYZE, newline: str = "\r\n") -> str:
    """Return a part as google-api-python-client writes it, its content length in characters."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    lines = [
        "Content-Type: application/http", "MIME-Version: 1.0", "Content-Transfer-Encoding: binary",
        f"Content-ID: <6b7c-x +\r\n {quote(number)}>", "",
        f"POST {target}?key={api.key}&alt=json HTTP/1.1", "content-type: application/json",
        f"content-length: {len(text)}", "", text,
    ]  # fmt: skip
    return newline.join(lines)


def send(api: Api, parts: Sequence[str], path: str = "/batch") -> TestResponse:
    """Post a batch."""
    body = "".join(f"--b=1\r\n{one}\r\n" for one in parts) + "--b=1--\r\n"
    return api.client.post(path, data=body.encode(), content_type='multipart/mixed; boundary="b=1"')


def answers(response: TestResponse) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return each part's status line and body by its id, read as google-api-python-client reads them."""
    assert response.status_code == 200
    head = f"Content-Type: {response.headers['Content-Type']}\r\n\r\n".encode()
    found = {}
    parts: Any = BytesParser().parsebytes(head + response.data).get_payload()
    for one in parts:
        assert one["Content-Type"] == "application/http"
        raw = one["Content-ID"]
        assert raw[0] == "<"
        assert raw[-1] == ">"
        assert "\n" not in raw
        _, number = raw[1:-1].split(" + ", 1)
        status, rest = one.get_payload(decode=True).split(b"\r\n", 1)
        _, body = rest.split(b"\r\n\r\n", 1)
        found[unquote(number)] = (status.decode(), json.loads(body))
    return found


@pytest.mark.usefixtures("worker")
def test_every_call_is_answered_under_its_own_id(api: Api) -> None:
    """An id may be a whole comment; a bad part fails alone."""
    comment = "Ärger + 😡 <you> idiot " * 400
    parts = [
        part(api, "1"),
        part(api, comment, {**BODY, "comment": {"text": "thank you"}}, newline="\n"),
        part(api, "empty", {**BODY, "comment": {"text": " "}}),
        part(api, "suggest", SUGGESTION, SUGGEST),
        part(api, "nothing", BODY, "/v1/comments"),
        part(api, "umlaut", '{comment: {text: "Grüße 😡 idiot"}, requestedAttributes: {TOXICITY: {}}}'),
    ]

    found = answers(send(api, parts))

    assert {number: status for number, (status, _) in found.items()} == {
        "1": "HTTP/1.1 200 OK",
        comment: "HTTP/1.1 200 OK",
        "empty": "HTTP/1.1 400 Bad Request",
        "suggest": "HTTP/1.1 200 OK",
        "nothing": "HTTP/1.1 404 Not Found",
        "umlaut": "HTTP/1.1 200 OK",
    }
    values = [found[one][1]["attributeScores"]["TOXICITY"]["summaryScore"]["value"] for one in ("1", comment, "umlaut")]
    assert values == [0.93, 0.02, 0.93]
    assert found["umlaut"][1]["attributeScores"]["TOXICITY"]["spanScores"][0]["end"] == 14
    assert found["empty"][1]["error"]["message"] == "Comment must be non-empty."
    assert found["suggest"][1]["clientToken"] == "comment:c-1"


@pytest.mark.usefixtures("worker")
def test_a_wrong_key_fails_its_part_alone(api: Api) -> None:
    """It is 400: a part with 401 would be sent again by the client."""
    wrong = Api(api.client, "AIzaSyWrong", api.database)

    found = answers(send(api, [part(api, "good"), part(wrong, "bad")], "/batch/commentanalyzer/v1alpha1"))

    assert found["good"][0] == "HTTP/1.1 200 OK"
    assert found["bad"][0] == "HTTP/1.1 400 Bad Request"
    assert found["bad"][1]["error"]["details"][0]["reason"] == "API_KEY_INVALID"


def test_a_thousand_calls_are_one_batch(api: Api, worker: Answerer) -> None:
    """All are scored in asks that let others go first; one more is refused."""
    texts = [f"Comment number {number}" for number in range(1000)]
    parts = [part(api, text, {**BODY, "comment": {"text": text}}) for text in texts]

    found = answers(send(api, parts))

    assert list(found) == texts
    assert {status for status, _ in found.values()} == {"HTTP/1.1 200 OK"}
    assert all(ask.patient for ask in worker.taken)
    assert error_of(send(api, [*parts, parts[0]]))["code"] == 400


def test_what_is_not_scored_in_time_fails_by_itself(api: Api, settings: Settings) -> None:
    """The batch is answered at its deadline: 503 for each part that has no scores."""
    queue = Queue(settings.redis)
    queue.redis.flushall()
    queue.beat("scorer", 60, {"models": list(CARDS)})
    quick = with_settings(api, settings, perspective_batch_seconds=0.1)

    found = answers(send(quick, [part(api, "1"), part(api, "2", SUGGESTION, SUGGEST)]))

    assert found["1"][0] == "HTTP/1.1 503 Service Unavailable"
    assert found["2"][0] == "HTTP/1.1 200 OK"


@pytest.mark.usefixtures("worker")
def test_a_quota_counts_the_calls_of_a_batch(api: Api, settings: Settings) -> None:
    """What is beyond it is refused part by part."""
    limited = with_settings(api, settings, perspective_per_minute=2)

    found = answers(send(limited, [part(api, str(number)) for number in range(4)]))

    assert (
        sorted(status for status, _ in found.values())
        == ["HTTP/1.1 200 OK"] * 2 + ["HTTP/1.1 429 Too Many Requests"] * 2
    )


@pytest.mark.parametrize("content_type", ["application/json", "multipart/mixed", "", "multipart/mixed; boundary=other"])
def test_what_is_no_batch_is_refused(api: Api, content_type: str) -> None:
    """In Google's shape."""
    assert error_of(api.client.post("/batch", data=b"--b\r\n\r\nx", content_type=content_type))["code"] == 400


@pytest.mark.parametrize(
    "inner",
    ["", "GET", "POST", f"GET {ANALYZE} HTTP/1.1", "POST nowhere HTTP/1.1", "\x00", "POST //[ HTTP/1.1",
     f"POST {ANALYZE}?{'&'.join(f'a{number}=1' for number in range(60))} HTTP/1.1"],
)  # fmt: skip
def test_a_part_that_is_no_call_fails_alone(api: Api, inner: str) -> None:
    """Whatever is in it, it is answered."""
    head = "Content-Type: application/http\r\nContent-ID: <a + 1>\r\n\r\n"

    found = answers(send(api, [head + inner]))

    assert re.fullmatch(r"HTTP/1.1 40[34] \w+( \w+)?", found["1"][0])


@proves(Line.INPUT)
@pytest.mark.parametrize(
    "piece", ["--b\r\n", "--b\r\n\r\n", "\n--b", "--b--\r\n", "\r\n", "--", " ", "< + ", "--b\r\nContent-ID: <a + "]
)
def test_reading_a_batch_takes_linear_time(piece: str) -> None:
    """Whatever is repeated, also parts by the million."""

    def parts_of(body: bytes) -> None:
        with suppress(PerspectiveError):
            read('multipart/mixed; boundary="b"', body)

    assert_linear(parts_of, lambda text: f"--b\r\n{text}".encode(), piece * (2_000_000 // len(piece)))
