"""The versions of a site's policy, as they are listed and read again; `sites.put_policy` makes them."""

from sqlalchemy import Connection, select

from moderation import policy_document
from moderation.policy_document import Policy
from moderation.records import PolicyVersion
from moderation.storage.tables import policies, sites


def lock_version(connection: Connection, site_id: str) -> int | None:
    """Return the number of the policy in force, and keep others from changing it until the transaction ends."""
    query = select(sites.c.policy_version).where(sites.c.id == site_id).with_for_update()
    return connection.execute(query).scalar_one_or_none()


def list_versions(connection: Connection, site_id: str, limit: int, before: int | None) -> list[PolicyVersion]:
    """Return up to `limit` versions, newest first, older than `before`."""
    query = select(policies.c.version, policies.c.created_at, policies.c.created_by).where(
        policies.c.site_id == site_id
    )
    if before is not None:
        query = query.where(policies.c.version < before)
    rows = connection.execute(query.order_by(policies.c.version.desc()).limit(limit))
    return [PolicyVersion(*row) for row in rows]


def get_version(connection: Connection, site_id: str, version: int) -> tuple[PolicyVersion, Policy] | None:
    """Return one version with its policy, or None."""
    row = connection.execute(
        select(policies).where(policies.c.site_id == site_id, policies.c.version == version)
    ).one_or_none()
    if row is None:
        return None
    return PolicyVersion(row.version, row.created_at, row.created_by), policy_document.parse(row.document)
