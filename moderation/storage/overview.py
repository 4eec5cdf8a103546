"""What a site's last weeks were like, in numbers; every query is bounded by days or by rows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, Connection, func, select, type_coerce

from moderation import ids
from moderation.model import Status
from moderation.storage.tables import EPOCH, comments, decisions

DAY_MICROSECONDS = 86_400_000_000
DECISIONS_AT_MOST = 5000
"""Of people, the newest: what they say of time and agreement is of these."""


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that a person at the desk made on a comment, and when the comment came."""

    actor: str
    before: Status
    after: Status
    received_at: datetime
    at: datetime


def by_day(connection: Connection, site_id: str, since: datetime) -> dict[date, dict[Status, int]]:
    """Return for each day (UTC) how many comments came, by how they stand now."""
    day = type_coerce(comments.c.received_at, BigInteger) // DAY_MICROSECONDS
    rows = connection.execute(
        select(day.label("day"), comments.c.status, func.count().label("number"))
        .where(comments.c.site_id == site_id, comments.c.id >= ids.floor(since))
        .group_by(day, comments.c.status)
    )
    found: dict[date, dict[Status, int]] = {}
    for row in rows:
        found.setdefault((EPOCH + timedelta(days=row.day)).date(), {})[Status(row.status)] = row.number
    return found


def made_by_people(connection: Connection, site_id: str, since: datetime) -> list[Made]:
    """Return the newest decisions that were made at the desk since a moment, newest first.

    They are found by their batch, whose id says when it was.
    """
    rows = connection.execute(
        select(
            decisions.c.decision,
            decisions.c.status_before,
            decisions.c.status_after,
            decisions.c.at,
            comments.c.received_at,
        )
        .join(comments, comments.c.id == decisions.c.comment_id)
        .where(decisions.c.site_id == site_id, comments.c.site_id == site_id, decisions.c.batch_id >= ids.floor(since))
        .order_by(decisions.c.batch_id.desc())
        .limit(DECISIONS_AT_MOST)
    )
    return [
        Made(
            row.decision.get("actor") or "",
            Status(row.status_before),
            Status(row.status_after),
            row.received_at,
            row.at,
        )
        for row in rows
        if row.decision.get("by") == "moderator"
    ]


def oldest_held(connection: Connection, site_id: str) -> datetime | None:
    """Return when the comment came that waits longest for a person, or None if none waits."""
    held = (comments.c.site_id == site_id) & (comments.c.status == Status.HELD.value)
    return connection.execute(
        select(comments.c.received_at).where(held).order_by(comments.c.id).limit(1)
    ).scalar_one_or_none()  # fmt: skip
