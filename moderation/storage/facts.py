"""What the rules need to know of a site's earlier comments, asked for many comments at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from moderation import ids
from moderation.model import Status
from moderation.storage.tables import comments

SEEDED_AT_MOST = 100_000
SAME_AT_MOST = 500
"""Comments of one text in which an author's own is looked for: a raid has many, and the site's limit holds them all."""
LOOKED_BACK = 50
"""Comments of an author in which an approved one is looked for, however many there are."""

COLUMN_OF = {
    "author": comments.c.author_key,
    "address": comments.c.address_key,
    "thread": comments.c.thread_id,
}


def same_text(
    connection: Connection, site_id: str, text_keys: Sequence[str], since: datetime
) -> dict[str, list[tuple[str | None, datetime]]]:
    """Return, by text key, (author key, time of intake) of the `SAME_AT_MOST` latest comments with that text."""
    found: dict[str, list[tuple[str | None, datetime]]] = {}
    latest = comments.c.site_id == site_id, comments.c.id >= ids.floor(since)
    # nearly always no text was seen before, and one look at the index says so
    any_known = select(comments.c.text_key).where(*latest, comments.c.text_key.in_(text_keys)).limit(1)
    if not text_keys or connection.execute(any_known).first() is None:
        return found
    for key in text_keys:
        rows = connection.execute(
            select(comments.c.author_key, comments.c.received_at)
            .where(*latest, comments.c.text_key == key)
            .order_by(comments.c.id.desc())
            .limit(SAME_AT_MOST)
        )
        found[key] = [(row.author_key, row.received_at) for row in rows]
    return found


def count_window(connection: Connection, site_id: str, per: str, keys: Sequence[str], first: datetime) -> int:
    """Return how many comments came from `first` on, to the millisecond, per author, address, thread or site.

    What is counted by may have had another key before; both count.
    """
    query = select(func.count()).select_from(comments).where(*_in_window(site_id, per, keys, first))
    return connection.execute(query).scalar_one()


def nth_newest(
    connection: Connection, site_id: str, per: str, keys: Sequence[str], first: datetime, number: int
) -> datetime | None:
    """Return when the newest (1), the one before (2), … of what `count_window` counts came; None if there is none."""
    query = select(comments.c.received_at).where(*_in_window(site_id, per, keys, first))
    # by id SQLite would read through the site's comments, which only a limit of the whole site is about
    latest = comments.c.id if per == "site" else comments.c.received_at
    return connection.execute(query.order_by(latest.desc()).offset(number - 1).limit(1)).scalar()


def approved_authors(connection: Connection, site_id: str, author_keys: Sequence[str]) -> set[str]:
    """Return those of the authors of whom one of the last `LOOKED_BACK` comments on the site is approved."""
    return {one for one in author_keys if Status.APPROVED.value in _last_statuses(connection, site_id, one)}


def _last_statuses(connection: Connection, site_id: str, author_key: str) -> set[str]:
    last = select(comments.c.status).where(comments.c.site_id == site_id, comments.c.author_key == author_key)
    return set(connection.execute(last.order_by(comments.c.id.desc()).limit(LOOKED_BACK)).scalars())


def _in_window(site_id: str, per: str, keys: Sequence[str], first: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [comments.c.site_id == site_id, comments.c.id >= ids.floor(first)]
    return conditions if per == "site" else [*conditions, COLUMN_OF[per].in_(keys)]


def received_since(
    connection: Connection, site_id: str, since: datetime
) -> list[tuple[str, datetime, str | None, str | None, str]]:
    """Return (id, time, author key, address key, thread) of the latest comments, to fill an empty Redis."""
    rows = connection.execute(
        select(
            comments.c.id,
            comments.c.received_at,
            comments.c.author_key,
            comments.c.address_key,
            comments.c.thread_id,
        )
        .where(comments.c.site_id == site_id, comments.c.id >= ids.floor(since))
        .order_by(comments.c.id.desc())
        .limit(SEEDED_AT_MOST)
    )
    return [(row.id, row.received_at, row.author_key, row.address_key, row.thread_id) for row in rows]
