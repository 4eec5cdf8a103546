"""The comments that wait for scoring: the row is the job, a lease says whose it is for now.

A lease that ends later than any can was given, or a comment came, before the clock was set back: it waits for nobody.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from moderation.storage.tables import comments

COUNTED_AT_MOST = 100_000
LONGEST_LEASE = timedelta(seconds=600)
"""The most that `Settings.lease_seconds` can be."""


def claim(connection: Connection, *, limit: int, lease: timedelta, now: datetime) -> list[str]:
    """Take up to `limit` waiting comments and return their ids.

    A comment that was claimed before without an end may be what killed its worker: it comes alone.
    Those that somebody waits for come first, then the oldest.
    """
    return _take(connection, now, lease, 1, retried=True) or _take(connection, now, lease, limit, retried=False)


def waiting(connection: Connection) -> int:
    """Return how many comments wait for scoring on all sites, counted up to a bound."""
    some = select(comments.c.id).where(comments.c.score_after.is_not(None)).limit(COUNTED_AT_MOST).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def is_due(connection: Connection, now: datetime) -> bool:
    """Tell whether a comment waits that nobody holds."""
    return connection.execute(select(comments.c.id).where(_free(now)).limit(1)).first() is not None


def _free(now: datetime) -> ColumnElement[bool]:
    """Say it with the very condition of the index of what waits: SQLite would read through all comments otherwise."""
    free = or_(comments.c.score_after <= now, comments.c.score_after > now + LONGEST_LEASE)
    return and_(comments.c.score_after.is_not(None), free)


def _take(connection: Connection, now: datetime, lease: timedelta, limit: int, *, retried: bool) -> list[str]:
    free = (
        select(comments.c.id)
        .where(
            _free(now),
            comments.c.attempts > 0 if retried else comments.c.attempts == 0,
        )
        .order_by(comments.c.priority, comments.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    rows = connection.execute(
        update(comments)
        .where(comments.c.id.in_(select(free.c.id)))
        .values(score_after=now + lease, attempts=comments.c.attempts + 1)
        .returning(comments.c.id)
    )
    return [row.id for row in rows]
