"""The keys that networks are hashed with, as this process last read them from the database."""

from datetime import datetime, timedelta

from moderation.hashing import AddressKeys
from moderation.storage import address_keys
from moderation.storage.address_keys import AddressKey
from moderation.storage.database import Database, SQLAlchemyError

FRESH = timedelta(seconds=10)
"""A new key is made known a minute before it counts, so each process reads it in time."""


class KeptKeys:
    """Asks the database once in `FRESH`; while it is away, the keys that are known go on."""

    def __init__(self, database: Database) -> None:
        """Read nothing before the first address comes."""
        self._database = database
        self._known: tuple[datetime, list[AddressKey]] | None = None

    def at(self, now: datetime) -> AddressKeys:
        """Return the keys that count at a moment."""
        known = self._known
        if known is None or abs(now - known[0]) >= FRESH:
            known = self._known = (now, self._read(known))
        begun = [key.part for key in known[1] if key.since <= now] or [address_keys.BY_SECRET]
        before = begun[1] if len(begun) > 1 else None
        return AddressKeys(begun[0] or address_keys.BY_SECRET, before)

    def _read(self, known: tuple[datetime, list[AddressKey]] | None) -> list[AddressKey]:
        try:
            with self._database.read() as connection:
                return address_keys.list_keys(connection)
        except SQLAlchemyError:
            if known is None:
                raise
            return known[1]
