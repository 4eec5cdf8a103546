"""Threads and their counts per status, changed in the transaction that changes a comment's status."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, func, select, update

from moderation.model import Status, Thread
from moderation.records import ThreadCounts
from moderation.storage.database import insert
from moderation.storage.tables import comments, threads

NOTHING = dict.fromkeys((status.value for status in Status), 0)
MOVE = (
    update(threads)
    .where(threads.c.site_id == bindparam("b_site"), threads.c.id == bindparam("b_id"))
    .values({name: threads.c[name] + bindparam(name) for name in NOTHING})
)


def get_counts(connection: Connection, site_id: str, thread_ids: Sequence[str]) -> dict[str, ThreadCounts]:
    """Return the counts of those threads that exist, by their id."""
    rows = connection.execute(select(threads).where(threads.c.site_id == site_id, threads.c.id.in_(thread_ids)))
    return {
        row.id: ThreadCounts(
            Thread(row.id, row.url, row.title, row.section), row.pending, row.approved, row.held, row.rejected
        )
        for row in rows
    }


def count_new(connection: Connection, site_id: str, new: Iterable[tuple[Thread, Status]], now: datetime) -> None:
    """Count new comments, each as (thread, status), and make the threads that are new.

    A URL, title or section that is given replaces an older one. Rows are locked in the order of their ids,
    so that two transactions cannot wait for one another.
    """
    rows: dict[str, dict[str, Any]] = {}
    for thread, status in new:
        row = rows.setdefault(thread.id, {"site_id": site_id, "id": thread.id, "created_at": now, **NOTHING})
        row.update(url=thread.url, title=thread.title, section=thread.section)
        row[status.value] += 1
    if rows:
        connection.execute(_upsert(connection.dialect.name), [rows[thread_id] for thread_id in sorted(rows)])


def count_moves(connection: Connection, site_id: str, moves: Iterable[tuple[str, Status, Status]]) -> None:
    """Count comments that moved, each as (thread id, status before, status after)."""
    rows: dict[str, dict[str, Any]] = {}
    for thread_id, before, after in moves:
        row = rows.setdefault(thread_id, {"b_site": site_id, "b_id": thread_id, **NOTHING})
        row[before.value] -= 1
        row[after.value] += 1
    changed = [rows[thread_id] for thread_id in sorted(rows) if any(rows[thread_id][name] for name in NOTHING)]
    if changed:
        connection.execute(MOVE, changed)


def recount(connection: Connection, site_id: str) -> dict[str, Counter[Status]]:
    """Return, by thread, how many comments really have each status; for checking the kept counts."""
    rows = connection.execute(
        select(comments.c.thread_id, comments.c.status, func.count().label("number"))
        .where(comments.c.site_id == site_id)
        .group_by(comments.c.thread_id, comments.c.status)
    )
    result: dict[str, Counter[Status]] = {}
    for row in rows:
        result.setdefault(row.thread_id, Counter())[Status(row.status)] = row.number
    return result


@cache
def _upsert(dialect: str) -> Insert:
    """Return the statement of `count_new`, made once: making it costs more than running it."""
    statement = insert(dialect, threads)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["site_id", "id"],
        set_={
            **{name: func.coalesce(new[name], threads.c[name]) for name in ("url", "title", "section")},
            **{name: threads.c[name] + new[name] for name in NOTHING},
        },
    )
