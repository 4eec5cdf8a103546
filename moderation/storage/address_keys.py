"""The random parts of the keys that networks are hashed with, and emptying what a destroyed one had made."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from moderation import ids
from moderation.storage.database import insert
from moderation.storage.tables import address_keys, comments

BY_SECRET = ""
"""The part of a key that is the service's secret alone, as all were before keys changed."""


@dataclass(frozen=True, slots=True)
class AddressKey:
    """A key and from when on it counts; `part` is None once it is destroyed."""

    number: int
    since: datetime
    part: str | None
    cleared_to: str
    """Up to this comment, no hash that it made is left."""


def list_keys(connection: Connection) -> list[AddressKey]:
    """Return all keys, the newest first."""
    rows = connection.execute(select(address_keys).order_by(address_keys.c.number.desc()))
    return [AddressKey(row.number, row.since, row.part, row.cleared_to) for row in rows]


def add(connection: Connection, number: int, since: datetime, part: str) -> bool:
    """Add a key; return False, and add none, if there is one of that number."""
    new = insert(connection.dialect.name, address_keys).values(number=number, since=since, part=part, cleared_to="")
    return connection.execute(new.on_conflict_do_nothing()).rowcount > 0


def destroy(connection: Connection, number: int) -> None:
    """Forget the random part of a key; SQLite writes zeros in its place."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")
    connection.execute(update(address_keys).where(address_keys.c.number == number).values(part=None))


def clear(connection: Connection, key: AddressKey, until: datetime, limit: int) -> bool:
    """Empty the hashes that a destroyed key made, of up to `limit` comments; return whether there may be more.

    `until` is when the next key began to count. With the last hash the row of the key goes.
    """
    made = (comments.c.id > key.cleared_to) & (comments.c.id < ids.floor(until)) & comments.c.address_key.is_not(None)
    found = list(connection.execute(select(comments.c.id).where(made).order_by(comments.c.id).limit(limit)).scalars())
    if found:
        connection.execute(update(comments).where(comments.c.id.in_(found)).values(address_key=None))
    mine = address_keys.c.number == key.number
    if len(found) == limit:
        connection.execute(update(address_keys).where(mine).values(cleared_to=found[-1]))
        return True
    connection.execute(delete(address_keys).where(mine))
    return False
