"""Joins database, queue, windows and hasher as the settings say: for the web part, the workers and the shell."""

from moderation.address_keys import KeptKeys
from moderation.hashing import Hasher
from moderation.pipeline import Parts
from moderation.queue import Queue
from moderation.secret import load_secret
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.windows import Windows


def join_parts(settings: Settings) -> Parts:
    """Return the parts; nothing connects before it is used."""
    database = Database(settings.database)
    queue = Queue(settings.redis)
    hasher = Hasher(load_secret(settings), KeptKeys(database).at)
    return Parts(database, queue, Windows(queue.redis, database), hasher)
