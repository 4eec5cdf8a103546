import socket
import threading
from collections.abc import Iterable
from typing import Any

import pytest

from moderation import clock
from tests.workers.endpoint import Behaviour, Endpoint, hang, post, reset, says, says_and_hangs, says_for_ever, serving
from workers.safe_http import DeliveryError

BRIEF = 0.2
"""Seconds that a test is willing to lose on an endpoint that does not answer."""


def test_the_request_is_what_was_handed_in() -> None:
    """Method, path with query, host, headers and body arrive, and the answer comes back."""
    with serving(says("HTTP/1.1 200 OK\n\nthank you")) as endpoint:
        answer = post(endpoint.url("/hook?key=1"))

    (request,) = endpoint.requests
    assert (answer.status, answer.body, answer.retry_after) == (200, "thank you", None)
    assert 0 < answer.seconds < 10
    assert (request.line, request.body) == ("POST /hook?key=1 HTTP/1.1", b'{"a": 1}')
    assert request.headers["Host"] == f"127.0.0.1:{endpoint.port}"
    assert (request.headers["X-Kind"], request.headers["Connection"]) == ("test", "close")


@pytest.mark.parametrize("status", [204, 301, 302, 307, 308, 400, 404, 410, 429, 500, 503])
def test_every_status_is_an_answer_and_no_redirect_is_followed(status: int) -> None:
    """What the status means is for the caller to say; a redirect is an answer like others."""
    with serving(says(f"HTTP/1.1 {status} Whatever\nLocation: /other\n\n")) as endpoint:
        answer = post(endpoint.url())

    assert answer.status == status
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ("Retry-After: 120", 120),
        ("Retry-After:  0 ", 0),
        ("Retry-After: " + "9" * 5000, 999_999_999),
        ("Date: Fri, 31 Dec 1999 23:59:59 GMT\nRetry-After: Sat, 01 Jan 2000 00:00:59 GMT", 60),
        ("Date: Fri, 31 Dec 1999 23:59:59 GMT\nRetry-After: Fri, 31 Dec 1999 00:00:00 GMT", 0),
        ("Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", None),
        ("Retry-After: soon", None),
        ("Retry-After: -1", None),
        ("X: y", None),
    ],
)
def test_retry_after_is_understood_as_seconds(headers: str, seconds: int | None) -> None:
    """Seconds are taken as they are, a date against the answer's own clock, and nonsense is ignored."""
    with serving(says(f"HTTP/1.1 503 Busy\n{headers}\n\n")) as endpoint:
        assert post(endpoint.url()).retry_after == seconds


def test_only_the_beginning_of_an_answer_is_kept() -> None:
    """The first 1024 bytes are kept, as text that any database takes."""
    with serving(says("HTTP/1.1 500 Oops\n\n\0" + "x" * 50_000)) as endpoint:
        assert post(endpoint.url()).body == "\ufffd" + "x" * 1023


def test_bytes_that_are_no_text_are_replaced() -> None:
    """An answer need not be UTF-8."""
    with serving(lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n\xff\xfeok")) as endpoint:
        assert post(endpoint.url()).body == "\ufffd\ufffdok"


@pytest.mark.parametrize(
    "behaviour",
    [
        says_for_ever("HTTP/1.1 200 OK\n\n", "x" * 1000),
        says_for_ever("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n", "3e8\n" + "x" * 1000 + "\n"),
    ],
    ids=["until close", "chunked"],
)
def test_an_endless_body_is_left_unread(behaviour: Behaviour) -> None:
    """After 64 KB the connection is closed, and the status counts."""
    with serving(behaviour) as endpoint:
        answer = post(endpoint.url())

    assert (answer.status, answer.body) == (200, "x" * 1024)


@pytest.mark.parametrize("ends", [hang, reset], ids=["hangs", "resets"])
def test_a_status_counts_though_the_body_never_comes(ends: Behaviour) -> None:
    """Who answered 200 has taken the delivery, even if the rest of the answer is lost."""

    def behave(connection: socket.socket, endpoint: Endpoint) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
        ends(connection, endpoint)

    with serving(behave) as endpoint:
        answer = post(endpoint.url(), timeout=BRIEF)

    assert (answer.status, answer.body) == (200, "")


@pytest.mark.parametrize(
    "behaviour",
    [
        hang,
        says_for_ever("", "HTTP/1.1 100 Continue\n\n"),
        says_and_hangs("HTTP/1.1 200 OK\nX: "),
    ],
    ids=["silent", "endless 100", "half a header"],
)
def test_one_deadline_holds_for_everything(behaviour: Behaviour) -> None:
    """An endpoint that is silent, or that never comes to the point, is left when the time is up."""
    with serving(behaviour) as endpoint:
        started = clock.monotonic()
        with pytest.raises(DeliveryError, match=r"^no answer in 0\.2 s$"):
            post(endpoint.url(), timeout=BRIEF)

        assert BRIEF <= clock.monotonic() - started < 10 * BRIEF


def test_a_deadline_holds_for_the_name_server_too() -> None:
    """A name server that hangs costs no more than the time that the call has."""
    over = threading.Event()

    def resolve(*_: Any) -> Iterable[tuple[Any, ...]]:
        over.wait(10)
        return []

    with pytest.raises(DeliveryError, match="no answer"):
        post("http://hooks.test/", resolve, timeout=BRIEF)
    over.set()


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (reset, "reset|closed"),
        (lambda *_: None, "closed"),
        (lambda connection, _: connection.sendall(b"220 mail.test ESMTP tops3cret\r\n"), "not HTTP"),
        (says_for_ever("HTTP/1.1 200 OK\n", "X: y\n"), "not HTTP"),
        (says_for_ever("HTTP/1.1 200 OK\nX: ", "y" * 1000), "not HTTP"),
    ],
    ids=["reset", "closed", "mail server", "endless headers", "endless header"],
)
def test_what_is_no_answer_can_be_tried_again(behaviour: Behaviour, why: str) -> None:
    """A connection that ends without an HTTP answer is an error that repeats nothing that was said."""
    with serving(behaviour) as endpoint, pytest.raises(DeliveryError, match=why) as caught:
        post(endpoint.url("/hook?key=tops3cret"))

    assert "tops3cret" not in str(caught.value)


def test_a_closed_port_can_be_tried_again() -> None:
    """Nobody listens: the error says so and holds nothing of the URL's path."""
    with serving(hang) as endpoint:
        pass

    with pytest.raises(DeliveryError, match="no connection: Connection refused") as caught:
        post(endpoint.url("/tops3cret"))
    assert "tops3cret" not in str(caught.value)


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would connect to addresses that nobody here looked at."""
    with serving(says("HTTP/1.1 200 OK\n\n")) as proxy, serving(says("HTTP/1.1 200 OK\n\n")) as endpoint:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)

        assert post(endpoint.url()).status == 200

    assert (len(proxy.requests), len(endpoint.requests)) == (0, 1)
