"""Lets no more requests wait for their bodies than leaves room for others.

The server gives each request a thread before its body has come, and reading waits for as long as the sender likes: a
few hundred connections that send a byte a second would keep every thread, and nobody else would be answered. So of
the requests that are answered at once three quarters may wait for bodies, and half from one address; more are refused.
A reading that has begun cannot be given up: the server would wait for it with everybody else.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING, TypeVar

from moderation.errors import OverloadedError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BUSY = "Too many requests wait for their bodies; send head and body at once"
Read = TypeVar("Read")


class Bodies:
    """A WSGI application in front of another that runs `places` requests at once."""

    def __init__(self, app: "WSGIApplication", places: int) -> None:
        """Let requests through to `app`."""
        self._app = app
        self._most, self._most_of_one = max(1, places * 3 // 4), max(1, places // 2)
        self._waiting: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if environ.get("CONTENT_LENGTH") not in {None, "", "0"} or "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input"] = Body(environ["wsgi.input"], self, environ.get("REMOTE_ADDR", ""))
        return self._app(environ, start_response)

    def wait_for(self, address: str, read: Callable[[], Read]) -> Read:
        """Return what `read` returns.

        Raises:
            OverloadedError: too many wait already.
        """
        with self._lock:
            if self._waiting.total() >= self._most or self._waiting[address] >= self._most_of_one:
                raise OverloadedError(BUSY, retry_after=1)
            self._waiting[address] += 1
        try:
            return read()
        finally:
            with self._lock:
                self._waiting[address] -= 1
                if not self._waiting[address]:
                    del self._waiting[address]


class Body:
    """A body as WSGI has it, which waits only while there is room."""

    def __init__(self, body: IO[bytes], bodies: Bodies, address: str) -> None:
        """Read from `body`, which comes from `address`."""
        self._body, self._bodies, self._address = body, bodies, address

    def read(self, size: int = -1) -> bytes:
        """Return up to so many bytes, all that are left if it is less than 0."""
        read = self._body.read
        return self._bodies.wait_for(self._address, read if size < 0 else lambda: read(size))

    def readline(self, size: int = -1) -> bytes:
        """Return a line; whoever asks for a part of it takes the whole of it, too."""
        del size
        return self._bodies.wait_for(self._address, self._body.readline)

    def readlines(self, hint: int = -1) -> list[bytes]:
        """Return all lines that are left."""
        del hint
        return list(self)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the lines that are left."""
        while line := self.readline():
            yield line
