"""The comments of a list by one score and by when they came, for a plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from moderation import ids
from moderation.storage.filters import Filter, conditions
from moderation.storage.tables import comments, threads


@dataclass(frozen=True, slots=True)
class Point:
    """A comment: its score, None if that is unknown, and when it came."""

    score: float | None
    at: datetime


def points(connection: Connection, site_id: str, wanted: Filter, attribute: str, most: int) -> Sequence[Point]:
    """Return up to `most` comments that are meant, newest first."""
    score = comments.c.scores[attribute].as_float().label("score")
    query = select(comments.c.id, score).where(*conditions(site_id, wanted))
    if wanted.section is not None:
        query = query.join_from(
            comments, threads, (threads.c.site_id == comments.c.site_id) & (threads.c.id == comments.c.thread_id)
        )
    rows = connection.execute(query.order_by(comments.c.id.desc()).limit(most))
    return [Point(row.score, ids.made_at(row.id)) for row in rows]
