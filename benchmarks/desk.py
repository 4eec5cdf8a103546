"""How long the desk's queue takes with 50,000 held comments, on SQLite and on PostgreSQL, on one core.

    python -m benchmarks.desk [--comments N] [--sqlite-only]

The comments are those of `benchmarks.preview`, of a site where every comment waits for a person. Each page is asked
for as a browser asks, without the way over the network.
"""

import argparse
import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks.machine import describe
from benchmarks.preview import SITE, fill, postgres, scored_texts
from moderation import accounts
from moderation.app import create_app
from moderation.model import Scored
from moderation.policy_document import Mode, Policy
from moderation.settings import Settings
from moderation.storage.database import Database

GOAL = 0.3
RUNS = 5
EMAIL, PASSWORD = "kim@news.example", "correct horse battery staple"
PAGES = (
    ("newest first", "/desk"),
    ("worst first", "/desk?order=worst"),
    ("oldest first", "/desk?order=oldest"),
    ("one thread", "/desk?thread=t-7"),
    ("one reason", "/desk?reason=pre_moderated"),
    ("words that few have", "/desk?q=(49999)"),
)


def sign_in(client: FlaskClient) -> None:
    """Sign a browser in."""
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/desk/login").text)
    if token is None:
        raise LookupError("The login page has no form")
    client.post("/desk/login", data={"form_token": token[1], "email": EMAIL, "password": PASSWORD})


def measure(url: str, scored: Sequence[tuple[str, Scored]], count: int, folder: Path) -> Iterator[tuple[str, float]]:
    """Yield for each page its name and the shortest time in seconds."""
    database = Database(url)
    now = datetime.now(UTC)
    fill(database, scored, count, now, replace(Policy(), mode=Mode.PRE))
    accounts.add_moderator(database, SITE, EMAIL, "Kim", now, PASSWORD)
    database.close()
    client = create_app(
        Settings(data=folder, database_url=url, redis_url="redis://127.0.0.1:1/0")
    ).test_client()  # fmt: skip
    sign_in(client)
    for name, path in PAGES:
        times = []
        for _ in range(RUNS):
            began = time.perf_counter()
            answer = client.get(path)
            times.append(time.perf_counter() - began)
            if 'class="card"' not in answer.text:
                raise LookupError(f"{path} shows nothing")
        yield name, min(times)


def main() -> None:
    """Measure on both databases, and print a line for each page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--comments", type=int, default=50_000)
    parser.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"{describe()}; one core, best of {RUNS}")
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        folder = Path(made)
        scored = scored_texts(folder)
        _report("SQLite", f"sqlite:///{folder / 'moderation.db'}", scored, options.comments, folder)
        if not options.sqlite_only:
            with postgres(folder) as url:
                _report("PostgreSQL", url, scored, options.comments, folder)


def _report(kind: str, url: str, scored: Sequence[tuple[str, Scored]], count: int, folder: Path) -> None:
    for name, seconds in measure(url, scored, count, folder):
        word = "" if seconds < GOAL else f"; missed: {GOAL * 1000:.0f} ms"
        print(f"{kind:<11} {name:<20} {seconds * 1000:7.0f} ms{word}", flush=True)


if __name__ == "__main__":
    main()
