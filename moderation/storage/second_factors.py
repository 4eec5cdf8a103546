"""What a moderator's second factor is kept as: a sealed secret, the last step whose code was good, recovery codes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from moderation.storage.moderators import Moderator
from moderation.storage.tables import moderators, recovery_codes


def put_pending(connection: Connection, moderator_id: str, sealed: str) -> None:
    """Keep a secret that asks for nothing yet, unless one is on; the one that waited before is forgotten."""
    off = (moderators.c.id == moderator_id) & moderators.c.totp_on_at.is_(None)
    connection.execute(update(moderators).where(off).values(totp_sealed=sealed, totp_step=None))


def turn_on(connection: Connection, moderator: Moderator, step: int, now: datetime, hashes: Iterable[str]) -> bool:
    """Ask for codes of the secret that waits, from the next step on; return whether it still waited."""
    waiting = (moderators.c.id == moderator.id) & moderators.c.totp_on_at.is_(None)
    same = moderators.c.totp_sealed == moderator.totp_sealed
    done = connection.execute(update(moderators).where(waiting, same).values(totp_on_at=now, totp_step=step))
    if done.rowcount:
        _forget_codes(connection, moderator.id)
        rows = [{"moderator_id": moderator.id, "hash": one} for one in hashes]
        connection.execute(insert(recovery_codes), rows)
    return done.rowcount > 0


def use_step(connection: Connection, moderator: Moderator, step: int) -> bool:
    """Note that the code of a step was used; return False if that one or a later one was used before.

    Compared and set at once: of two requests with the same code one is refused.
    """
    on = (moderators.c.id == moderator.id) & moderators.c.totp_on_at.is_not(None)
    fresh = (moderators.c.totp_sealed == moderator.totp_sealed) & (moderators.c.totp_step < step)
    return connection.execute(update(moderators).where(on, fresh).values(totp_step=step)).rowcount > 0


def use_recovery(connection: Connection, moderator_id: str, hashed: str) -> bool:
    """Forget a recovery code; return whether there was one, which is true once."""
    mine = (recovery_codes.c.moderator_id == moderator_id) & (recovery_codes.c.hash == hashed)
    return connection.execute(delete(recovery_codes).where(mine)).rowcount > 0


def count_recovery(connection: Connection, moderator_id: str) -> int:
    """Return how many recovery codes are left."""
    query = select(func.count()).where(recovery_codes.c.moderator_id == moderator_id)
    return connection.execute(query).scalar_one()


def turn_off(connection: Connection, site_id: str, moderator_id: str) -> bool:
    """Forget the secret and the recovery codes of a moderator of a site; return whether codes were asked for."""
    on = (moderators.c.site_id == site_id) & (moderators.c.id == moderator_id) & moderators.c.totp_on_at.is_not(None)
    off = {"totp_sealed": None, "totp_step": None, "totp_on_at": None}
    was_on = connection.execute(update(moderators).where(on).values(off)).rowcount > 0
    if was_on:
        _forget_codes(connection, moderator_id)
    return was_on


def _forget_codes(connection: Connection, moderator_id: str) -> None:
    connection.execute(delete(recovery_codes).where(recovery_codes.c.moderator_id == moderator_id))
