"""The log of decisions: what was decided together, and what stood before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

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


def last_of(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> dict[str, int]:
    """Return the sequence of each comment's last decision."""
    mine = (decisions.c.site_id == site_id) & decisions.c.comment_id.in_(comment_ids)
    last = func.max(decisions.c.sequence)
    rows = connection.execute(select(decisions.c.comment_id, last).where(mine).group_by(decisions.c.comment_id))
    return {row[0]: row[1] for row in rows}


def at(connection: Connection, site_id: str, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Decision]:
    """Return the decisions at these places of the log, each a comment and a sequence."""
    wanted = tuple_(decisions.c.comment_id, decisions.c.sequence).in_(places)
    lines = _lines(connection, select(decisions).where(decisions.c.site_id == site_id, wanted)) if places else []
    return {(line.comment_id, line.sequence): line.decision for line in lines}


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
