"""Makes, replaces and ends the API keys of a site; a key itself is known only at the moment when it is made.

To roll a key, a second one like it is made, and the first goes on for a stated time: meanwhile both are good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation import ids
from moderation.audit_entry import Actor, AuditAction, Change, Value, key_made
from moderation.errors import KeyReplacedError, NotFoundError
from moderation.hashing import Hasher
from moderation.model import Scope
from moderation.records import Key
from moderation.storage import audit, sites
from moderation.storage.database import Database

NATIVE, AKISMET = "native", "akismet"
OVERLAP = timedelta(days=7)
LONGEST = timedelta(days=3660)
NO_SUCH = "There is no such live key; `moderation key list` shows them"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to make: its name for people, its kind, what it may do, and until when."""

    name: str
    kind: str = NATIVE
    scopes: Sequence[Scope] = tuple(Scope)
    expires_at: datetime | None = None

    @property
    def allowed(self) -> list[Scope]:
        """What it may do; an Akismet key has no scopes."""
        return [] if self.kind == AKISMET else list(self.scopes)


def list_keys(database: Database, site_id: str) -> list[Key]:
    """Return the keys of a site that were not revoked, oldest first; those that have expired, too."""
    with database.read() as connection:
        return sites.list_keys(connection, site_id)


def make(database: Database, hasher: Hasher, site_id: str, wanted: Wanted, now: datetime, actor: Actor) -> str:
    """Make a key and return it; only its hash is kept."""
    key, prefix, stored = _drawn(hasher, wanted.kind)
    with database.write() as connection:
        sites.add_key(connection, site_id, stored, prefix, wanted.kind, wanted.allowed, wanted.name, now)
        if wanted.expires_at is not None:
            sites.expire_key(connection, site_id, prefix, wanted.expires_at)
        made = key_made(prefix, wanted.kind, wanted.allowed, actor, wanted.expires_at)
        audit.append(connection, site_id, now, made)
    return key


def rotate(
    database: Database, hasher: Hasher, site_id: str, prefix: str, overlap: timedelta, now: datetime, actor: Actor
) -> str:
    """Make a key like another one and return it; the other lives on for `overlap`, and not longer than it would have.

    Raises:
        NotFoundError: the site has no live key of that prefix.
        KeyReplacedError: it was rotated before.
    """
    with database.write() as connection:
        old = next((one for one in sites.list_keys(connection, site_id) if one.prefix == prefix), None)
        if old is None or old.is_over(now):
            raise NotFoundError(NO_SUCH)
        if old.replaced_by is not None:
            raise KeyReplacedError
        key, new, stored = _drawn(hasher, old.kind)
        expires_at, scopes = _renewed(old, now), sorted(old.scopes)
        sites.add_key(connection, site_id, stored, new, old.kind, scopes, old.name, now)
        if expires_at is not None:
            sites.expire_key(connection, site_id, new, expires_at)
        until = min(now + overlap, old.expires_at or now + overlap)
        sites.replace_key(connection, site_id, prefix, new, until)
        made = key_made(new, old.kind, scopes, actor, expires_at)
        details: Mapping[str, Value] = {"new": new, "overlap_seconds": round((until - now).total_seconds())}
        audit.append(connection, site_id, now, made, Change(actor, AuditAction.KEY_ROTATED, prefix, details))
    return key


def revoke(database: Database, site_id: str, prefix: str, now: datetime, actor: Actor) -> None:
    """End a key's life, within two seconds; `NotFoundError` if the site has no such live one."""
    with database.write() as connection:
        if not sites.revoke_key(connection, site_id, prefix, now):
            raise NotFoundError(NO_SUCH)
        audit.append(connection, site_id, now, Change(actor, AuditAction.KEY_REVOKED, prefix))


def _renewed(old: Key, now: datetime) -> datetime | None:
    """Return when a key that takes another's place expires: after as long a life as that one had."""
    if old.expires_at is None or old.created_at is None:
        return None
    return now + (old.expires_at - old.created_at)


def _drawn(hasher: Hasher, kind: str) -> tuple[str, str, str]:
    """Return a new key, its public prefix, and what is hashed to be stored."""
    if kind == AKISMET:
        key = ids.new_akismet_key()
        stored = hasher.akismet_key(key)
        return key, stored, stored
    prefix, key = ids.new_api_key()
    return key, prefix, key
