"""Comments that were decided already and resemble another; every query is bounded by rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, select

from moderation.model import Status
from moderation.records import StoredComment
from moderation.storage.comments import read_comments, with_thread
from moderation.storage.tables import comments, decisions

DECIDED = (Status.APPROVED.value, Status.REJECTED.value)
COPIES_LOOKED_AT = 200


def decided_by_people(connection: Connection, site_id: str, most: int) -> list[tuple[str, bytes]]:
    """Return of the newest `most` decisions of people that still stand the comment's id and what it resembles by."""
    newest = (
        select(decisions.c.comment_id, decisions.c.sequence)
        .where(decisions.c.site_id == site_id, decisions.c.batch_id.is_not(None))
        .order_by(decisions.c.batch_id.desc(), decisions.c.id.desc())
        .limit(most)
        .subquery()
    )
    later = decisions.alias("later")
    overruled = select(later.c.id).where(
        later.c.site_id == site_id,
        later.c.comment_id == newest.c.comment_id,
        later.c.sequence > newest.c.sequence,
    )
    rows = connection.execute(
        select(comments.c.id, comments.c.likeness)
        .join(newest, newest.c.comment_id == comments.c.id)
        .where(
            comments.c.site_id == site_id,
            comments.c.status.in_(DECIDED),
            comments.c.likeness.is_not(None),
            ~overruled.exists(),
        )
    )
    return [(row.id, row.likeness) for row in rows]


def same_words(connection: Connection, comment: StoredComment, limit: int) -> list[str]:
    """Return the ids of the newest decided comments with the same words, whoever wrote and decided them."""
    return _copies(connection, comment, comments.c.text_key, comment.text_key, limit)


def near_copies(connection: Connection, comment: StoredComment, limit: int) -> list[str]:
    """Return the ids of the newest decided comments of the same cluster."""
    return _copies(connection, comment, comments.c.cluster_id, comment.cluster_id, limit)


def read(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> dict[str, StoredComment]:
    """Return those of the comments that are decided now, by id."""
    if not comment_ids:
        return {}
    query = with_thread().where(
        comments.c.site_id == site_id, comments.c.id.in_(comment_ids), comments.c.status.in_(DECIDED)
    )
    return {one.id: one for one in read_comments(connection, query) if one.erased_at is None}


def _copies(
    connection: Connection, comment: StoredComment, column: Column[Any], value: str | None, limit: int
) -> list[str]:
    if value is None:
        return []
    mine: ColumnElement[bool] = (comments.c.site_id == comment.site_id) & (column == value)
    newest = select(comments.c.id).where(mine).order_by(comments.c.id.desc()).limit(COPIES_LOOKED_AT)
    query = select(comments.c.id).where(
        comments.c.site_id == comment.site_id, comments.c.id.in_(newest), comments.c.status.in_(DECIDED),
        comments.c.id != comment.id,
    )  # fmt: skip
    return list(connection.execute(query.order_by(comments.c.id.desc()).limit(limit)).scalars())
