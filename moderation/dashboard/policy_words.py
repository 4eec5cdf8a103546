"""Turns versions of a policy, and what differs or is wrong, into words; pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moderation.dashboard.language import gettext
from moderation.dashboard.show import Moment, in_words, moment
from moderation.policy_diff import Difference
from moderation.records import PolicyVersion


@dataclass(frozen=True, slots=True)
class Version:
    """A version in the list."""

    number: int
    at: Moment
    by: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A value that differs between two versions."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A field that cannot be as it is."""

    path: str
    name: str
    words: str


def version(one: PolicyVersion, in_force: int) -> Version:
    """Return a version as the list shows it."""
    return Version(one.version, moment(one.at), one.by, one.version == in_force)


def changed(differences: Sequence[Difference]) -> list[Changed]:
    """Return differences in words."""
    return [Changed(_path(one.path), _value(one.before), _value(one.after)) for one in differences]


def mistakes(errors: Mapping[str, str]) -> list[Mistake]:
    """Return what is wrong with a form, in words."""
    return [Mistake(path, _path(path), words) for path, words in errors.items()]


def _path(path: str) -> str:
    return " › ".join(in_words(part) for part in path.split("."))


def _value(value: Any) -> str:  # noqa: ANN401 - any JSON
    if value is None:
        return "–"
    if isinstance(value, dict) and set(value) == {"term", "deobfuscate"}:
        term: str = value["term"]
        return gettext("%(term)s, also in disguise", term=term) if value["deobfuscate"] else term
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
