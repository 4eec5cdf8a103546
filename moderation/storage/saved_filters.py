"""Filters of the desk's queue that moderators keep: for themselves, or for everybody of their site."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select

from moderation.storage.tables import saved_filters

AT_MOST = 20
"""Of one moderator, and of one site for everybody."""


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A kept filter; `moderator_id` is None if it is everybody's, and `query` is that of the queue's address."""

    id: str
    site_id: str
    moderator_id: str | None
    name: str
    query: str
    created_at: datetime


def of_moderator(connection: Connection, site_id: str, moderator_id: str) -> list[SavedFilter]:
    """Return the filters that a moderator sees, their own first, by name."""
    query = (
        select(saved_filters)
        .where(_seen_by(site_id, moderator_id))
        .order_by(saved_filters.c.moderator_id.is_(None), saved_filters.c.name, saved_filters.c.id)
        .limit(2 * AT_MOST)
    )
    return [_saved(row) for row in connection.execute(query)]


def put(connection: Connection, new: SavedFilter) -> bool:
    """Keep a filter in the place of one of the same name and owner; return whether there was room."""
    mine = (saved_filters.c.site_id == new.site_id) & (
        saved_filters.c.moderator_id.is_(None)
        if new.moderator_id is None
        else saved_filters.c.moderator_id == new.moderator_id
    )
    connection.execute(delete(saved_filters).where(mine, saved_filters.c.name == new.name))
    if len(connection.execute(select(saved_filters.c.id).where(mine).limit(AT_MOST)).all()) >= AT_MOST:
        return False
    connection.execute(
        insert(saved_filters).values(
            id=new.id,
            site_id=new.site_id,
            moderator_id=new.moderator_id,
            name=new.name,
            query=new.query,
            created_at=new.created_at,
        )
    )
    return True


def remove(connection: Connection, site_id: str, moderator_id: str, filter_id: str) -> SavedFilter | None:
    """Remove a filter that a moderator sees, and return it; None if there is none."""
    mine = _seen_by(site_id, moderator_id)
    gone = delete(saved_filters).where(mine, saved_filters.c.id == filter_id).returning(saved_filters)
    row = connection.execute(gone).one_or_none()
    return None if row is None else _saved(row)


def _seen_by(site_id: str, moderator_id: str) -> ColumnElement[bool]:
    everybodys = saved_filters.c.moderator_id.is_(None)
    return (saved_filters.c.site_id == site_id) & or_(everybodys, saved_filters.c.moderator_id == moderator_id)


def _saved(row: Row[Any]) -> SavedFilter:
    return SavedFilter(row.id, row.site_id, row.moderator_id, row.name, row.query, row.created_at)
