"""What tells how urgent comments are, of many at once, and those that are chosen by it."""

from collections.abc import Sequence

from sqlalchemy import Connection

from moderation.records import StoredComment
from moderation.storage.comments import read_comments, with_thread
from moderation.storage.filters import Filter, conditions
from moderation.storage.tables import comments, threads


def worst(connection: Connection, site_id: str, wanted: Filter, most: int) -> list[tuple[str, float, int]]:
    """Return of up to `most` comments, the newest, what tells how urgent they are: id, harm, the thread's total.

    With a status alone all of it stands in an index, so that comments need not be read.
    """
    total = threads.c.pending + threads.c.approved + threads.c.held + threads.c.rejected
    newest = with_thread().with_only_columns(comments.c.id, comments.c.harm, total).where(*conditions(site_id, wanted))
    rows = connection.execute(newest.order_by(comments.c.id.desc()).limit(most))
    return [(key, harm, number) for key, harm, number in rows]


def by_ids(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> list[StoredComment]:
    """Return those of the comments that are there, in the order of the ids."""
    query = with_thread().where(comments.c.site_id == site_id, comments.c.id.in_(comment_ids))
    found = {one.id: one for one in read_comments(connection, query)} if comment_ids else {}
    return [found[key] for key in comment_ids if key in found]
