"""What a site's last weeks were like, in numbers; every query is bounded by days or by rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, Connection, Text, and_, cast, func, select, type_coerce

from moderation import ids
from moderation.model import Status
from moderation.storage.tables import EPOCH, comments, decisions, threads

DAY_MICROSECONDS = 86_400_000_000
DECISIONS_AT_MOST = 5000
"""Of people, the newest: what they say of time and agreement is of these."""
COMMENTS_AT_MOST = 50_000
"""The newest, of which it is said what sections they are of, and what they are held for."""
MODELS_OF = 5000
"""The newest comments, of which it is said which models scored them."""


@dataclass(frozen=True, slots=True)
class Made:
    """A decision that a person at the desk made on a comment, and when the comment came."""

    actor: str
    before: Status
    after: Status
    received_at: datetime
    at: datetime
    section: str | None = None
    held_for: tuple[str, ...] = ()
    """The codes of the reasons that the decision before this one had."""


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


def by_section(connection: Connection, site_id: str, since: datetime) -> dict[str | None, dict[Status, int]]:
    """Return for each section how many of the newest comments of each status since then it has.

    Each status is asked for alone: then all that is needed of the comments stands in one index.
    """
    found: dict[str | None, dict[Status, int]] = {}
    for status in Status:
        newest = (
            select(comments.c.thread_id)
            .where(comments.c.site_id == site_id, comments.c.status == status.value, comments.c.id >= ids.floor(since))
            .order_by(comments.c.id.desc())
            .limit(COMMENTS_AT_MOST)
            .subquery()
        )
        number = func.count().label("number")
        of_threads = select(newest.c.thread_id, number).group_by(newest.c.thread_id).subquery()
        rows = connection.execute(
            select(threads.c.section, func.sum(of_threads.c.number).label("number"))
            .join(of_threads, (threads.c.id == of_threads.c.thread_id) & (threads.c.site_id == site_id))
            .group_by(threads.c.section)
        )
        for row in rows:
            found.setdefault(row.section, {})[status] = int(row.number)
    return found


def waiting_since(connection: Connection, site_id: str, moments: Sequence[datetime]) -> list[int]:
    """Return how many comments are held that came between each two moments, which fall, and before the last.

    Each is counted up to `COMMENTS_AT_MOST`.
    """
    held = (comments.c.site_id == site_id) & (comments.c.status == Status.HELD.value)
    found = []
    for at, moment in enumerate(moments):
        since = [comments.c.id >= ids.floor(moments[at + 1])] if at + 1 < len(moments) else []
        meant = (held, comments.c.id < ids.floor(moment), *since)
        some = select(comments.c.id).where(*meant).limit(COMMENTS_AT_MOST).subquery()
        found.append(connection.execute(select(func.count()).select_from(some)).scalar_one())
    return found


def models_in_use(connection: Connection, site_id: str) -> dict[str, int]:
    """Return how many of the newest comments were scored by which models, as JSON by attribute."""
    newest = (
        select(comments.c.id, cast(comments.c.models, Text).label("models"))
        .where(comments.c.site_id == site_id)
        .order_by(comments.c.id.desc())
        .limit(MODELS_OF)
        .subquery()
    )
    rows = connection.execute(select(newest.c.models, func.count().label("number")).group_by(newest.c.models))
    return {row.models: row.number for row in rows}


def made_by_people(connection: Connection, site_id: str, since: datetime) -> list[Made]:
    """Return the newest decisions that were made at the desk since a moment, newest first.

    They are found by their batch, whose id says when it was.
    """
    earlier = decisions.alias("earlier")
    rows = connection.execute(
        select(
            decisions.c.decision["actor"].as_string().label("actor"),
            decisions.c.decision["by"].as_string().label("by"),
            decisions.c.status_before,
            decisions.c.status_after,
            decisions.c.at,
            comments.c.received_at,
            threads.c.section,
            earlier.c.decision["reasons"].label("reasons"),
        )
        .join(comments, comments.c.id == decisions.c.comment_id)
        .join(threads, (threads.c.site_id == comments.c.site_id) & (threads.c.id == comments.c.thread_id))
        .outerjoin(
            earlier,
            and_(
                earlier.c.site_id == site_id,
                earlier.c.comment_id == decisions.c.comment_id,
                earlier.c.sequence == decisions.c.sequence - 1,
            ),
        )
        .where(decisions.c.site_id == site_id, comments.c.site_id == site_id, decisions.c.batch_id >= ids.floor(since))
        .order_by(decisions.c.batch_id.desc())
        .limit(DECISIONS_AT_MOST)
    )
    return [
        Made(
            row.actor or "",
            Status(row.status_before),
            Status(row.status_after),
            row.received_at,
            row.at,
            row.section,
            tuple(dict.fromkeys(reason["code"] for reason in row.reasons or ())),
        )
        for row in rows
        if row.by == "moderator"
    ]


def oldest_held(connection: Connection, site_id: str) -> datetime | None:
    """Return when the comment came that waits longest for a person, or None if none waits."""
    held = (comments.c.site_id == site_id) & (comments.c.status == Status.HELD.value)
    return connection.execute(
        select(comments.c.received_at).where(held).order_by(comments.c.id).limit(1)
    ).scalar_one_or_none()  # fmt: skip
