"""Connect to a checked address of a name, within a deadline.

The name is resolved once; if any of its addresses may not be reached, none is; the connection goes to an
address that was checked, while TLS keeps the name, so a second answer of the name server cannot change the
target. Certificates are checked against OpenSSL's defaults (`SSL_CERT_FILE` adds one's own).
"""

import io
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Any, Final

from moderation.addresses import Address, Target, may_reach, not_public
from moderation.settings import Network

Resolver = Callable[[str, int, int, int], Iterable[tuple[Any, ...]]]
"""`socket.getaddrinfo`, or what answers in its shape to (host, port, family, type)."""

CONNECT_SECONDS: Final = 5.0
"""An address that does not answer for so long is left for the name's next one."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the monotonic `clock` after which nothing is waited for."""

    at: float
    clock: Callable[[], float]

    def left(self) -> float:
        """Return the seconds left; TimeoutError if there are none."""
        seconds = self.at - self.clock()
        if seconds <= 0:
            raise TimeoutError
        return seconds


class TimedSocket(io.RawIOBase):
    """A socket as `http.client` uses it: each call gets what is left of the deadline; who dialled closes it."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        """Wrap `sock`."""
        self._sock, self._deadline = sock, deadline

    def sendall(self, data: bytes) -> None:
        """Send all of `data`."""
        left = memoryview(data)
        while left:
            self._sock.settimeout(self._deadline.left())
            left = left[self._sock.send(left) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what comes in as a file."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - Python 3.11 has no name for what can be written into
        """Read what has come, at least a byte unless the other side is done."""
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        """Leave the socket open: `http.client` calls this before the answer is read."""


@cache
def tls_context() -> ssl.SSLContext:
    """Return the settings of every TLS connection of this process: certificate and name are verified."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def resolve(
    target: Target, networks: tuple[Network, ...], deadline: Deadline, resolver: Resolver
) -> tuple[Address, ...]:
    """Return the addresses of the target, all of which may be reached.

    Raises:
        BlockedTargetError: one of them may not be reached.
        OSError: the name cannot be resolved; a TimeoutError if not in time.
    """
    if target.address is not None:
        return (target.address,)
    found: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found.put([row[4][0] for row in resolver(target.host, target.port, 0, socket.SOCK_STREAM)])
        except (OSError, ValueError) as error:
            found.put(OSError(f"the name cannot be resolved: {getattr(error, 'strerror', None) or 'it is not valid'}"))

    threading.Thread(target=look_up, name="resolver", daemon=True).start()  # getaddrinfo knows no timeout
    try:
        answer = found.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    addresses = tuple(dict.fromkeys(ip_address(text) for text in answer))
    if not all(may_reach(address, networks) for address in addresses):
        raise not_public()
    return addresses


def dial(target: Target, addresses: tuple[Address, ...], deadline: Deadline) -> socket.socket:
    """Return a connection to the first of `addresses` that takes one, with TLS if the URL asks for it.

    Raises:
        OSError: none takes one, or TLS fails; a TimeoutError if not in time.
    """
    last: OSError = OSError("the name has no address")
    for address in addresses:
        try:
            sock = socket.create_connection((str(address), target.port), min(deadline.left(), CONNECT_SECONDS))
        except OSError as error:
            deadline.left()
            last = OSError(f"no connection: {error.strerror or 'it took too long'}")
            continue
        if not target.https:
            return sock
        try:
            sock.settimeout(deadline.left())
            return tls_context().wrap_socket(sock, server_hostname=target.host)
        except BaseException:
            sock.close()
            raise
    raise last
