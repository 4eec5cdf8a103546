"""What OpenAI's moderation endpoint refuses, in OpenAI's shape."""

from typing import Any

import pytest

from moderation.model import ATTRIBUTES, Scope
from moderation.settings import Settings
from tests.answering import CARDS, answering, result
from tests.dialects.conftest import Api
from tests.dialects.test_openai import PATH, empty, error_of, moderate
from tests.dialects.test_perspective import with_settings


@pytest.mark.parametrize("given", [None, [], {}, 5, [5], [["a"]], ["a", {"type": "text", "text": "b"}],
                                   [{"type": "text"}], [{"type": "audio"}], ["x"] * 257])  # fmt: skip
def test_wrong_input_is_named(api: Api, given: Any) -> None:
    """What is no text, or too many, is a bad request about `input`."""
    response = moderate(api, given)

    assert response.status_code == 400
    assert (error_of(response)["type"], error_of(response)["param"]) == ("invalid_request_error", "input")


def test_a_text_that_is_too_long_says_how_long_it_may_be(api: Api) -> None:
    """With the limit, the length and where it stands."""
    error = error_of(moderate(api, ["hm", "x" * 32_769]))

    assert (error["param"], error["code"]) == ("input", "string_above_max_length")
    assert "'input[1]'" in error["message"]
    assert "32768" in error["message"]
    assert "32769" in error["message"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b"[" * 5000, b'{"input": "\\ud800"}', b'{"input": "canary", "model": 5}']
)
def test_a_body_that_cannot_be_read_is_refused(api: Api, body: bytes) -> None:
    """In OpenAI's shape, without repeating it."""
    response = api.call("POST", PATH, data=body)

    assert response.status_code == 400
    assert error_of(response)["type"] == "invalid_request_error"
    assert b"canary" not in response.data


def test_keys_are_refused_in_openais_shape(api: Api) -> None:
    """401 for a wrong key and none, 403 for one that may not ask for scores."""
    wrong = Api(api.client, "sk-wrong", api.database)

    for response in (moderate(wrong, "hm"), api.client.post(PATH, json={"input": "hm"}), wrong.call("GET", "/models")):
        assert response.status_code == 401
        assert (error_of(response)["type"], error_of(response)["code"]) == ("invalid_request_error", "invalid_api_key")
    assert error_of(moderate(api.with_key("news", [Scope.READ]), "hm"))["code"] == "missing_scope"


@pytest.mark.usefixtures("worker")
def test_over_the_quota_is_too_many_requests(api: Api, settings: Settings) -> None:
    """Each text of a list counts; the answer says when to come again."""
    limited = with_settings(api, settings, openai_per_minute=3)
    assert moderate(limited, ["a", "b", "c"]).status_code == 200

    refused = moderate(limited, "d")

    assert (refused.status_code, error_of(refused)["code"]) == (429, "rate_limit_exceeded")
    assert 0 < int(refused.headers["Retry-After"]) <= 20


def test_late_or_failed_is_unavailable_never_zero(api: Api, settings: Settings) -> None:
    """Without a worker, in time; and where a worker has no scores although it knows the language."""
    queue = empty(settings)
    assert moderate(api, "hm").status_code == 503
    queue.beat("scorer", 60, {"models": list(CARDS)})
    late = moderate(with_settings(api, settings, openai_timeout_seconds=0.1), "hm")
    unscored = {**result(), "scores": dict.fromkeys(ATTRIBUTES)}
    with answering(queue, lambda text: unscored if "canary" in text else None):
        failed, nothing = moderate(api, ["a canary"]), moderate(api, ["hm"])

    for response in (late, failed, nothing):
        assert response.status_code == 503
        assert error_of(response)["type"] == "server_error"
        assert int(response.headers["Retry-After"]) > 0


def test_a_body_that_is_too_large_is_refused_in_openais_shape(api: Api, settings: Settings) -> None:
    """The bound is that of large bodies."""
    small = with_settings(api, settings, max_batch_bytes=10_000)

    assert moderate(small, "x" * 10_000).status_code == 413
    assert error_of(moderate(small, "x" * 10_000))["code"] == "too_large"
