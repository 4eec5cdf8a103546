"""Moderators' passwords and sessions.

Passwords are kept as argon2id hashes with 19 MiB, 2 passes and 1 lane, the least that OWASP's Password Storage
Cheat Sheet asks for. Each hash takes that memory while it is made, so `HASHES_AT_ONCE` bounds how many are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from moderation import ids
from moderation.audit_entry import NOBODY, SERVICE, SERVICE_CHAIN, Actor, ActorKind, AuditAction, Change
from moderation.errors import AddressTakenError, UnavailableError
from moderation.model import Role
from moderation.passwords import weakness
from moderation.storage import audit, moderators
from moderation.storage.database import Connection, Database
from moderation.storage.moderators import Moderator

SESSION_LIFE = timedelta(hours=12)
GIVEN_PASSWORD_LIFE = timedelta(hours=24)
"""How long a password that was made for somebody is enough for more than changing it."""
HASHES_AT_ONCE = 2
PATIENCE_SECONDS = 5.0
"""How long a sign-in waits for its turn to hash."""
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$GORYlwaacKpKzCBIUHvJ0Q$Qe9DF95ExDLpFigRYh5b5RyWjCuZcCje4E4ScAD3bRE"
"""Compared with when nobody has the address: an unknown address takes as long as a wrong password."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = BoundedSemaphore(HASHES_AT_ONCE)


class PasswordRefusal(StrEnum):
    """Why a password was not changed, beside that it is weak."""

    WRONG = "It is not the password until now"
    SAME = "It is the password until now: take another"


class CodeNeededError(Exception):
    """The password is right, and the moderator has a second factor, which is asked for before a session begins."""

    def __init__(self, moderator: Moderator) -> None:
        """Say whose password it was."""
        super().__init__("a code is needed")
        self.moderator = moderator


@dataclass(frozen=True, slots=True)
class Stay:
    """The one session that goes on when a password is changed, if any; who changed it, and when."""

    token: str | None
    now: datetime
    actor: Actor


def add_moderator(
    database: Database,
    site_id: str,
    email: str,
    name: str,
    now: datetime,
    password: str | None = None,
    actor: Actor = SERVICE,
    role: Role = Role.OWNER,
) -> str:
    """Make a moderator of a site and return the password: the given one, or a new one that must be changed.

    Raises:
        AddressTakenError: a moderator has the address.
        sqlalchemy.exc.IntegrityError: there is no such site.
    """
    due = None if password else now + GIVEN_PASSWORD_LIFE
    password = password or ids.new_password()
    moderator = Moderator(ids.new_id(now), site_id, email.strip(), name, _hashed(password), role, due)
    made = Change(actor, AuditAction.MODERATOR_MADE, moderator.id, {"role": role.value})
    with database.write() as connection:
        if not moderators.add_moderator(connection, moderator, now):
            raise AddressTakenError
        audit.append(connection, site_id, now, made)
    return password


def sign_in(
    database: Database, email: str, password: str, now: datetime, *, patience: float = PATIENCE_SECONDS
) -> str | None:
    """Return the token of a new session, or None if address and password do not belong together.

    Raises:
        UnavailableError: too many others are signing in; no turn came within `patience` seconds.
        CodeNeededError: they do, and a code is asked for, too; see `second_factor.sign_in`.
    """
    with database.read() as connection:
        moderator = None if "\0" in email else moderators.find_moderator(connection, email.strip())
    right = _fits(moderator.password_hash if moderator else NOBODYS_HASH, password, patience)
    if moderator is None or not right:
        note_refusal(database, moderator, now)
        return None
    if moderator.totp_on_at is not None:
        raise CodeNeededError(moderator)
    with database.write() as connection:
        return open_session(connection, moderator, now)


def open_session(connection: Connection, moderator: Moderator, now: datetime) -> str:
    """Return the token of a new session of somebody who has shown who they are."""
    token = ids.new_secret()
    opened = Change(Actor(ActorKind.MODERATOR, moderator.id), AuditAction.SESSION_OPENED, moderator.id)
    moderators.open_session(connection, token, moderator.id, now, now + SESSION_LIFE)
    moderators.note_sign_in(connection, moderator.id, now)
    audit.append(connection, moderator.site_id, now, opened)
    return token


def is_password(database: Database, moderator: Moderator, password: str, now: datetime) -> bool:
    """Tell whether somebody who is signed in knows their password; a wrong one is noted. Raises as `sign_in` does."""
    right = _fits(moderator.password_hash, password)
    if not right:
        note_refusal(database, moderator, now)
    return right


def signed_in(database: Database, token: str, now: datetime) -> Moderator | None:
    """Return whose live session `token` is."""
    with database.read() as connection:
        return moderators.session_moderator(connection, token, now)


def sign_out(database: Database, token: str) -> None:
    """End a session at once."""
    with database.write() as connection:
        moderators.close_session(connection, token)


def change_password(
    database: Database, moderator: Moderator, current: str, new: str, token: str, now: datetime
) -> str | None:
    """Give a moderator the password that they chose and end their other sessions than `token`.

    Return why not, in words or as `PasswordRefusal`; None if it is done. Raises as `sign_in` does.
    """
    if not is_password(database, moderator, current, now):
        return PasswordRefusal.WRONG
    if new == current:
        return PasswordRefusal.SAME
    weak = weakness(new, moderator.email)
    if weak is None:
        actor = Actor(ActorKind.MODERATOR, moderator.id)
        _set_password(database, moderator, _hashed(new), None, Stay(token, now, actor))
    return weak


def give_password(database: Database, moderator: Moderator, now: datetime, actor: Actor) -> str:
    """Give a moderator who lost theirs a new password, which must be changed; all their sessions end."""
    password = ids.new_password()
    _set_password(database, moderator, _hashed(password), now + GIVEN_PASSWORD_LIFE, Stay(None, now, actor))
    return password


def _set_password(database: Database, moderator: Moderator, hashed: str, due: datetime | None, stay: Stay) -> None:
    with database.write() as connection:
        moderators.set_password(connection, moderator.id, hashed, due)
        ended = moderators.end_sessions(connection, moderator.id, stay.token)
        changed = Change(stay.actor, AuditAction.PASSWORD_CHANGED, moderator.id, {"sessions": ended})
        audit.append(connection, moderator.site_id, stay.now, changed)


def _hashed(password: str) -> str:
    with _slot(PATIENCE_SECONDS):
        return _hasher.hash(password)


def _fits(password_hash: str, password: str, patience: float = PATIENCE_SECONDS) -> bool:
    with _slot(patience):
        try:
            return _hasher.verify(password_hash, password)
        except VerifyMismatchError:
            return False


def note_refusal(database: Database, moderator: Moderator | None, now: datetime) -> None:
    """Keep that somebody was not let in; of an address that nobody has, too, which must not be told by its time."""
    site_id, subject = (moderator.site_id, moderator.id) if moderator else (SERVICE_CHAIN, "")
    with database.write() as connection:
        audit.append(connection, site_id, now, Change(NOBODY, AuditAction.SESSION_REFUSED, subject))


@contextmanager
def _slot(patience: float) -> Iterator[None]:
    if not _slots.acquire(timeout=patience):
        raise UnavailableError("Too many people are signing in; try again in a moment", retry_after=5)
    try:
        yield
    finally:
        _slots.release()
