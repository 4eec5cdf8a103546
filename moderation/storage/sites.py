"""Sites, their API keys, and the versions of their policies."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from moderation import policy_document
from moderation.model import Scope
from moderation.policy_document import Policy
from moderation.records import Key, Site
from moderation.storage.tables import api_keys, policies, sites


def hash_key(key: str) -> str:
    """Return SHA-256 of a key: keys are long and random, so a fast hash is enough.

    An Akismet key is not long: it comes here as `Hasher.akismet_key` of itself.
    """
    return hashlib.sha256(key.encode()).hexdigest()


def add_site(connection: Connection, site_id: str, name: str, policy: Policy, now: datetime) -> None:
    """Make a site with its first policy."""
    connection.execute(insert(sites).values(id=site_id, name=name, created_at=now, policy_version=1))
    _add_policy(connection, site_id, 1, policy, "set-up", now)


def get_site(connection: Connection, site_id: str) -> Site | None:
    """Return the site with the policy in force, or None."""
    row = connection.execute(
        select(sites.c.id, sites.c.name, sites.c.policy_version, policies.c.document)
        .join_from(sites, policies, (policies.c.site_id == sites.c.id) & (policies.c.version == sites.c.policy_version))
        .where(sites.c.id == site_id)
    ).one_or_none()
    if row is None:
        return None
    return Site(row.id, row.name, policy_document.parse(row.document), row.policy_version)


def policy_version(connection: Connection, site_id: str) -> int | None:
    """Return the number of the policy in force, for telling whether a kept one is still true."""
    return connection.execute(select(sites.c.policy_version).where(sites.c.id == site_id)).scalar_one_or_none()


def list_sites(connection: Connection, limit: int = 1000) -> list[tuple[str, str]]:
    """Return (id, name) of the sites, by id."""
    rows = connection.execute(select(sites.c.id, sites.c.name).order_by(sites.c.id).limit(limit))
    return [(row.id, row.name) for row in rows]


def put_policy(connection: Connection, site_id: str, policy: Policy, by: str, now: datetime) -> int:
    """Put a new version of the policy in force and return its number; earlier ones stay."""
    version: int = connection.execute(
        update(sites)
        .where(sites.c.id == site_id)
        .values(policy_version=sites.c.policy_version + 1)
        .returning(sites.c.policy_version)
    ).scalar_one()
    _add_policy(connection, site_id, version, policy, by, now)
    return version


def changed_parts(connection: Connection, site_id: str, version: int) -> list[str]:
    """Return the names of the parts in which a version of the policy differs from the one before it."""
    rows = connection.execute(
        select(policies.c.document)
        .where(policies.c.site_id == site_id, policies.c.version.in_((version - 1, version)))
        .order_by(policies.c.version)
    )
    before, after = (policy_document.render(policy_document.parse(row.document)) for row in rows)
    return sorted(name for name in after if after[name] != before[name])


def add_key(
    connection: Connection,
    site_id: str,
    key: str,
    prefix: str,
    kind: str,
    scopes: list[Scope],
    name: str,
    now: datetime,
) -> None:
    """Store the hash of a key of `kind` native or akismet."""
    connection.execute(
        insert(api_keys).values(
            prefix=prefix,
            site_id=site_id,
            kind=kind,
            hash=hash_key(key),
            scopes=[str(scope) for scope in scopes],
            name=name,
            created_at=now,
        )
    )


def find_key(connection: Connection, prefix: str, kind: str) -> tuple[Key, str] | None:
    """Return the key of that public prefix, unless it is revoked, with its hash, for comparing in constant time."""
    row = connection.execute(
        select(api_keys).where(api_keys.c.prefix == prefix, api_keys.c.kind == kind, api_keys.c.revoked_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    return _key(row), row.hash


def list_keys(connection: Connection, site_id: str, limit: int = 1000) -> list[Key]:
    """Return the keys of a site that are not revoked; they may have expired."""
    rows = connection.execute(
        select(api_keys)
        .where(api_keys.c.site_id == site_id, api_keys.c.revoked_at.is_(None))
        .order_by(api_keys.c.created_at)
        .limit(limit)
    )
    return [_key(row) for row in rows]


def expire_key(connection: Connection, site_id: str, prefix: str, at: datetime) -> None:
    """Let a key of a site expire at that moment."""
    mine = (api_keys.c.site_id == site_id) & (api_keys.c.prefix == prefix)
    connection.execute(update(api_keys).where(mine).values(expires_at=at))


def replace_key(connection: Connection, site_id: str, prefix: str, new: str, until: datetime) -> None:
    """Let a key of a site expire at `until`, because another takes its place."""
    mine = (api_keys.c.site_id == site_id) & (api_keys.c.prefix == prefix)
    connection.execute(update(api_keys).where(mine).values(expires_at=until, replaced_by=new))


def note_use(connection: Connection, prefix: str, now: datetime, unless_after: datetime) -> None:
    """Remember when a key was used, unless a use after `unless_after` is known already."""
    stale = api_keys.c.used_at.is_(None) | (api_keys.c.used_at <= unless_after)
    connection.execute(update(api_keys).where(api_keys.c.prefix == prefix, stale).values(used_at=now))


def revoke_key(connection: Connection, site_id: str, prefix: str, now: datetime) -> bool:
    """End a key's life; return whether there was one."""
    done = connection.execute(
        update(api_keys)
        .where(api_keys.c.site_id == site_id, api_keys.c.prefix == prefix, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return done.rowcount > 0


def _key(row: Row[Any]) -> Key:
    return Key(
        prefix=row.prefix,
        site_id=row.site_id,
        name=row.name,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        kind=row.kind,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        replaced_by=row.replaced_by,
    )


def _add_policy(connection: Connection, site_id: str, version: int, policy: Policy, by: str, now: datetime) -> None:
    connection.execute(
        insert(policies).values(
            site_id=site_id,
            version=version,
            document=policy_document.render(policy),
            created_at=now,
            created_by=by,
        )
    )
