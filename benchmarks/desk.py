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

from benchmarks import tables
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
    ("worst first, of all that is held", "/desk?order=worst", CARD),
    ("oldest first", "/desk?order=oldest", CARD),
    ("one thread", "/desk?thread=t-7", CARD),
    ("one reason", "/desk?reason=pre_moderated", CARD),
    ("words that few have", "/desk?q=(49999)", CARD),
    ("the same in all comments", "/desk?q=(49999)&status=any", CARD),
    ("a range of a score", "/desk?score=toxicity&low=0.9", CARD),
    ("a dot plot", "/desk/plot?score=toxicity", 'class="under"'),
    ("one comment, with similar decisions", "", "Similar comments"),
    ("one author", "/desk?author={author}", CARD),
    ("the overview", "/desk/overview", "Models in use"),
    ("the audit log", "/desk/audit", "Signed in"),
)
"""Name, path, and what stands on the page; a page without a path is that of the newest comment, an author its own."""


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
    queue = client.get("/desk").text
    newest, author = (re.search(shape, queue) for shape in (r'href="(/desk/comments/[^"]+)"', r"author=([0-9a-f]{32})"))
    if newest is None or author is None:
        raise LookupError("The queue is empty")
    for name, path, shown in PAGES:
        asked = path.format(author=author[1]) or newest[1]
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
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity") and not options.keys:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(describe() if options.keys else f"{describe()}; one core, best of {RUNS}")
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        folder = Path(made)
        scored = scored_texts(folder)
        app = prepare(f"sqlite:///{folder / 'moderation.db'}", scored, options.comments, folder)
        if options.keys:
            row = _report_keys(key_to_next(app, EMAIL, PASSWORD, options.keys))
            if not options.no_page:
                heads, command = (
                    ("decisions", "p50", "p95", "longest"),
                    f"python -m benchmarks.desk --keys {options.keys}",
                )
                tables.write("keys", command, heads, [row])
            return
        found = {"SQLite": _report("SQLite", app)}
        if not options.sqlite_only:
            with postgres(folder) as url:
                found["PostgreSQL"] = _report("PostgreSQL", prepare(url, scored, options.comments, folder))
    if not options.no_page:
        rows = [(name, *(f"{one[name] * 1000:.0f} ms" for one in found.values())) for name in found["SQLite"]]
        tables.write("desk", "python -m benchmarks.desk", ("page", *found), rows, f", one core, best of {RUNS}")


def _report(kind: str, app: APIFlask) -> dict[str, float]:
    """Print a line for each page, and return the seconds of each."""
    found = {}
    for name, seconds, processor in measure(app):
        word = "" if seconds < GOAL else f"; missed: {GOAL * 1000:.0f} ms"
        own = f"of which {processor * 1000:.0f} ms are this process's on the processor"
        print(f"{kind:<11} {name:<20} {seconds * 1000:7.0f} ms, {own}{word}", flush=True)
        found[name] = seconds
    app.extensions[EXTENSION].parts.database.close()
    return found


def _report_keys(took: Sequence[float]) -> tuple[str, str, str, str]:
    """Print how long it took from the keys on, and return it as a row of a table."""
    ordered = sorted(took)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    word = "" if p95 < KEY_GOAL else f"; missed: {KEY_GOAL:.0f} ms"
    row = str(len(took)), f"{median(took):.0f} ms", f"{p95:.0f} ms", f"{ordered[-1]:.0f} ms"
    print("{} decisions: p50 {}, p95 {}{word}, longest {}".format(*row, word=word))
    return row


if __name__ == "__main__":
    main()
