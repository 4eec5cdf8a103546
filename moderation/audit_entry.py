"""The vocabulary of the audit log: who changed what, and how a site's entries are chained by their hashes.

Details hold ids, numbers and the service's own words: no text, name, address, key or secret, so that erasing a comment
changes no entry.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from moderation.model import DecidedBy, Decision

FORMAT = 1
"""Of what is hashed."""
GENESIS = "0" * 64
"""What stands in a first entry for the hash before it."""
SERVICE_CHAIN = ""
"""In place of a site: the entries that belong to none, such as of sign-ins with an address that nobody has."""

Value = str | int | bool | None | list[str]


class ActorKind(StrEnum):
    """Who can change something."""

    MODERATOR = "moderator"  # a person at the desk, by the id of the moderator
    API_KEY = "api_key"  # the site's own program, by the public prefix of its key
    CLI = "cli"  # whoever has a shell on the server
    SERVICE = "service"  # the service itself, as when it gives up an endpoint
    NOBODY = "nobody"  # somebody who could not show who they are


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changed something; the id is never a name."""

    kind: ActorKind
    id: str = ""


CLI, SERVICE, NOBODY = Actor(ActorKind.CLI), Actor(ActorKind.SERVICE), Actor(ActorKind.NOBODY)


class AuditAction(StrEnum):
    """What is kept in the audit log; what the policy decides is in each comment's own log."""

    SITE_MADE = "site.made"
    COMMENT_DECIDED = "comment.decided"
    COMMENT_EDITED = "comment.edited"
    COMMENT_ERASED = "comment.erased"
    CLUSTER_DECIDED = "cluster.decided"
    DECISIONS_UNDONE = "decisions.undone"
    AUTHOR_ERASED = "author.erased"
    AUTHOR_RESTRICTED = "author.restricted"
    AUTHOR_FREED = "author.freed"
    APPEAL_OPENED = "appeal.opened"
    APPEAL_DECIDED = "appeal.decided"
    RETENTION_APPLIED = "retention.applied"
    POLICY_CHANGED = "policy.changed"
    KEY_MADE = "key.made"
    KEY_REVOKED = "key.revoked"
    KEY_ROTATED = "key.rotated"
    MODERATOR_MADE = "moderator.made"
    MODERATOR_CHANGED = "moderator.changed"
    MODERATOR_REMOVED = "moderator.removed"
    IDENTITY_LINKED = "moderator.identity_linked"
    TOTP_ON = "moderator.totp_on"
    TOTP_OFF = "moderator.totp_off"
    RECOVERY_USED = "moderator.recovery_used"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - an action, no password
    SESSIONS_ENDED = "sessions.ended"
    ENDPOINT_MADE = "endpoint.made"
    ENDPOINT_CHANGED = "endpoint.changed"
    ENDPOINT_ROTATED = "endpoint.rotated"
    ENDPOINT_DISABLED = "endpoint.disabled"
    ENDPOINT_REMOVED = "endpoint.removed"
    CORAL_SECRET_MADE = "coral_secret.made"  # noqa: S105 - an action, no password
    CORAL_SECRET_REMOVED = "coral_secret.removed"  # noqa: S105 - an action, no password
    LEARNING_ROLLED_BACK = "learning.rolled_back"
    SESSION_OPENED = "session.opened"
    SESSION_REFUSED = "session.refused"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was done, before it has its place in the log; `subject` is the id of what it was done to."""

    actor: Actor
    action: AuditAction
    subject: str = ""
    details: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A change in its place: its number in the site's chain, from 1, and the hash that binds it to all before it."""

    site_id: str
    number: int
    at: datetime
    actor: Actor
    action: str
    subject: str
    details: Mapping[str, Value]
    previous: str
    hash: str


def key_made(
    prefix: str, kind: str, scopes: Sequence[str], actor: Actor = CLI, expires_at: datetime | None = None
) -> Change:
    """Return what is said of a key that was made."""
    expires: Mapping[str, Value] = {"expires_at": expires_at.isoformat(timespec="seconds")} if expires_at else {}
    return Change(actor, AuditAction.KEY_MADE, prefix, {"kind": kind, "scopes": sorted(scopes), **expires})


def decider(decision: Decision) -> Actor:
    """Return who made a decision."""
    kinds = {
        DecidedBy.MODERATOR: ActorKind.MODERATOR,
        DecidedBy.API: ActorKind.API_KEY,
        DecidedBy.POLICY: ActorKind.SERVICE,
    }
    return Actor(kinds[decision.by], decision.actor_id or "")


def canonical(details: Mapping[str, Value]) -> str:
    """Return details as the one JSON text that is kept and hashed: names sorted, no white space, ASCII."""
    return json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def chained(fields: Sequence[object], previous: str) -> str:
    """Return the hash of an entry: SHA-256 of a JSON array of the format, its fields and the hash before it.

    The fields are those of `Entry` up to `details`, the actor's kind before its id, `at` in microseconds since 1970 and
    `details` as the text that `canonical` makes; in a row that somebody changed they may be anything.
    """
    written = json.dumps([FORMAT, *fields, previous], separators=(",", ":"), ensure_ascii=True, default=repr)
    return hashlib.sha256(written.encode()).hexdigest()
