"""What is known of a site's authors: how their newest comments were decided, and who is restricted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from moderation.model import Action, DecidedBy, Restriction, Status
from moderation.storage.database import insert
from moderation.storage.tables import authors, comments


@dataclass(frozen=True, slots=True)
class Written:
    """One comment of an author, as it stands."""

    id: str
    status: Status
    received_at: datetime
    reasons: tuple[str, ...]
    """The codes of the decision in force."""
    decided_by: DecidedBy | None
    decided_at: datetime | None


def newest(connection: Connection, site_id: str, author_key: str, limit: int) -> list[Written]:
    """Return the newest comments of an author, newest first; what was erased is nobody's."""
    columns = (
        comments.c.id,
        comments.c.status,
        comments.c.received_at,
        comments.c.reason_codes,
        comments.c.decision["by"].as_string().label("by"),
        comments.c.decision["at"].as_string().label("at"),
    )
    mine = (comments.c.site_id == site_id) & (comments.c.author_key == author_key)
    rows = connection.execute(select(*columns).where(mine).order_by(comments.c.id.desc()).limit(limit))
    return [
        Written(
            row.id,
            Status(row.status),
            row.received_at,
            tuple(row.reason_codes.split()),
            None if row.by is None else DecidedBy(row.by),
            None if row.at is None else datetime.fromisoformat(row.at),
        )
        for row in rows
    ]


def first_seen(connection: Connection, site_id: str, author_key: str) -> datetime | None:
    """Return when the oldest comment of an author came; None if there is none."""
    mine = (comments.c.site_id == site_id) & (comments.c.author_key == author_key)
    return connection.execute(select(comments.c.received_at).where(mine).order_by(comments.c.id).limit(1)).scalar()


def restrictions(connection: Connection, site_id: str, author_keys: Sequence[str]) -> dict[str, Restriction]:
    """Return the restrictions of these authors by key, also those that are over."""
    if not author_keys:
        return {}
    query = select(authors).where(authors.c.site_id == site_id, authors.c.author_key.in_(author_keys))
    return {
        row.author_key: Restriction(Action(row.restriction), row.until, row.reason, row.by, row.at)
        for row in connection.execute(query)
    }


def list_restrictions(connection: Connection, site_id: str, after: str, limit: int) -> list[tuple[str, Restriction]]:
    """Return up to `limit` (author key, restriction) of a site, also those that are over, by key after `after`."""
    query = select(authors).where(authors.c.site_id == site_id, authors.c.author_key > after)
    return [
        (row.author_key, Restriction(Action(row.restriction), row.until, row.reason, row.by, row.at))
        for row in connection.execute(query.order_by(authors.c.author_key).limit(limit))
    ]


def in_force(connection: Connection, site_id: str, author_keys: Sequence[str], now: datetime) -> dict[str, Restriction]:
    """Return those restrictions of these authors that are not over."""
    found = restrictions(connection, site_id, author_keys)
    return {key: restriction for key, restriction in found.items() if restriction.holds_at(now)}


def put_restriction(connection: Connection, site_id: str, author_key: str, restriction: Restriction) -> None:
    """Restrict an author, in place of what there was."""
    values = {
        "restriction": restriction.action.value,
        "until": restriction.until,
        "reason": restriction.reason,
        "by": restriction.by,
        "at": restriction.at,
    }
    statement = insert(connection.dialect.name, authors).values(site_id=site_id, author_key=author_key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["site_id", "author_key"], set_=values))


def remove_restriction(connection: Connection, site_id: str, author_key: str) -> bool:
    """Free an author; return whether they were restricted."""
    mine = (authors.c.site_id == site_id) & (authors.c.author_key == author_key)
    return connection.execute(delete(authors).where(mine)).rowcount > 0
