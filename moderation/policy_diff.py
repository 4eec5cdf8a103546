"""What differs between two policies, as the documents that they are stored as."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that differs; its path has the names on the way to it, as the fields of errors have."""

    path: str
    before: Any
    after: Any


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what differs, in the order of the names.

    Of a list each entry that went or came is one difference, with null on the other side; their order says nothing.
    What one document lacks is null there.
    """
    return list(_mappings("", before, after))


def _mappings(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        yield from _values(f"{path}.{name}" if path else name, before.get(name), after.get(name))


def _values(path: str, before: Any, after: Any) -> Iterator[Difference]:  # noqa: ANN401 - any JSON
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mappings(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from (Difference(path, gone, None) for gone in _without(before, after))
        yield from (Difference(path, None, come) for come in _without(after, before))
    else:
        yield Difference(path, before, after)


def _without(these: Sequence[Any], those: Sequence[Any]) -> Iterator[Any]:
    """Yield the entries of `these` that `those` lacks; one that stands twice must stand twice there."""
    left = Counter(map(_key, those))
    for one in these:
        if left[_key(one)]:
            left[_key(one)] -= 1
        else:
            yield one


def _key(entry: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps(entry, sort_keys=True)
