"""Which moderator somebody is whom an OpenID Connect provider knows, and the session that opens for them."""

from datetime import datetime

from moderation import accounts
from moderation.accounts import NOBODYS_HASH
from moderation.audit_entry import Actor, ActorKind, AuditAction, Change
from moderation.oidc import Identity
from moderation.storage import audit, moderators
from moderation.storage.database import Connection, Database
from moderation.storage.moderators import Moderator


def sign_in(database: Database, identity: Identity, now: datetime) -> str | None:
    """Return the token of a new session, or None if nobody is known by that identity.

    Who signs in for the first time is found by the address, and from then on by what the provider calls them: an
    address can be given to somebody else. No code of ours is asked for: how people show who they are is the
    provider's part. A password that others have seen is good no more.
    """
    with database.write() as connection:
        found = moderators.find_identity(connection, identity.issuer, identity.subject)
        if found is None:
            found = _linked(connection, identity, now)
        if found is None:
            token = None
        else:
            if found.password_due is not None:
                moderators.set_password(connection, found.id, NOBODYS_HASH, None)
                who = Actor(ActorKind.MODERATOR, found.id)
                changed = Change(who, AuditAction.PASSWORD_CHANGED, found.id, {"sessions": 0})
                audit.append(connection, found.site_id, now, changed)
            token = accounts.open_session(connection, found, now)
    if token is None:
        accounts.note_refusal(database, None, now)
    return token


def _linked(connection: Connection, identity: Identity, now: datetime) -> Moderator | None:
    """Return who has the identity's address, from now on with that identity, unless they have another."""
    if identity.email is None or "\0" in identity.email + identity.subject:
        return None
    found = moderators.find_moderator(connection, identity.email.strip(), lock=True)
    if found is None or found.oidc_subject is not None:
        return None
    moderators.set_identity(connection, found.id, identity.issuer, identity.subject)
    linked = Change(Actor(ActorKind.MODERATOR, found.id), AuditAction.IDENTITY_LINKED, found.id)
    audit.append(connection, found.site_id, now, linked)
    return found
