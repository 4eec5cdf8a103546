"""An open loop: comments come at a fixed rate, whether or not earlier ones were answered, as the internet sends them.

It runs in a process of its own. A request goes out on a connection that is free, or on a new one; how long it took is
counted from when it should have gone out, so that a server that is late cannot hide it.
"""

import argparse
import json
import selectors
import sys
import time
from collections import Counter, deque
from urllib.parse import urlsplit

from benchmarks.load import Connection, percentile, requests

CONNECTIONS_AT_MOST = 3000
TIMEOUT = 10.0
ANSWERED = 200
TAKEN, SHED = (ANSWERED, 201, 202), 503


class Arrivals:
    """What came of the requests so far."""

    def __init__(self, host: str, port: int) -> None:
        """Send to a server."""
        self._address = host, port
        self._selector = selectors.DefaultSelector()
        self._free: list[Connection] = []
        self._busy: dict[Connection, float] = {}
        self.statuses: Counter[str] = Counter()
        self.took: dict[str, list[float]] = {"taken": [], "shed": []}
        self.answers: list[bytes] = []
        """Bodies of what was answered with 200, for those who look whether they are right."""

    def send(self, request: bytes, due: float) -> None:
        """Send a request that was due at `due`; without a connection it is refused by this machine."""
        try:
            connection = self._free.pop() if self._free else self._open()
            connection.send(request)
        except OSError as error:
            self.statuses[type(error).__name__] += 1
            return
        self._busy[connection] = due

    def receive(self, seconds: float) -> None:
        """Read answers for up to `seconds`, and give up requests whose time is over."""
        for key, _events in self._selector.select(max(0.0, seconds)):
            self._read(key.data)
        now = time.perf_counter()
        while self._busy:
            connection, due = next(iter(self._busy.items()))
            if now - due < TIMEOUT:
                break
            self._drop(connection, "timeout")

    @property
    def waiting(self) -> int:
        """How many requests have no answer yet."""
        return len(self._busy)

    def _open(self) -> Connection:
        if len(self._busy) >= CONNECTIONS_AT_MOST:
            raise ConnectionError
        connection = Connection(*self._address)
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        return connection

    def _read(self, connection: Connection) -> None:
        try:
            status = connection.receive()
        except OSError:
            self._drop(connection, "closed")
            return
        if status is None:
            return
        due = self._busy.pop(connection)
        self.statuses[str(status)] += 1
        kind = "taken" if status in TAKEN else "shed" if status == SHED else None
        if status == ANSWERED:
            self.answers.append(connection.came.partition(b"\r\n\r\n")[2])
        if kind:
            self.took[kind].append((time.perf_counter() - due) * 1000)
        if b"connection: close" in connection.came.lower():
            self._selector.unregister(connection.socket)
            connection.socket.close()
        else:
            self._free.append(connection)

    def _drop(self, connection: Connection, why: str) -> None:
        if self._busy.pop(connection, None) is not None:
            self.statuses[why] += 1
        elif connection in self._free:
            self._free.remove(connection)
        self._selector.unregister(connection.socket)
        connection.socket.close()


def drive(url: str, key: str, rate: float, seconds: float, thread: str) -> dict[str, object]:
    """Send `rate` comments a second for `seconds` and return what came of them; latencies in milliseconds."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    waiting = requests(round(rate * seconds), f"{host}:{port}", key, thread, "")
    return pour(Arrivals(host, port), waiting, rate)


def pour(arrivals: Arrivals, waiting: deque[bytes], rate: float) -> dict[str, object]:
    """Send requests at a rate and return what came of them."""
    cpu, began = time.process_time(), time.perf_counter()
    sent = 0
    while waiting:
        due = began + sent / rate
        left = due - time.perf_counter()
        if left > 0:
            arrivals.receive(left)
            continue
        arrivals.send(waiting.popleft(), due)
        sent += 1
        if sent % 16 == 0:
            arrivals.receive(0)
    spent = time.perf_counter() - began
    taken_in_time = len(arrivals.took["taken"])
    while arrivals.waiting:
        arrivals.receive(0.1)
    figures: dict[str, object] = {
        "rate": sent / spent,
        "statuses": dict(arrivals.statuses),
        "goodput": taken_in_time / spent,
        "client_cpu": (time.process_time() - cpu) / spent,
    }
    for kind, took in arrivals.took.items():
        took.sort()
        if took:
            figures[kind] = {
                "count": len(took), "p50_ms": percentile(took, 0.5), "p99_ms": percentile(took, 0.99),
                "max_ms": took[-1],
            }  # fmt: skip
    return figures


def main() -> None:
    """Drive the service at URL and print the figures as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("key")
    parser.add_argument("--rate", type=float, default=1000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--thread", default="overload")
    options = parser.parse_args()
    json.dump(drive(options.url, options.key, options.rate, options.seconds, options.thread), sys.stdout)


if __name__ == "__main__":
    main()
