"""Threads and their counts per status, changed in the transaction that changes a comment's status."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from moderation.model import Status, Thread
from moderation.records import ThreadCounts
from moderation.storage.database import insert
from moderation.storage.tables import comments, threads


def get_counts(connection: Connection, site_id: str, thread_ids: Sequence[str]) -> dict[str, ThreadCounts]:
    """Return the counts of those threads that exist, by their id."""
    rows = connection.execute(select(threads).where(threads.c.site_id == site_id, threads.c.id.in_(thread_ids)))
    return {
        row.id: ThreadCounts(
            Thread(row.id, row.url, row.title, row.section), row.pending, row.approved, row.held, row.rejected
        )
        for row in rows
    }


def put_threads(connection: Connection, site_id: str, seen: Mapping[str, Thread], now: datetime) -> None:
    """Make the threads that are new; a URL, title or section that is given replaces an older one.

    Locks the rows in the order of their ids, so that two transactions cannot wait for one another.
    """
    statement = insert(connection, threads)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["site_id", "id"],
        set_={
            "url": func.coalesce(new.url, threads.c.url),
            "title": func.coalesce(new.title, threads.c.title),
            "section": func.coalesce(new.section, threads.c.section),
        },
    )
    rows = [
        {
            "site_id": site_id,
            "id": thread.id,
            "url": thread.url,
            "title": thread.title,
            "section": thread.section,
            "pending": 0,
            "approved": 0,
            "held": 0,
            "rejected": 0,
            "created_at": now,
        }
        for _, thread in sorted(seen.items())
    ]
    connection.execute(statement, rows)


def count_moves(
    connection: Connection, site_id: str, moves: Iterable[tuple[str, Status | None, Status | None]]
) -> None:
    """Count comments that moved, each as (thread id, status before or None, status after or None)."""
    deltas: dict[str, Counter[Status]] = {}
    for thread_id, before, after in moves:
        counter = deltas.setdefault(thread_id, Counter())
        if before is not None:
            counter[before] -= 1
        if after is not None:
            counter[after] += 1
    for thread_id, counter in sorted(deltas.items()):
        changed = {str(status): threads.c[str(status)] + delta for status, delta in counter.items() if delta}
        if changed:
            connection.execute(
                update(threads).where(threads.c.site_id == site_id, threads.c.id == thread_id).values(changed)
            )


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
