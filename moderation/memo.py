"""Remembers what was made of a large immutable object, so that it is made once and not for every comment."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memo(Generic[Key, Value]):
    """Looks a key up by identity, which costs nothing, then by equality, which hashes all of it.

    Identity serves the same policy object used for every comment; equality serves a policy that was read again
    and has not changed in this part. Threads may make a value twice at the same moment; both are good.
    """

    def __init__(self, make: Callable[[Key], Value], size: int = 64) -> None:
        """Remember at most `size` values that `make` returned."""
        self._size = size
        self._make = lru_cache(size)(make)
        self._known: dict[int, tuple[Key, Value]] = {}

    def __call__(self, key: Key) -> Value:
        """Return the value for `key`, made now if it is new."""
        known = self._known.get(id(key))
        if known is not None:
            return known[1]  # the key is kept beside its value, so no other object can have its id
        value = self._make(key)
        if len(self._known) >= self._size:
            self._known.clear()
        self._known[id(key)] = (key, value)
        return value
