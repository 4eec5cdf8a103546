"""What tells how urgent comments are, of many at once, and those that are chosen by it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, literal_column

from moderation.model import Status
from moderation.records import StoredComment
from moderation.storage.comments import read_comments, with_thread
from moderation.storage.filters import Filter, conditions
from moderation.storage.tables import comments, threads


def worst(connection: Connection, site_id: str, wanted: Filter, most: int) -> list[tuple[str, float, int]]:
    """Return of up to `most` comments, the newest, what tells how urgent they are: id, harm, the thread's total.

    All that is held is read from an index alone. SQLite must be told so, and must see that a comment is held: a value
    that is bound could be anything.
    """
    meant = conditions(site_id, replace(wanted, status=None) if wanted.status is Status.HELD else wanted)
    if wanted.status is Status.HELD:
        meant.append(comments.c.status == literal_column("'held'"))
    total = threads.c.pending + threads.c.approved + threads.c.held + threads.c.rejected
    newest = with_thread().with_only_columns(comments.c.id, comments.c.harm, total).where(*meant)
    if wanted == Filter(status=Status.HELD):
        newest = newest.with_hint(comments, "INDEXED BY ix_comments_held", "sqlite")
    rows = connection.execute(newest.order_by(comments.c.id.desc()).limit(most))
    return [(key, harm, number) for key, harm, number in rows]


def by_ids(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> list[StoredComment]:
    """Return those of the comments that are there, in the order of the ids."""
    query = with_thread().where(comments.c.site_id == site_id, comments.c.id.in_(comment_ids))
    found = {one.id: one for one in read_comments(connection, query)} if comment_ids else {}
    return [found[key] for key in comment_ids if key in found]
