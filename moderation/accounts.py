"""Moderators' passwords and sessions.

Passwords are kept as argon2id hashes with 19 MiB, 2 passes and 1 lane, the least that OWASP's Password Storage
Cheat Sheet asks for. Each hash takes that memory while it is made, so `HASHES_AT_ONCE` bounds how many are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from moderation import ids
from moderation.audit_entry import NOBODY, SERVICE, SERVICE_CHAIN, Actor, ActorKind, AuditAction, Change
from moderation.errors import UnavailableError
from moderation.model import Role
from moderation.storage import audit, moderators
from moderation.storage.database import Database
from moderation.storage.moderators import Moderator

SESSION_LIFE = timedelta(hours=12)
HASHES_AT_ONCE = 2
PATIENCE_SECONDS = 5.0
"""How long a sign-in waits for its turn to hash."""
NOBODYS_HASH = "$argon2id$v=19$m=19456,t=2,p=1$GORYlwaacKpKzCBIUHvJ0Q$Qe9DF95ExDLpFigRYh5b5RyWjCuZcCje4E4ScAD3bRE"
"""Compared with when nobody has the address: an unknown address takes as long as a wrong password."""

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = BoundedSemaphore(HASHES_AT_ONCE)


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
    """Make a moderator of a site and return the password: the given one, or a new one.

    Raises:
        sqlalchemy.exc.IntegrityError: the address is taken, or there is no such site.
    """
    password = password or ids.new_password()
    with _slot(PATIENCE_SECONDS):
        hashed = _hasher.hash(password)
    moderator = Moderator(ids.new_id(now), site_id, email.strip(), name, hashed, role)
    made = Change(actor, AuditAction.MODERATOR_MADE, moderator.id, {"role": role.value})
    with database.write() as connection:
        moderators.add_moderator(connection, moderator, now)
        audit.append(connection, site_id, now, made)
    return password


def sign_in(
    database: Database, email: str, password: str, now: datetime, *, patience: float = PATIENCE_SECONDS
) -> str | None:
    """Return the token of a new session, or None if address and password do not belong together.

    Raises:
        UnavailableError: too many others are signing in; no turn came within `patience` seconds.
    """
    with database.read() as connection:
        moderator = None if "\0" in email else moderators.find_moderator(connection, email.strip())
    with _slot(patience):
        try:
            _hasher.verify(moderator.password_hash if moderator else NOBODYS_HASH, password)
            right = True
        except VerifyMismatchError:
            right = False
    if moderator is None or not right:
        _note_refusal(database, moderator, now)
        return None
    token = ids.new_secret()
    opened = Change(Actor(ActorKind.MODERATOR, moderator.id), AuditAction.SESSION_OPENED, moderator.id)
    with database.write() as connection:
        moderators.open_session(connection, token, moderator.id, now, now + SESSION_LIFE)
        moderators.note_sign_in(connection, moderator.id, now)
        audit.append(connection, moderator.site_id, now, opened)
    return token


def signed_in(database: Database, token: str, now: datetime) -> Moderator | None:
    """Return whose live session `token` is."""
    with database.read() as connection:
        return moderators.session_moderator(connection, token, now)


def sign_out(database: Database, token: str) -> None:
    """End a session at once."""
    with database.write() as connection:
        moderators.close_session(connection, token)


def _note_refusal(database: Database, moderator: Moderator | None, now: datetime) -> None:
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
