"""The site's end of webhooks, whose moods can be changed: kind, or bad in one of many ways."""

import json
import socket
import socketserver
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http.client import parse_headers

from standardwebhooks import Webhook

from soak.proxy import RESET

BODY_LIMIT = 1_000_000
LONG_ANSWER_SECONDS = 20.0


class Receiver:
    """An endpoint that keeps which state of which comment arrived, if its mood is kind."""

    def __init__(self) -> None:
        """Listen on a port of 127.0.0.1."""
        self.secrets: list[str] = []
        """Of the endpoint, and of those that it was before; what was on its way then may still come."""
        self.mood = "kind"
        self.wrong: list[str] = []
        """Calls that must never come: unsigned ones, and two events of one comment with the same sequence."""
        self._arrived: dict[str, dict[int, str]] = defaultdict(dict)
        self._ids: dict[tuple[str, int], str] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._server = self._serve()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def arrived(self, comment_id: str) -> Mapping[int, str]:
        """Return which states of a comment arrived, by sequence."""
        with self._lock:
            return dict(self._arrived[comment_id])

    def close(self) -> None:
        """Listen no longer."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def take(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Keep one call, and tell whether it is signed; how old it is does not matter, since clocks are set here."""
        try:
            sent = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
            told = headers["webhook-signature"].split()
            made = (Webhook(secret).sign(headers["webhook-id"], sent, body.decode()) for secret in self.secrets)
            signed = any(signature in told for signature in made)
        except (KeyError, ValueError):
            signed = False
        if not signed:
            self.wrong.append("a call was not signed")
            return False
        event = json.loads(body)
        if not event["type"].startswith("comment."):
            return True
        comment, sequence = event["data"]["id"], event["data"]["sequence"]
        with self._lock:
            known = self._ids.setdefault((comment, sequence), headers["webhook-id"])
            if known != headers["webhook-id"]:
                self.wrong.append(f"two events have sequence {sequence} of {comment}")
            self._arrived[comment][sequence] = event["type"].removeprefix("comment.")
        return True

    def _serve(self) -> socketserver.ThreadingTCPServer:
        receiver = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 30

            def handle(self) -> None:
                with suppress(OSError, ValueError, KeyError):
                    self.rfile.readline()
                    headers = {name.lower(): value for name, value in parse_headers(self.rfile).items()}
                    length = min(BODY_LIMIT, int(headers["content-length"]))
                    body = self.rfile.read(length)
                    if len(body) == length:  # whoever sent less was killed while it did
                        MOODS[receiver.mood](self.request, receiver, headers, body)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 128

        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return server

    def wait(self, seconds: float) -> None:
        """Wait, unless the receiver is closed."""
        self._over.wait(seconds)


Mood = Callable[[socket.socket, Receiver, Mapping[str, str], bytes], None]


def _kind(connection: socket.socket, receiver: Receiver, headers: Mapping[str, str], body: bytes) -> None:
    status = "204 No Content" if receiver.take(headers, body) else "400 Bad Request"
    connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())


def _says(answer: str) -> Mood:
    return lambda connection, *_: connection.sendall(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())


def _hangs(_connection: socket.socket, receiver: Receiver, *_: object) -> None:
    receiver.wait(30)


def _resets(connection: socket.socket, *_: object) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()


def _late(connection: socket.socket, receiver: Receiver, headers: Mapping[str, str], body: bytes) -> None:
    receiver.wait(LONG_ANSWER_SECONDS)
    _kind(connection, receiver, headers, body)


def _endless(connection: socket.socket, receiver: Receiver, *_: object) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    while not receiver._over.is_set():  # noqa: SLF001 - the same file
        connection.sendall(b"x" * 4096)
        receiver.wait(0.01)


MOODS: Mapping[str, Mood] = {
    "kind": _kind,
    "hangs": _hangs,
    "resets": _resets,
    "500": _says("500 Internal Server Error"),
    "302": _says("302 Found\r\nLocation: http://127.0.0.1:1/"),
    "410": _says("410 Gone"),
    "200 after 20 s": _late,
    "endless body": _endless,
}
