"""Bodies that come slowly, or without a length, or both."""

import io
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.test import Client

from moderation.app import create_app
from moderation.bodies import Bodies
from moderation.errors import OverloadedError
from moderation.settings import Settings
from tests.proofs import Line, proves

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PLACES = 8
PATIENCE = 10.0


class Slow(io.BytesIO):
    """A body that comes when it is told to."""

    def __init__(self) -> None:
        """Begin with nothing of it there."""
        super().__init__(b"late")
        self.asked = threading.Event()
        self.may_come = threading.Event()

    def read(self, size: int | None = -1) -> bytes:
        """Wait, then return all."""
        self.asked.set()
        assert self.may_come.wait(PATIENCE)
        return super().read(size)


def answering(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer with the body, or that nobody waited for it."""
    try:
        said = b"".join([environ["wsgi.input"].read()])
    except OverloadedError:
        said = b"refused"
    start_response("200 OK", [])
    return [said]


def ask(app: Bodies, address: str, body: io.BytesIO | None = None) -> bytes:
    """Send a body from an address and return the answer."""
    environ = {"REMOTE_ADDR": address, "CONTENT_LENGTH": "4", "wsgi.input": body or io.BytesIO(b"fast")}
    return b"".join(app(environ, lambda *_: lambda _: None))


@proves(Line.LIMITS)
def test_slow_bodies_leave_room_for_others() -> None:
    """One address holds half of the places at most and all together three quarters; then others go on."""
    app = Bodies(answering, PLACES)
    slow = [Slow() for _ in range(6)]
    threads = [
        threading.Thread(target=ask, args=(app, "one" if number < 4 else "two", body), daemon=True)
        for number, body in enumerate(slow)
    ]
    for thread in threads[:4]:
        thread.start()
    assert all(body.asked.wait(PATIENCE) for body in slow[:4])

    assert (ask(app, "one"), ask(app, "two")) == (b"refused", b"fast")
    for thread in threads[4:]:
        thread.start()
    assert all(body.asked.wait(PATIENCE) for body in slow[4:])
    assert ask(app, "three") == b"refused"
    assert ask(app, "three", io.BytesIO()) == b"refused"

    for body in slow:
        body.may_come.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert ask(app, "one") == b"fast"


def test_lines_of_a_body_can_be_read() -> None:
    """As WSGI promises."""

    def lines(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [])
        body = environ["wsgi.input"]
        return [body.readline(), b"|".join(body.readlines())]

    assert ask(Bodies(lines, PLACES), "one", io.BytesIO(b"a\nb\nc")) == b"a\nb\n|c"


@proves(Line.LIMITS)
def test_a_body_without_a_length_is_read_whole_or_refused(settings: Settings) -> None:
    """It is not cut where it is too long: what is left could be taken for something else."""
    body = b'{"text": "A fine article", "thread": {"id": "t"}}' + b" " * settings.max_body_bytes
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    answer = Client(create_app(settings)).post(
        "/v1/threads/counts", input_stream=io.BytesIO(body), content_type="application/json",
        environ_overrides=chunked, headers={"Authorization": "Bearer nothing"},
    )  # fmt: skip

    assert answer.status_code == 401
    answer = Client(create_app(settings)).post(
        "/v1alpha1/comments:analyze?key=x", input_stream=io.BytesIO(body * 9), content_type="application/json",
        environ_overrides=chunked,
    )  # fmt: skip
    assert answer.status_code == 413
