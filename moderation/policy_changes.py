"""Putting a new policy in force, whoever does it."""

from datetime import datetime

from moderation.audit_entry import Actor, AuditAction, Change
from moderation.policy_document import Policy
from moderation.storage import audit, sites
from moderation.storage.database import Connection


def put_policy(connection: Connection, site_id: str, policy: Policy, by: str, actor: Actor, now: datetime) -> int:
    """Put a new version of a site's policy in force and return its number; the audit log says which parts differ.

    `by` is who did it, for people.
    """
    version = sites.put_policy(connection, site_id, policy, by, now)
    parts = sites.changed_parts(connection, site_id, version)
    change = Change(actor, AuditAction.POLICY_CHANGED, str(version), {"version": version, "parts": parts})
    audit.append(connection, site_id, now, change)
    return version
