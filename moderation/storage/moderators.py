"""Moderators and their sessions; a session's token is stored only as a hash and can be revoked at once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from moderation.model import Role
from moderation.storage.database import insert
from moderation.storage.tables import moderators, sessions


@dataclass(frozen=True, slots=True)
class Moderator:
    """A person who sees the desk of one site, and does there what the role allows."""

    id: str
    site_id: str
    email: str
    name: str
    password_hash: str
    role: Role
    password_due: datetime | None = None
    """By when a password must be changed that somebody else has seen; None if its owner chose it."""
    signed_in_at: datetime | None = None
    totp_sealed: str | None = None
    """The secret of the second factor; while `totp_on_at` is None it waits for its first code."""
    totp_on_at: datetime | None = None
    oidc_subject: str | None = None
    """What a sign-in provider calls them; None if they never came from there."""


def hash_token(token: str) -> str:
    """Return SHA-256 of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_moderator(connection: Connection, moderator: Moderator, now: datetime) -> bool:
    """Store a moderator, unless somebody has the address; return whether nobody had."""
    done = connection.execute(
        insert(connection.dialect.name, moderators)
        .values(
            id=moderator.id,
            site_id=moderator.site_id,
            email=moderator.email.lower(),
            name=moderator.name,
            password_hash=moderator.password_hash,
            role=moderator.role.value,
            password_due=moderator.password_due,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(moderators.c.id)
    )
    return done.first() is not None


def find_moderator(connection: Connection, email: str, *, lock: bool = False) -> Moderator | None:
    """Return the moderator with that address, whatever its case; locked, if wanted, until the transaction ends."""
    query = select(moderators).where(moderators.c.email == email.lower())
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _moderator(row)


def find_identity(connection: Connection, issuer: str, subject: str) -> Moderator | None:
    """Return the moderator whom a provider calls so."""
    mine = (moderators.c.oidc_issuer == issuer) & (moderators.c.oidc_subject == subject)
    row = connection.execute(select(moderators).where(mine)).one_or_none()
    return None if row is None else _moderator(row)


def set_identity(connection: Connection, moderator_id: str, issuer: str, subject: str) -> None:
    """Remember what a provider calls a moderator."""
    mine = moderators.c.id == moderator_id
    connection.execute(update(moderators).where(mine).values(oidc_issuer=issuer, oidc_subject=subject))


def get_moderator(connection: Connection, site_id: str, moderator_id: str) -> Moderator | None:
    """Return a moderator of a site."""
    mine = (moderators.c.site_id == site_id) & (moderators.c.id == moderator_id)
    row = connection.execute(select(moderators).where(mine)).one_or_none()
    return None if row is None else _moderator(row)


def list_moderators(connection: Connection, site_id: str, limit: int = 1000) -> list[Moderator]:
    """Return the moderators of a site, by address."""
    rows = connection.execute(
        select(moderators).where(moderators.c.site_id == site_id).order_by(moderators.c.email).limit(limit)
    )
    return [_moderator(row) for row in rows]


def lock_owners(connection: Connection, site_id: str, limit: int = 1000) -> Sequence[str]:
    """Return the ids of a site's owners, who stay owners until this transaction ends."""
    owners = (moderators.c.site_id == site_id) & (moderators.c.role == Role.OWNER.value)
    query = select(moderators.c.id).where(owners).order_by(moderators.c.id).limit(limit).with_for_update()
    return connection.execute(query).scalars().all()


def set_role(connection: Connection, site_id: str, moderator_id: str, role: Role) -> None:
    """Give a moderator another role; it holds from their next request on."""
    mine = (moderators.c.site_id == site_id) & (moderators.c.id == moderator_id)
    connection.execute(update(moderators).where(mine).values(role=role.value))


def set_password(connection: Connection, moderator_id: str, password_hash: str, due: datetime | None) -> None:
    """Give a moderator another password, which must be changed by `due` if there is such a moment."""
    mine = moderators.c.id == moderator_id
    connection.execute(update(moderators).where(mine).values(password_hash=password_hash, password_due=due))


def note_sign_in(connection: Connection, moderator_id: str, now: datetime) -> None:
    """Remember when a moderator signed in last."""
    connection.execute(update(moderators).where(moderators.c.id == moderator_id).values(signed_in_at=now))


def remove_moderator(connection: Connection, site_id: str, moderator_id: str) -> None:
    """Forget a moderator, and end their sessions."""
    end_sessions(connection, moderator_id)
    mine = (moderators.c.site_id == site_id) & (moderators.c.id == moderator_id)
    connection.execute(delete(moderators).where(mine))


def open_session(connection: Connection, token: str, moderator_id: str, now: datetime, expires_at: datetime) -> None:
    """Remember a session until `expires_at`, and forget those that are over."""
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
    connection.execute(
        sessions.insert().values(
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
    return None if row is None else _moderator(row)


def close_session(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.hash == hash_token(token)))


def end_sessions(connection: Connection, moderator_id: str, keep_token: str | None = None) -> int:
    """End all sessions of a moderator but the one to keep; return how many there were."""
    query = delete(sessions).where(sessions.c.moderator_id == moderator_id)
    if keep_token is not None:
        query = query.where(sessions.c.hash != hash_token(keep_token))
    return connection.execute(query).rowcount


def _moderator(row: Row[Any]) -> Moderator:
    return Moderator(
        id=row.id,
        site_id=row.site_id,
        email=row.email,
        name=row.name,
        password_hash=row.password_hash,
        role=Role(row.role),
        password_due=row.password_due,
        signed_in_at=row.signed_in_at,
        totp_sealed=row.totp_sealed,
        totp_on_at=row.totp_on_at,
        oidc_subject=row.oidc_subject,
    )
