"""What a browser keeps between the password and the code: who is half signed in, sealed, for five minutes.

It opens nothing but the page that asks for the code. A password that was changed meanwhile makes it worthless.
"""

import hashlib
import hmac
import json
from datetime import datetime, timedelta

from moderation.hashing import Hasher
from moderation.sealing import HALFWAY, InvalidToken, seal, unseal
from moderation.storage import moderators
from moderation.storage.database import Database
from moderation.storage.moderators import Moderator

LIFE = timedelta(minutes=5)


def write(hasher: Hasher, moderator: Moderator, now: datetime) -> str:
    """Return the cookie of somebody whose password was right."""
    until = (now + LIFE).isoformat()
    kept = [moderator.site_id, moderator.id, _mark(moderator), until]
    return seal(hasher.derive(HALFWAY), json.dumps(kept))


def read(database: Database, hasher: Hasher, cookie: str, now: datetime) -> Moderator | None:
    """Return who is half signed in, or None: the cookie is not ours, too old, or no code is asked for any more."""
    try:
        site_id, moderator_id, mark, until = json.loads(unseal(hasher.derive(HALFWAY), cookie))
    except InvalidToken:
        return None
    if now >= datetime.fromisoformat(until):
        return None
    with database.read() as connection:
        found = moderators.get_moderator(connection, site_id, moderator_id)
    if found is None or found.totp_on_at is None or not hmac.compare_digest(_mark(found), mark):
        return None
    return found


def _mark(moderator: Moderator) -> str:
    return hashlib.sha256(moderator.password_hash.encode()).hexdigest()
