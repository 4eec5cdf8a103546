"""An endpoint as bad as it likes: a TCP server that reads a request and answers with whatever a test hands it."""

import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPMessage, parse_headers
from ipaddress import ip_network
from typing import Any

from moderation import clock
from workers import safe_http
from workers.safe_connection import Resolver
from workers.safe_http import Answer

BODY_LIMIT = 1_000_000
LOCAL = (ip_network("127.0.0.0/8"),)


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    line: str
    headers: HTTPMessage
    body: bytes


@dataclass
class Endpoint:
    """What came in; `over` is set when the test is, for answers that wait."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """The server names that TLS clients asked for."""
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/hook", host: str = "127.0.0.1") -> str:
        """Return where this endpoint is, over plain http."""
        return f"http://{host}:{self.port}{path}"


Behaviour = Callable[[socket.socket, Endpoint], None]


def says(answer: str) -> Behaviour:
    """Return the behaviour of answering with these lines, the last of them the body."""
    head, _, body = answer.partition("\n\n")
    lines = [*head.split("\n"), f"Content-Length: {len(body.encode())}", "", ""]
    return lambda connection, _endpoint: connection.sendall("\r\n".join(lines).encode() + body.encode())


def says_for_ever(beginning: str, again: str) -> Behaviour:
    """Return the behaviour of sending `again` until the caller has had enough."""

    def behave(connection: socket.socket, endpoint: Endpoint) -> None:
        connection.sendall(beginning.replace("\n", "\r\n").encode())
        while not endpoint.over.is_set():
            connection.sendall(again.replace("\n", "\r\n").encode())

    return behave


def reset(connection: socket.socket, _endpoint: Endpoint) -> None:
    """Drop the connection with a reset, as a crashed program does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang(_connection: socket.socket, endpoint: Endpoint) -> None:
    """Say nothing until the test is over."""
    endpoint.over.wait(10)


def says_and_hangs(beginning: str) -> Behaviour:
    """Return the behaviour of sending `beginning`, then nothing until the test is over."""

    def behave(connection: socket.socket, endpoint: Endpoint) -> None:
        connection.sendall(beginning.replace("\n", "\r\n").encode())
        hang(connection, endpoint)

    return behave


@contextmanager
def serving(behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Endpoint]:
    """Run an endpoint on a port of 127.0.0.1 that the kernel chooses."""
    endpoint = Endpoint()

    class Handler(socketserver.StreamRequestHandler):
        timeout = 10

        def setup(self) -> None:
            if tls:
                self.request = tls.wrap_socket(self.request, server_side=True)
            super().setup()

        def handle(self) -> None:
            line = self.rfile.readline().decode()
            headers = parse_headers(self.rfile)
            length = int(headers.get("Content-Length", 0))
            assert length <= BODY_LIMIT, length
            endpoint.requests.append(Request(line.strip(), headers, self.rfile.read(length)))
            behaviour(self.request, endpoint)

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()
            self.request.close()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = False
        request_queue_size = 128  # as many call at once as a courier has senders

        def handle_error(self, *_: object) -> None:
            """Let callers go away as they like."""

    with Server(("127.0.0.1", 0), Handler) as server:
        endpoint.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield endpoint
        finally:
            endpoint.over.set()
            server.shutdown()
            thread.join()


def post(url: str, resolver: Resolver = socket.getaddrinfo, *, timeout: float = 10, **options: Any) -> Answer:
    """Post a small body to an endpoint of a test."""
    settings = {"networks": LOCAL, "allow_http": True, "clock": clock.monotonic, **options}
    return safe_http.post(url, b'{"a": 1}', {"X-Kind": "test"}, timeout=timeout, resolver=resolver, **settings)


def names(*answers: str) -> Resolver:
    """Return a resolver that knows every name, and gives all of `answers` for it."""

    def resolve(_host: str, port: int, _family: int, _type: int) -> Iterable[tuple[Any, ...]]:
        return [(0, socket.SOCK_STREAM, 6, "", (answer, port)) for answer in answers]

    return resolve
