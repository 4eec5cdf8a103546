"""Moderators and their sessions; a session's token is stored only as a hash and can be revoked at once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from moderation.storage.tables import moderators, sessions


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person who decides comments of one site."""

    id: str
    site_id: str
    email: str
    name: str
    password_hash: str


def hash_token(token: str) -> str:
    """Return SHA-256 of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_moderator(connection: Connection, moderator: Moderator, now: datetime) -> None:
    """Store a moderator."""
    connection.execute(
        insert(moderators).values(
            id=moderator.id,
            site_id=moderator.site_id,
            email=moderator.email.lower(),
            name=moderator.name,
            password_hash=moderator.password_hash,
            created_at=now,
        )
    )


def find_moderator(connection: Connection, email: str) -> Moderator | None:
    """Return the moderator with that address, whatever its case."""
    row = connection.execute(select(moderators).where(moderators.c.email == email.lower())).one_or_none()
    return None if row is None else Moderator(row.id, row.site_id, row.email, row.name, row.password_hash)


def list_moderators(connection: Connection, site_id: str, limit: int = 1000) -> list[Moderator]:
    """Return the moderators of a site, by address."""
    rows = connection.execute(
        select(moderators).where(moderators.c.site_id == site_id).order_by(moderators.c.email).limit(limit)
    )
    return [Moderator(row.id, row.site_id, row.email, row.name, row.password_hash) for row in rows]


def open_session(connection: Connection, token: str, moderator_id: str, now: datetime, expires_at: datetime) -> None:
    """Remember a session until `expires_at`, and forget those that are over."""
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
    connection.execute(
        insert(sessions).values(
            hash=hash_token(token), moderator_id=moderator_id, created_at=now, expires_at=expires_at
        )
    )


def session_moderator(connection: Connection, token: str, now: datetime) -> Moderator | None:
    """Return whose live session `token` is."""
    row = connection.execute(
        select(moderators)
        .join(sessions, sessions.c.moderator_id == moderators.c.id)
        .where(sessions.c.hash == hash_token(token), sessions.c.expires_at > now)
    ).one_or_none()
    return None if row is None else Moderator(row.id, row.site_id, row.email, row.name, row.password_hash)


def close_session(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.hash == hash_token(token)))
