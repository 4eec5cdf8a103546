"""The log of decisions: what was decided together, and what stood before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from moderation.model import Decision, Status
from moderation.storage.rows import parse_decision
from moderation.storage.tables import decisions

LINES_AT_MOST = 100
"""Of one comment that are looked at."""


@dataclass(frozen=True, slots=True)
class Line:
    """One decision on a comment, the `sequence`-th; `before` is how the comment stood until then."""

    id: int
    comment_id: str
    sequence: int
    before: Status
    after: Status
    decision: Decision
    at: datetime


def of_batch(connection: Connection, site_id: str, batch_id: str, *, after_id: int, limit: int) -> list[Line]:
    """Return lines of a batch in the order they were written, after `after_id`."""
    mine = (decisions.c.site_id == site_id) & (decisions.c.batch_id == batch_id) & (decisions.c.id > after_id)
    return _lines(connection, select(decisions).where(mine).order_by(decisions.c.id).limit(limit))


def of_comment(connection: Connection, site_id: str, comment_id: str) -> list[Line]:
    """Return the last lines of a comment, newest first."""
    mine = (decisions.c.site_id == site_id) & (decisions.c.comment_id == comment_id)
    return _lines(connection, select(decisions).where(mine).order_by(decisions.c.sequence.desc()).limit(LINES_AT_MOST))


def of_comments(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> dict[str, list[Line]]:
    """Return all lines of comments, by comment, oldest first."""
    mine = (decisions.c.site_id == site_id) & decisions.c.comment_id.in_(comment_ids)
    found: dict[str, list[Line]] = {}
    for line in _lines(connection, select(decisions).where(mine).order_by(decisions.c.id)):
        found.setdefault(line.comment_id, []).append(line)
    return found


def _lines(connection: Connection, query: Select[Any]) -> list[Line]:
    return [
        Line(
            id=row.id,
            comment_id=row.comment_id,
            sequence=row.sequence,
            before=Status(row.status_before),
            after=Status(row.status_after),
            decision=parse_decision(row.decision),
            at=row.at,
        )
        for row in connection.execute(query)
    ]
