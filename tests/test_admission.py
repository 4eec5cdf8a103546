"""Requests that come while as many as may are being answered."""

import io
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from moderation.admission import EXTENSION, READ_AT_MOST, Admission
from moderation.app import create_app
from moderation.settings import Settings
from tests.proofs import Line, proves

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATIENCE = 10.0


class Slow:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        """Begin with nobody in it."""
        self.inside = threading.Semaphore(0)
        self.may_go = threading.Event()

    def __call__(self, _environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        self.inside.release()
        self.may_go.wait(PATIENCE)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]


@pytest.fixture
def slow() -> Iterator[Slow]:
    """Give the application; whoever is in it goes on when the test is over."""
    made = Slow()
    yield made
    made.may_go.set()


@proves(Line.LIMITS)
def test_one_too_many_is_refused_at_once(slow: Slow) -> None:
    """The refusal says when to come again; when a place is free the next one is let in."""
    door = Admission(slow, 2)
    threads = [threading.Thread(target=Client(door).get, args=("/v1/comments",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert all(slow.inside.acquire(timeout=PATIENCE) for _ in threads)

    refused = Client(door).post("/v1/comments", data=b"{}")

    assert (refused.status_code, refused.headers["Retry-After"], refused.mimetype) == (
        503, "1", "application/problem+json"
    )  # fmt: skip
    assert refused.get_json()["code"] == "overloaded"
    assert door.refused == 1
    slow.may_go.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert Client(door).get("/v1/comments").status_code == 200


def test_who_looks_after_the_service_is_let_in(slow: Slow) -> None:
    """A busy service is not taken for a dead one."""
    slow.may_go.set()
    door = Admission(slow, 1)
    assert door.places.acquire(blocking=False)

    assert [Client(door).get(path).status_code for path in ("/livez", "/readyz", "/metrics", "/v1/comments")] == [
        200, 200, 200, 503
    ]  # fmt: skip


@proves(Line.LIMITS)
@pytest.mark.parametrize(("length", "left"), [(1000, 0), (READ_AT_MOST + 1, READ_AT_MOST + 1)])
def test_a_short_body_is_read_so_that_the_connection_can_go_on(slow: Slow, length: int, left: int) -> None:
    """A long one is left where it is."""
    door, body = Admission(slow, 1), io.BytesIO(b"x" * length)
    assert door.places.acquire(blocking=False)
    environ = {"PATH_INFO": "/v1/comments", "CONTENT_LENGTH": str(length), "wsgi.input": body}

    door(environ, lambda *_: lambda _: None)

    assert len(body.read()) == left


@proves(Line.LIMITS)
def test_a_place_is_given_back_when_the_application_fails() -> None:
    """Else an error would shut the door for good."""

    def fails(*_: object) -> Iterable[bytes]:
        raise RuntimeError

    door = Admission(fails, 1)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            Client(door).get("/")


def test_refusals_are_counted_among_the_figures(settings: Settings) -> None:
    """Prometheus sees how many there were."""
    app = create_app(settings.model_copy(update={"web_threads": 2}))
    door = app.extensions[EXTENSION]
    assert isinstance(door, Admission)
    for _ in range(2):
        assert door.places.acquire(blocking=False)

    assert app.test_client().get("/v1/comments").status_code == 503

    assert b"moderation_refused_requests_total 1.0" in app.test_client().get("/metrics").data
