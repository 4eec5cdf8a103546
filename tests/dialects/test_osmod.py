"""OSMOD's assistant protocol, with scores from a table; the numbers are those of the contract's checklist."""

import json
import re
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import pytest
from werkzeug.test import TestResponse

from moderation.dialects.osmod import scores_of
from moderation.model import ATTRIBUTES, Scored, ScoredSpan
from moderation.settings import Settings
from moderation.storage import endpoints
from tests.build import make_parts
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import with_settings
from tests.workers.endpoint import Endpoint, says, serving
from tests.workers.fakes import make_process
from tests.workers.office import Office

PATH = "/api/score-comment"
COMMENT = {"plainText": "you idiot", "commentId": 7}


def ask(api: Api, body: Mapping[str, Any], key: str | None = None) -> TestResponse:
    """Call with the bare key."""
    return api.client.post(PATH, json=body, headers={"Authorization": api.key if key is None else key})


@pytest.mark.usefixtures("worker")
def test_10_scores_are_in_the_answer(api: Api) -> None:
    """Without the sums, unless they are asked for: then both have the same names."""
    plain = ask(api, {"sync": True, "comment": {"plainText": "you idiot"}})
    both = ask(api, {"sync": True, "comment": COMMENT, "includeSummaryScores": True, "article": {"articleId": "a"}})

    assert (plain.status_code, set(plain.get_json())) == (200, {"scores"})
    document = both.get_json()
    assert set(document) == {"scores", "summaryScores"}
    assert set(document["scores"]) == set(document["summaryScores"])
    assert all(re.fullmatch(r"[A-Z_]+", name) for name in document["scores"])
    assert document["summaryScores"]["ATTACK_ON_COMMENTER"] == 0.93
    assert document["scores"]["ATTACK_ON_COMMENTER"] == [{"score": 0.93, "begin": 0, "end": 9}]


@pytest.mark.usefixtures("worker")
def test_11_spans_count_utf16(api: Api) -> None:
    """An emoji is two units, and the end is not included."""
    document = ask(api, {"sync": True, "comment": {"plainText": "😡 you idiot"}}).get_json()

    assert document["scores"]["TOXICITY"][0]["end"] == 12


def test_11_what_raised_a_score_has_a_span() -> None:
    """After the span of the whole; a score that is unknown is left out."""
    scored = Scored(
        {**dict.fromkeys(ATTRIBUTES), "toxicity": 0.9}, spans=(ScoredSpan("toxicity", 6, 11, 0.8),)
    )  # fmt: skip

    assert scores_of(scored, "😡 you idiot")["scores"] == {
        name: [{"score": 0.9, "begin": 0, "end": 12}, {"score": 0.8, "begin": 7, "end": 12}]
        for name in ("INFLAMMATORY", "TOXICITY")
    }


@pytest.mark.usefixtures("worker")
def test_12_scores_are_posted_to_the_callback(api: Api, settings: Settings) -> None:
    """With the sums, after a try that failed, and through no endpoint that the site can see."""
    answers = iter([says("HTTP/1.1 500 Oops\n\nno"), says("HTTP/1.1 200 OK\n\nok")])

    def fails_at_first(connection: socket.socket, endpoint: Endpoint) -> None:
        next(answers)(connection, endpoint)

    allowed = with_settings(api, settings, webhook_http=True, webhook_networks="127.0.0.0/8")
    here = make_process(make_parts(api.database, settings.redis), settings.data, webhook_timeout_seconds=5)
    with ExitStack() as stack:
        server = stack.enter_context(serving(fails_at_first))
        office = Office(here, stack)
        body = {"comment": COMMENT, "links": {"callback": server.url("/assistant/scores/7")}}
        assert ask(allowed, body).status_code == 202

        office.deliver(1)
        office.make_due()
        office.deliver(2)

        first, again = (json.loads(one.body) for one in server.requests)
        assert [one.line for one in server.requests] == ["POST /assistant/scores/7 HTTP/1.1"] * 2
        assert office.courier.stop(10)
    assert first == again
    assert set(first) == {"scores", "summaryScores"}
    assert first["summaryScores"]["TOXICITY"] == 0.93
    assert "idiot" not in str(first)
    with api.database.read() as connection:
        assert endpoints.list_endpoints(connection, "news") == []


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("url", ["http://127.0.0.1/x", "https://169.254.169.254/", "nonsense", None])
def test_12_a_callback_that_may_not_be_called_is_refused(api: Api, url: str | None) -> None:
    """The address comes from a client; without one there is nobody to tell."""
    response = ask(api, {"comment": COMMENT, "links": {"callback": url}})

    assert response.status_code in {400, 422}
    assert response.get_json()["error"]


@pytest.mark.parametrize("key", ["", "nonsense", "mod_aaaaaaaa_bbbb"])
def test_13_a_wrong_key_is_refused(api: Api, key: str) -> None:
    """Bare, without a word before it."""
    assert ask(api, {"sync": True, "comment": COMMENT}, key).status_code == 401


@pytest.mark.parametrize("body", [{}, {"comment": {}}, {"comment": {"plainText": ""}}, {"comment": {"plainText": 7}}])
def test_what_is_no_request_is_refused(api: Api, body: dict[str, Any]) -> None:
    """With `error`, as the protocol has it."""
    response = ask(api, {"sync": True, **body})

    assert (response.status_code, bool(response.get_json()["error"])) == (400, True)


@pytest.mark.usefixtures("worker")
def test_18_over_the_limit_is_too_many_requests(api: Api, settings: Settings) -> None:
    """With when to come again."""
    limited = with_settings(api, settings, osmod_per_minute=1)
    body = {"sync": True, "comment": COMMENT}
    ask(limited, body)

    refused = ask(limited, body)

    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
