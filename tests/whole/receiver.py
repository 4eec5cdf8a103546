"""The site's end of a webhook: an HTTP server that verifies each call with the `standardwebhooks` library."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

BODY_LIMIT = 1_000_000


class Receiver:
    """What came in: verified events in the order of arrival, their ids, and calls that were no good."""

    def __init__(self) -> None:
        """Listen on a port of 127.0.0.1 that the kernel chooses; `secret` is set when the endpoint is registered."""
        self.secret: str | None = None
        self.events: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.bodies: list[bytes] = []
        self.refused: list[str] = []
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        """Where the service is to call."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """Verify one call, keep it, and return the status to answer with."""
        with self._changed:
            try:
                event = Webhook(self.secret or "").verify(body, dict(headers))
            except (WebhookVerificationError, RuntimeError, ValueError) as error:
                self.refused.append(f"{type(error).__name__}: {error}")
                return 400
            finally:
                self._changed.notify_all()
            self.events.append(event)
            self.ids.append(headers["webhook-id"])
            self.bodies.append(body)
            return 204

    def wait_for(self, check: Callable[[list[dict[str, Any]]], bool], *, seconds: float, what: str) -> None:
        """Wait until `check` is true of the events that came so far; raise TimeoutError when it never is."""
        with self._changed:
            if not self._changed.wait_for(lambda: check(self.events), seconds):
                raise TimeoutError(
                    f"gave up after {seconds:g} s waiting for {what};"
                    f" {len(self.events)} events came, {len(self.refused)} were refused: {self.refused[:3]}"
                )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                assert length <= BODY_LIMIT, length
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(receiver.take(headers, self.rfile.read(length)))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep the test's output quiet."""

        return Handler


@contextmanager
def listening() -> Iterator[Receiver]:
    """Run a receiver for the length of a `with` block."""
    receiver = Receiver()
    receiver._thread.start()  # noqa: SLF001 - the same file
    try:
        yield receiver
    finally:
        receiver._server.shutdown()  # noqa: SLF001
        receiver._thread.join(10)  # noqa: SLF001
        receiver._server.server_close()  # noqa: SLF001
