"""Comments beside one: in its thread, and by others from the networks that its author writes from."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from moderation.records import StoredComment
from moderation.storage.comments import read_comments, with_thread
from moderation.storage.tables import comments

LOOKED_BACK = 50
"""Of an author's newest comments, and of the newest from each of their networks."""
NETWORKS_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another author who writes from the same network, by the name of their newest comment."""

    author_key: str
    name: str


def in_thread(
    connection: Connection, one: StoredComment, number: int
) -> tuple[list[StoredComment], list[StoredComment]]:
    """Return up to `number` comments that came before one in its thread, and as many after it, the oldest first."""
    same = with_thread().where(comments.c.site_id == one.site_id, comments.c.thread_id == one.thread.id)
    before = same.where(comments.c.id < one.id).order_by(comments.c.id.desc()).limit(number)
    after = same.where(comments.c.id > one.id).order_by(comments.c.id).limit(number)
    return read_comments(connection, before)[::-1], read_comments(connection, after)


def of_networks(connection: Connection, site_id: str, author_key: str, number: int) -> list[Neighbour]:
    """Return up to `number` other authors from the networks of an author's newest comments, the newest first."""
    newest = comments.c.site_id == site_id
    own = (
        select(comments.c.address_key)
        .where(newest, comments.c.author_key == author_key)
        .order_by(comments.c.id.desc())
        .limit(LOOKED_BACK)
    )
    networks = dict.fromkeys(row.address_key for row in connection.execute(own) if row.address_key)
    found: dict[str, Neighbour] = {}
    for network in list(networks)[:NETWORKS_AT_MOST]:
        others = (
            select(comments.c.author_key, comments.c.author)
            .where(newest, comments.c.address_key == network, comments.c.author_key != author_key)
            .order_by(comments.c.id.desc())
            .limit(LOOKED_BACK)
        )
        for row in connection.execute(others):
            name = row.author.get("name") or row.author.get("id") or ""
            found.setdefault(row.author_key, Neighbour(row.author_key, name))
    return list(found.values())[:number]
