"""Lets in as many requests as can be answered soon, and refuses the others at once, while that costs nearly nothing.

Without it more requests than the machine can do would wait longer and longer, until nobody waits for the answers that
are still being made. The server has threads to spare, so that whoever is refused waits for nobody.
"""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from moderation.errors import OverloadedError
from moderation.web import problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EXTENSION = "admission"
ALWAYS = frozenset({"/livez", "/readyz", "/metrics"})
"""Whoever looks after the service must see it when it is busy."""
REFUSED = problem(OverloadedError("More requests come than can be answered just now", retry_after=1))
"""Made once: whoever is refused costs a hundredth of who is let in."""
READ_AT_MOST = 65_536
"""A body is read before the refusal, so that the connection can go on, unless it is longer."""


class Admission:
    """A WSGI application in front of another, of which at most `places` requests run at once."""

    def __init__(self, app: "WSGIApplication", places: int) -> None:
        """Let requests through to `app`."""
        self._app = app
        self.places = threading.BoundedSemaphore(places)
        self.refused = 0
        """How many were refused so far, near enough: it is counted without a lock."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if environ.get("PATH_INFO") in ALWAYS:
            return self._app(environ, start_response)
        if not self.places.acquire(blocking=False):
            return self._refuse(environ, start_response)
        try:
            return self._app(environ, start_response)
        finally:
            self.places.release()

    def _refuse(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self.refused += 1
        headers = list(REFUSED.headers.items())
        length = str(environ.get("CONTENT_LENGTH") or 0)
        if length.isdecimal() and int(length) <= READ_AT_MOST:
            try:
                environ["wsgi.input"].read(int(length))
            except OverloadedError:
                headers.append(("Connection", "close"))
        start_response(REFUSED.status, headers)
        return [REFUSED.get_data()]
