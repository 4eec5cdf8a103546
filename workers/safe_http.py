"""Post to a URL that a stranger chose, without being led into one's own network or kept waiting.

Only checked addresses are connected to (`safe_connection.py`). No redirects, no proxies, no cookies; one
deadline over resolving, connecting, sending and reading; a bounded answer.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, RemoteDisconnected
from typing import Final

from moderation.addresses import Target, check_url
from moderation.settings import Network
from workers.safe_connection import Deadline, Resolver, TimedSocket, dial, resolve

READ_AT_MOST: Final = 64 * 1024
KEEP: Final = 1024
"""Bytes of an answer that are read, so that the other side can finish in peace, and that are kept."""
RETRY_AFTER_DIGITS: Final = 9


class DeliveryError(Exception):
    """No answer came; a later try may fare better. The message holds nothing of the URL's path and query."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, seconds it took, the beginning of the body, and the seconds of `Retry-After`."""

    status: int
    seconds: float
    body: str
    retry_after: int | None


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout: float,
    networks: tuple[Network, ...],
    allow_http: bool,
    clock: Callable[[], float],
    resolver: Resolver = socket.getaddrinfo,
) -> Answer:
    """Post `body` and return the answer, whatever its status, within `timeout` seconds of the monotonic `clock`.

    Once a status has come, trouble with the rest of the answer no longer matters.

    Raises:
        BlockedTargetError: the URL, or an address of its name, may not be reached.
        DeliveryError: there was no answer.
    """
    started = clock()
    deadline = Deadline(started + timeout, clock)
    target = check_url(url, allow_http=allow_http, networks=networks)
    try:
        addresses = resolve(target, networks, deadline, resolver)
        with dial(target, addresses, deadline) as sock:
            connection = HTTPConnection(target.host, target.port)
            connection.auto_open = 0  # it must never dial by itself
            connection.sock = TimedSocket(sock, deadline)
            own = {"Host": _host_header(target), "Connection": "close"}
            connection.request("POST", target.path, body, {**headers, **own})
            response = connection.getresponse()
            text = _beginning(response)
    except TimeoutError as error:
        raise DeliveryError(f"no answer in {timeout:g} s") from error
    except (OSError, HTTPException) as error:
        raise DeliveryError(_reason(error)) from error
    return Answer(response.status, clock() - started, text, _retry_after(response))


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == (443 if target.https else 80) else f"{host}:{target.port}"


def _beginning(response: HTTPResponse) -> str:
    """Return the first kilobyte of the body as text that every database takes."""
    kept, read = b"", 0
    with suppress(OSError, HTTPException, ValueError):
        while read < READ_AT_MOST and (chunk := response.read1(READ_AT_MOST - read)):
            read += len(chunk)
            kept += chunk[: KEEP - len(kept)]
    return kept.decode("utf-8", "replace").replace("\0", "\ufffd")


def _retry_after(response: HTTPResponse) -> int | None:
    """Return the seconds that the answer asks for (RFC 9110, 10.2.3); a date is measured against its own `Date`."""
    value = (response.getheader("Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        return int(value[:RETRY_AFTER_DIGITS])
    try:
        until = parsedate_to_datetime(value) - parsedate_to_datetime(response.getheader("Date") or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0, int(until.total_seconds()))


def _reason(error: Exception) -> str:
    """Return in a few words what went wrong; words of the other side are not repeated."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason}"
    if isinstance(error, RemoteDisconnected):
        return "the connection was closed without an answer"
    if isinstance(error, OSError):
        return error.strerror or str(error) or type(error).__name__
    return "the answer is not HTTP"
