"""A load client: N connections, each of which posts its next comment when the last one is answered.

It runs in a process of its own and does as little as it can: requests are made before the clock
starts, one thread serves all connections, and an answer is read only for its status and its end.
No two comments have the same text, author or network, so neither duplicates nor limits stand in the way.
A closed loop measures what N waiting clients see; it does not show what happens above saturation.
"""

import argparse
import json
import math
import re
import selectors
import socket
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

COMMENTS = Path(__file__).parents[1] / "tests" / "whole" / "comments.json"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
READ = 65536


class Connection:
    """One keep-alive connection, with the bytes of the answer that is coming in."""

    def __init__(self, host: str, port: int) -> None:
        """Connect."""
        self.socket = socket.create_connection((host, port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.came, self.began = b"", 0.0

    def send(self, request: bytes) -> None:
        """Send a whole request and note the time."""
        self.came, self.began = b"", time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Read what came; return the status once the answer is whole.

        Raises:
            ConnectionError: the server closed the connection in the middle.
        """
        piece = self.socket.recv(READ)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.came += piece
        head, found, body = self.came.partition(b"\r\n\r\n")
        if not found:
            return None
        length = LENGTH.search(head + b"\r\n")
        if length is None:
            raise ConnectionError("an answer without Content-Length")
        return int(head[9:12]) if len(body) >= int(length[1]) else None


def requests(count: int, host: str, key: str, thread: str, headers: str) -> deque[bytes]:
    """Return `count` requests that post real comments, each made unique by a number at its end."""
    texts = [row["text"] for row in json.loads(COMMENTS.read_text(encoding="utf-8"))]
    made: deque[bytes] = deque()
    for number in range(count):
        body = json.dumps({
            "text": f"{texts[number % len(texts)][:280]} ({number})",
            "thread": {"id": f"{thread}-{number % 16}"},
            "author": {"id": f"{thread}-{number}", "ip": f"10.{number >> 8 & 255}.{number & 255}.7"},
        }).encode()  # fmt: skip
        head = (
            f"POST /v1/comments HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        )
        made.append(head.encode() + body)
    return made


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """Return the value that `share` of `sorted_values` do not exceed (nearest rank)."""
    return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


def drive(host: str, port: int, waiting: deque[bytes], connections: int, limit: float) -> dict[str, object]:
    """Send all of `waiting` over `connections`; return counts, rate and latencies in milliseconds.

    Raises:
        TimeoutError: not all were answered within `limit` seconds.
    """
    took: list[float] = []
    statuses: Counter[int] = Counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(min(connections, len(waiting))):
            connection = Connection(host, port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        cpu, began = time.process_time(), time.perf_counter()
        for key in list(selector.get_map().values()):
            key.data.send(waiting.popleft())
        while selector.get_map():
            if time.perf_counter() - began > limit:
                raise TimeoutError(f"only {len(took)} requests were answered within {limit:g} s")
            for key, _events in selector.select(1.0):
                connection = key.data
                status = connection.receive()
                if status is None:
                    continue
                took.append((time.perf_counter() - connection.began) * 1000)
                statuses[status] += 1
                if waiting:
                    connection.send(waiting.popleft())
                else:
                    selector.unregister(connection.socket)
                    connection.socket.close()
        seconds = time.perf_counter() - began
    took.sort()
    return {
        "count": len(took), "seconds": seconds, "per_second": len(took) / seconds, "statuses": dict(statuses),
        "p50_ms": percentile(took, 0.5), "p99_ms": percentile(took, 0.99), "max_ms": took[-1],
        "client_cpu": (time.process_time() - cpu) / seconds,
    }  # fmt: skip


def main() -> None:
    """Drive the service at URL and print the figures as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--thread", default="bench")
    parser.add_argument("--header", action="append", default=[], help="a further header, as 'Name: value'")
    parser.add_argument("--limit", type=float, default=120.0, help="seconds after which to give up")
    options = parser.parse_args()
    url = urlsplit(options.url)
    host, port = url.hostname or "127.0.0.1", url.port or 80
    headers = "".join(f"{header}\r\n" for header in options.header)
    waiting = requests(options.count, f"{host}:{port}", options.key, options.thread, headers)
    json.dump(drive(host, port, waiting, options.connections, options.limit), sys.stdout)


if __name__ == "__main__":
    main()
