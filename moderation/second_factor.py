"""A moderator's second factor: codes of an app, and ten recovery codes for when the app is lost.

The secret is sealed (`sealing.TOTP`). A code is good once: the step it belongs to is kept, and only later ones count.
"""

from datetime import datetime

from moderation import accounts, ids, totp
from moderation.audit_entry import Actor, ActorKind, AuditAction, Change
from moderation.errors import NotFoundError
from moderation.hashing import Hasher
from moderation.members import NOT_HERE
from moderation.sealing import TOTP, InvalidToken, seal, unseal
from moderation.storage import audit, moderators, second_factors
from moderation.storage.database import Connection, Database
from moderation.storage.moderators import Moderator

RECOVERY_CODES = 10


def start(database: Database, hasher: Hasher, moderator: Moderator) -> str:
    """Return a new secret, which asks for nothing before `turn_on`; the one that was shown before is forgotten."""
    secret = ids.new_totp_secret()
    with database.write() as connection:
        second_factors.put_pending(connection, moderator.id, seal(hasher.derive(TOTP), secret))
    return secret


def pending(hasher: Hasher, moderator: Moderator) -> str | None:
    """Return the secret that waits for its first code, if there is one."""
    return None if moderator.totp_on_at else _secret(hasher, moderator)


def turn_on(
    database: Database, hasher: Hasher, moderator: Moderator, typed: str, token: str, now: datetime
) -> list[str] | None:
    """Ask for codes from now on, end the other sessions than `token` and return the recovery codes.

    None if the code is wrong, or no secret waits.
    """
    secret = pending(hasher, moderator)
    step = totp.matching_step(secret, typed, now) if secret else None
    if step is None:
        return None
    codes = [ids.new_password() for _ in range(RECOVERY_CODES)]
    with database.write() as connection:
        if not second_factors.turn_on(connection, moderator, step, now, map(totp.recovery_hash, codes)):
            return None
        ended = moderators.end_sessions(connection, moderator.id, token)
        audit.append(connection, moderator.site_id, now, _by(moderator, AuditAction.TOTP_ON, {"sessions": ended}))
    return codes


def sign_in(database: Database, hasher: Hasher, moderator: Moderator, typed: str, now: datetime) -> str | None:
    """Return the token of a new session of somebody whose password was right, or None if the code is not."""
    with database.write() as connection:
        if _use(connection, hasher, moderator, typed, now):
            return accounts.open_session(connection, moderator, now)
    accounts.note_refusal(database, moderator, now)
    return None


def turn_off(database: Database, hasher: Hasher, moderator: Moderator, typed: str, now: datetime) -> bool:
    """Ask for no more codes; False if the code is wrong."""
    with database.write() as connection:
        if not _use(connection, hasher, moderator, typed, now):
            return False
        _turn_off(connection, moderator, now, Actor(ActorKind.MODERATOR, moderator.id))
    return True


def turn_off_for(database: Database, site_id: str, moderator_id: str, now: datetime, actor: Actor) -> bool:
    """Switch a moderator's second factor off for them, who lost it; return whether it was on.

    Raises:
        NotFoundError: the site has no such moderator.
    """
    with database.write() as connection:
        found = moderators.get_moderator(connection, site_id, moderator_id)
        if found is None:
            raise NotFoundError(NOT_HERE)
        return _turn_off(connection, found, now, actor)


def codes_left(database: Database, moderator: Moderator) -> int:
    """Return how many recovery codes a moderator has left."""
    with database.read() as connection:
        return second_factors.count_recovery(connection, moderator.id)


def _turn_off(connection: Connection, moderator: Moderator, now: datetime, actor: Actor) -> bool:
    was_on = second_factors.turn_off(connection, moderator.site_id, moderator.id)
    if was_on:
        audit.append(connection, moderator.site_id, now, Change(actor, AuditAction.TOTP_OFF, moderator.id))
    return was_on


def _use(connection: Connection, hasher: Hasher, moderator: Moderator, typed: str, now: datetime) -> bool:
    """Use up a code of the app, or a recovery code; return whether it was good."""
    if totp.is_code(typed):
        secret = _secret(hasher, moderator)
        step = totp.matching_step(secret, typed, now) if secret else None
        return step is not None and second_factors.use_step(connection, moderator, step)
    used = second_factors.use_recovery(connection, moderator.id, totp.recovery_hash(typed))
    if used:
        left = second_factors.count_recovery(connection, moderator.id)
        audit.append(connection, moderator.site_id, now, _by(moderator, AuditAction.RECOVERY_USED, {"left": left}))
    return used


def _secret(hasher: Hasher, moderator: Moderator) -> str | None:
    """Return the secret; one that was sealed under another secret of the service is as good as none."""
    try:
        return unseal(hasher.derive(TOTP), moderator.totp_sealed or "")
    except InvalidToken:
        return None


def _by(moderator: Moderator, action: AuditAction, details: dict[str, str | int | bool | list[str] | None]) -> Change:
    return Change(Actor(ActorKind.MODERATOR, moderator.id), action, moderator.id, details)
