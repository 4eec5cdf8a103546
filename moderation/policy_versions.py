"""The versions of a site's policy: put one in force, list them, read one, compare two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.audit_entry import SERVICE, Actor
from moderation.errors import NotFoundError, StaleError
from moderation.pipeline import Parts
from moderation.policy_changes import put_policy
from moderation.policy_diff import Difference, diff
from moderation.policy_document import Policy, render
from moderation.records import PolicyVersion
from moderation.storage import policies

NUMBER_AT_MOST = 2**31 - 1
"""What a database keeps as a version."""
MISSING = "The policy has no such version"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a version has that another has not; without `base` it is compared with a new site's policy."""

    version: int
    base: int | None
    differences: Sequence[Difference]


def put(
    parts: Parts,
    site_id: str,
    policy: Policy,
    by: str,
    expected_version: int | None,
    now: datetime,
    actor: Actor = SERVICE,
) -> None:
    """Put a policy in force as the next version.

    Raises:
        StaleError: another version than the expected one is in force.
    """
    with parts.database.write() as connection:
        version = policies.lock_version(connection, site_id)
        if expected_version not in {None, version}:
            raise StaleError("The policy was changed since you read it; read it again", version_now=version)
        put_policy(connection, site_id, policy, by, actor, now)


def page(parts: Parts, site_id: str, limit: int, before: int | None) -> tuple[list[PolicyVersion], int | None]:
    """Return up to `limit` versions, newest first, and the number to go on before, or None at the end."""
    with parts.database.read() as connection:
        found = policies.list_versions(connection, site_id, limit + 1, before)
    return found[:limit], found[limit - 1].version if len(found) > limit else None


def find(parts: Parts, site_id: str, version: int) -> tuple[PolicyVersion, Policy]:
    """Return one version with its policy.

    Raises:
        NotFoundError: the site's policy has no such version.
    """
    with parts.database.read() as connection:
        found = policies.get_version(connection, site_id, version) if version <= NUMBER_AT_MOST else None
    if found is None:
        raise NotFoundError(MISSING)
    return found


def compare(parts: Parts, site_id: str, version: int, base: int | None) -> Comparison:
    """Return what `version` changed from `base`, or from the version before it.

    Raises:
        NotFoundError: the site's policy has no such version.
    """
    _, policy = find(parts, site_id, version)
    if base is None:
        earlier, _ = page(parts, site_id, 1, version)
        base = earlier[0].version if earlier else None
    old = Policy() if base is None else find(parts, site_id, base)[1]
    return Comparison(version, base, diff(render(old), render(policy)))
