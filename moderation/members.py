"""Which moderators a site has and what each may do: their roles, the end of their sessions, their removal.

A site always keeps an owner, or nobody at the desk could put anything right any more; owners are locked while one of
them is changed, so that two who demote each other at the same moment do not both succeed.
"""

from datetime import datetime

from moderation.audit_entry import Actor, AuditAction, Change
from moderation.errors import LastOwnerError, NotFoundError
from moderation.model import Role
from moderation.storage import audit, moderators
from moderation.storage.database import Connection, Database
from moderation.storage.moderators import Moderator

NOT_HERE = "This site has no such moderator"


def list_members(database: Database, site_id: str) -> list[Moderator]:
    """Return the moderators of a site, by address."""
    with database.read() as connection:
        return moderators.list_moderators(connection, site_id)


def change_role(
    database: Database, site_id: str, moderator_id: str, role: Role, now: datetime, actor: Actor
) -> Moderator:
    """Give a moderator another role and return who it was.

    Raises:
        NotFoundError: the site has no such moderator.
        LastOwnerError: it is the only owner.
    """
    with database.write() as connection:
        before = _locked(connection, site_id, moderator_id, stays_owner=role is Role.OWNER)
        if before.role is not role:
            moderators.set_role(connection, site_id, moderator_id, role)
            details = {"role": role.value, "role_before": before.role.value}
            audit.append(connection, site_id, now, Change(actor, AuditAction.MODERATOR_CHANGED, moderator_id, details))
    return before


def remove(database: Database, site_id: str, moderator_id: str, now: datetime, actor: Actor) -> Moderator:
    """Remove a moderator, whose sessions end at once; what they decided stays. Raises as `change_role` does."""
    with database.write() as connection:
        before = _locked(connection, site_id, moderator_id, stays_owner=False)
        moderators.remove_moderator(connection, site_id, moderator_id)
        details = {"role": before.role.value}
        audit.append(connection, site_id, now, Change(actor, AuditAction.MODERATOR_REMOVED, moderator_id, details))
    return before


def end_sessions(database: Database, site_id: str, moderator_id: str, now: datetime, actor: Actor) -> int:
    """Sign a moderator out everywhere and return of how many sessions; `NotFoundError` if there is no such one."""
    with database.write() as connection:
        if moderators.get_moderator(connection, site_id, moderator_id) is None:
            raise NotFoundError(NOT_HERE)
        ended = moderators.end_sessions(connection, moderator_id)
        details = {"sessions": ended}
        audit.append(connection, site_id, now, Change(actor, AuditAction.SESSIONS_ENDED, moderator_id, details))
    return ended


def _locked(connection: Connection, site_id: str, moderator_id: str, *, stays_owner: bool) -> Moderator:
    owners = moderators.lock_owners(connection, site_id)
    found = moderators.get_moderator(connection, site_id, moderator_id)
    if found is None:
        raise NotFoundError(NOT_HERE)
    if not stays_owner and list(owners) == [found.id]:
        raise LastOwnerError
    return found
