"""How long the desk's pages take with 50,000 comments, on SQLite and on PostgreSQL, on one core.

    python -m benchmarks.desk [--comments N] [--sqlite-only] [--keys N]

The comments are those of `benchmarks.preview`, of a site where every comment waits for a person, and of which people
decided a tenth. Each page is asked for as a browser asks, without the way over the network. `--keys` decides N of them
in a real Chromium, and tells how long it takes from a key to the next comment on the screen.
"""

import argparse
import math
import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from benchmarks.desk_keys import key_to_next
from benchmarks.machine import describe
from benchmarks.preview import SITE, fill, postgres, scored_texts
from moderation import accounts, ids
from moderation.app import create_app
from moderation.batches import Wanted, decide_batch
from moderation.model import Action, DecidedBy, Decision, Scored, Status
from moderation.policy_document import Mode, Policy
from moderation.settings import Settings
from moderation.storage import comments
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from moderation.web import EXTENSION

GOAL = 0.3
RUNS = 5
EMAIL, PASSWORD = "kim@news.example", "correct horse battery staple"
DECIDED, TOGETHER = 0.1, 500  # so large a share by people, so many at a time
KEY_GOAL = 100.0
CARD = 'class="card'
PAGES = (
    ("newest first", "/desk", CARD),
    ("worst first", "/desk?order=worst", CARD),
    ("oldest first", "/desk?order=oldest", CARD),
    ("one thread", "/desk?thread=t-7", CARD),
    ("one reason", "/desk?reason=pre_moderated", CARD),
    ("words that few have", "/desk?q=(49999)", CARD),
    ("a range of a score", "/desk?score=toxicity&low=0.9", CARD),
    ("a dot plot", "/desk/plot?score=toxicity", 'class="under"'),
    ("one comment", "", "Similar comments"),
    ("overview", "/desk/overview", "Models in use"),
)
"""Name, path, and what stands on the page; a page without a path is that of the newest comment."""


def sign_in(client: FlaskClient) -> None:
    """Sign a browser in."""
    token = re.search(r'name="form_token" value="([^"]+)"', client.get("/desk/login").text)
    if token is None:
        raise LookupError("The login page has no form")
    client.post("/desk/login", data={"form_token": token[1], "email": EMAIL, "password": PASSWORD})


def decide_some(app: APIFlask, now: datetime, number: int) -> None:
    """Let people decide the oldest comments, many at a time."""
    parts = app.extensions[EXTENSION].parts
    with parts.database.read() as connection:
        wanted = Filter(status=Status.HELD)
        found = comments.list_page(connection, SITE, wanted, limit=number, before_id=None, oldest=True)
    for start in range(0, len(found), TOGETHER):
        action = Action.APPROVE if start % (2 * TOGETHER) else Action.REJECT
        decision = Decision(action, DecidedBy.MODERATOR, now, 1, actor=EMAIL)
        decide_batch(
            parts, SITE, [Wanted(one.id, decision) for one in found[start : start + TOGETHER]], ids.new_id(now)
        )


def prepare(url: str, scored: Sequence[tuple[str, Scored]], count: int, folder: Path) -> APIFlask:
    """Return the app on a database with comments, decisions and a moderator."""
    database, now = Database(url), datetime.now(UTC)
    fill(database, scored, count, now, replace(Policy(), mode=Mode.PRE))
    accounts.add_moderator(database, SITE, EMAIL, "Kim", now, PASSWORD)
    database.close()
    app = create_app(Settings(data=folder, database_url=url, redis_url="redis://127.0.0.1:1/0"))
    decide_some(app, now, int(DECIDED * count))
    clean_up(url)
    return app


def clean_up(url: str) -> None:
    """Do now what PostgreSQL does by itself within a minute of many changes: it would take the one core meanwhile."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM (ANALYZE)")
    engine.dispose()


def measure(app: APIFlask) -> Iterator[tuple[str, float, float]]:
    """Yield for each page its name, and the shortest time and processor time in seconds."""
    client = app.test_client()
    sign_in(client)
    newest = re.search(r'href="(/desk/comments/[^"]+)"', client.get("/desk").text)
    for name, path, shown in PAGES:
        asked = path or (newest[1] if newest else "/desk")
        times = []
        for _ in range(RUNS):
            began, worked = time.perf_counter(), time.process_time()
            answer = client.get(asked)
            times.append((time.perf_counter() - began, time.process_time() - worked))
            if shown not in answer.text:
                raise LookupError(f"{asked} shows nothing")
        seconds, processor = map(min, zip(*times, strict=True))
        yield name, seconds, processor


def main() -> None:
    """Measure on both databases, and print a line for each page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--comments", type=int, default=50_000)
    parser.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--keys", type=int, default=0, help="decide so many in Chromium, and tell how long each took")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity") and not options.keys:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(describe() if options.keys else f"{describe()}; one core, best of {RUNS}")
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        folder = Path(made)
        scored = scored_texts(folder)
        app = prepare(f"sqlite:///{folder / 'moderation.db'}", scored, options.comments, folder)
        if options.keys:
            _report_keys(key_to_next(app, EMAIL, PASSWORD, options.keys))
            return
        _report("SQLite", app)
        if not options.sqlite_only:
            with postgres(folder) as url:
                _report("PostgreSQL", prepare(url, scored, options.comments, folder))


def _report(kind: str, app: APIFlask) -> None:
    for name, seconds, processor in measure(app):
        word = "" if seconds < GOAL else f"; missed: {GOAL * 1000:.0f} ms"
        own = f"of which {processor * 1000:.0f} ms are this process's on the processor"
        print(f"{kind:<11} {name:<20} {seconds * 1000:7.0f} ms, {own}{word}", flush=True)
    app.extensions[EXTENSION].parts.database.close()


def _report_keys(took: Sequence[float]) -> None:
    ordered = sorted(took)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    word = "" if p95 < KEY_GOAL else f"; missed: {KEY_GOAL:.0f} ms"
    print(f"{len(took)} decisions: p50 {median(took):.0f} ms, p95 {p95:.0f} ms{word}, longest {ordered[-1]:.0f} ms")


if __name__ == "__main__":
    main()
