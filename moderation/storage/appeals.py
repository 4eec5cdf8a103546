"""Appeals: written, read, listed, closed, and their texts erased; always of one site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from moderation.model import AppealOutcome, AppealStatus, DecidedBy
from moderation.records import Appeal
from moderation.storage.tables import appeals, sites


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which appeals: None for all."""

    status: AppealStatus | None = None
    outcome: AppealOutcome | None = None
    comment_id: str | None = None


def add(connection: Connection, appeal: Appeal) -> None:
    """Store an open appeal."""
    connection.execute(
        insert(appeals).values(
            id=appeal.id,
            site_id=appeal.site_id,
            comment_id=appeal.comment_id,
            author_key=appeal.author_key,
            against=appeal.against,
            text=appeal.text,
            opened_at=appeal.opened_at,
        )
    )


def get(connection: Connection, site_id: str, appeal_id: str) -> Appeal | None:
    """Return one appeal, or None."""
    row = connection.execute(
        select(appeals).where(appeals.c.site_id == site_id, appeals.c.id == appeal_id)
    ).one_or_none()
    return None if row is None else _appeal(row)


def list_page(
    connection: Connection,
    site_id: str,
    wanted: Wanted,
    *,
    limit: int,
    from_id: str | None = None,
    oldest: bool = False,
) -> list[Appeal]:
    """Return up to `limit` appeals after `from_id`, newest first; or the oldest first."""
    query = select(appeals).where(appeals.c.site_id == site_id)
    if wanted.status is not None:
        is_open = appeals.c.closed_at.is_(None)
        query = query.where(is_open if wanted.status is AppealStatus.OPEN else ~is_open)
    if wanted.outcome is not None:
        query = query.where(appeals.c.outcome == wanted.outcome.value)
    if wanted.comment_id is not None:
        query = query.where(appeals.c.comment_id == wanted.comment_id)
    if from_id is not None:
        query = query.where(appeals.c.id > from_id if oldest else appeals.c.id < from_id)
    rows = connection.execute(query.order_by(appeals.c.id if oldest else appeals.c.id.desc()).limit(limit))
    return [_appeal(row) for row in rows]


def open_of(connection: Connection, site_ids: Sequence[str], comment_ids: Sequence[str]) -> dict[str, Appeal]:
    """Return the open appeals for these comments of these sites, by comment."""
    if not comment_ids:
        return {}
    mine = appeals.c.site_id.in_(site_ids) & appeals.c.comment_id.in_(comment_ids)
    rows = connection.execute(select(appeals).where(mine, appeals.c.closed_at.is_(None)))
    return {row.comment_id: _appeal(row) for row in rows}


def of_comments(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> dict[str, list[Appeal]]:
    """Return all appeals for comments, by comment, oldest first."""
    mine = (appeals.c.site_id == site_id) & appeals.c.comment_id.in_(comment_ids)
    found: dict[str, list[Appeal]] = {}
    for row in connection.execute(select(appeals).where(mine).order_by(appeals.c.id)):
        found.setdefault(row.comment_id, []).append(_appeal(row))
    return found


def was_upheld(connection: Connection, site_id: str, comment_id: str, against: int) -> bool:
    """Tell whether this very decision was upheld before."""
    query = select(appeals.c.id).where(
        appeals.c.site_id == site_id,
        appeals.c.comment_id == comment_id,
        appeals.c.against == against,
        appeals.c.outcome == AppealOutcome.UPHELD.value,
    )
    return connection.execute(query.limit(1)).first() is not None


def lock_counts(connection: Connection, site_id: str) -> None:
    """Let nobody else count the site's appeals until this transaction ends; what refers to the site goes on."""
    connection.execute(select(sites.c.id).where(sites.c.id == site_id).with_for_update(key_share=True))


def opened_since(connection: Connection, site_id: str, author_key: str, since: datetime, limit: int) -> list[datetime]:
    """Return when the newest appeals of an author were opened, up to `limit` of them, newest first."""
    query = select(appeals.c.opened_at).where(
        appeals.c.site_id == site_id, appeals.c.author_key == author_key, appeals.c.opened_at > since
    )
    return list(connection.execute(query.order_by(appeals.c.opened_at.desc()).limit(limit)).scalars())


def count_open(connection: Connection, site_id: str, at_most: int) -> int:
    """Return how many appeals are open, counting no further than `at_most`."""
    mine = select(appeals.c.id).where(appeals.c.site_id == site_id, appeals.c.closed_at.is_(None)).limit(at_most)
    return connection.execute(select(func.count()).select_from(mine.subquery())).scalar_one()


def close(connection: Connection, closed: Appeal) -> None:
    """Store how an appeal ended."""
    connection.execute(
        update(appeals)
        .where(appeals.c.site_id == closed.site_id, appeals.c.id == closed.id)
        .values(
            closed_at=closed.closed_at,
            outcome=closed.outcome and closed.outcome.value,
            by=closed.by and closed.by.value,
            actor=closed.actor,
            note=closed.note,
        )
    )


def erase(connection: Connection, site_id: str, comment_id: str) -> int:
    """Remove what authors and deciders wrote of the appeals for a comment, and whose they were; return of how many."""
    mine = (appeals.c.site_id == site_id) & (appeals.c.comment_id == comment_id)
    return connection.execute(update(appeals).where(mine).values(text="", note=None, author_key=None)).rowcount


def _appeal(row: Row[Any]) -> Appeal:
    return Appeal(
        id=row.id,
        site_id=row.site_id,
        comment_id=row.comment_id,
        author_key=row.author_key,
        against=row.against,
        text=row.text,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        outcome=None if row.outcome is None else AppealOutcome(row.outcome),
        by=None if row.by is None else DecidedBy(row.by),
        actor=row.actor,
        note=row.note,
    )
