"""The form of a policy: which fields it has, what stands in them, and the document that they make; pure.

A field is named like its place in the document (`length.max`). Of a section `own.…` says whether it has its own
value there or the site's. What the form has no field for, such as lists of words, stays as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.dashboard import limit_form
from moderation.dashboard.language import N_
from moderation.model import ATTRIBUTES, LengthUnit
from moderation.policy_document import DAY, LONGEST, Late, Mode, Policy, Unknown, render

BOUNDS = ("hold", "reject")
MODES = (
    (Mode.SMART, N_("At once, unless something speaks for holding them")),
    (Mode.PRE, N_("Only when a person has approved them")),
    (Mode.POST, N_("At once, also what would be held; only what must be rejected does not appear")),
)
UNKNOWNS = ((Unknown.HOLD, N_("Hold it for a person")), (Unknown.APPROVE, N_("Decide by what is known")))
UNITS = (
    (LengthUnit.GRAPHEMES, N_("Characters as readers see them")),
    (LengthUnit.CODE_POINTS, N_("Code points")),
    (LengthUnit.UTF16, N_("UTF-16 units, as browsers count")),
)
LATES = (
    (Late.RULES_ONLY, N_("What words, links and repetitions say")),
    (Late.OPEN, N_("That it may be shown")),
    (Late.HOLD, N_("That a person should look")),
)
SHORTENERS = (("hold", N_("Hold")), ("allow", N_("Allow")))


@dataclass(frozen=True, slots=True)
class Field:
    """A field: a choice if there is something to choose from, else a whole number within bounds."""

    path: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    low: int = 0
    high: int = 0
    optional: bool = False
    listed: bool = False
    """Whether it is a list, one on each line."""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together; a section can have its own of those with `own`."""

    title: str
    fields: tuple[Field, ...]
    own: str | None = None


GENERAL = Group(
    N_("In general"),
    (Field("mode", N_("Comments appear"), MODES), Field("unknown", N_("If a score is unknown"), UNKNOWNS)),
)
LENGTH = Group(
    N_("Length"),
    (
        Field("length.min", N_("At least"), low=1, high=LONGEST),
        Field("length.max", N_("At most"), low=1, high=LONGEST),
        Field("length.unit", N_("Counted in"), UNITS),
    ),
    "length",
)
LINKS = Group(
    N_("Links"),
    (
        Field("links.max", N_("Hold if there are more links than"), high=100),
        Field("links.shorteners", N_("Addresses that hide where they lead"), SHORTENERS),
        Field("links.banned_domains", N_("Reject links to these domains and what is under them"), listed=True),
    ),
    "links",
)
SITE_ONLY = (
    Group(
        N_("Repetitions"),
        (
            Field(
                "duplicates.author_seconds", N_("Hold the same text of an author for so many seconds"), high=30 * DAY
            ),
            Field("duplicates.site_seconds", N_("Hold the same text of anybody for so many seconds"), high=30 * DAY),
            Field("duplicates.min_length", N_("If it has at least so many characters"), low=1, high=LONGEST),
        ),
    ),
    Group(
        N_("Near copies"),
        (
            Field("raids.copies", N_("Hold the next after so many copies"), low=1, high=1000),
            Field("raids.authors", N_("By at least so many authors"), low=1, high=1000),
            Field("raids.seconds", N_("Each within so many seconds of another; 0 is never"), high=DAY),
        ),
    ),
    Group(
        N_("More"),
        (
            Field(
                "thread_total", N_("Comments in a thread at most; empty is no limit"), low=1, high=10**9, optional=True
            ),
            Field("dialects.late", N_("What other APIs are told if scores come too late"), LATES),
        ),
    ),
)
OF_SITE = (GENERAL, LENGTH, LINKS, *SITE_ONLY)
OF_SECTION = (GENERAL, LENGTH, LINKS)


def groups(section: str | None) -> tuple[Group, ...]:
    """Return what can be set for the whole site, or in a section."""
    return OF_SITE if section is None else OF_SECTION


def values(policy: Policy, section: str | None) -> dict[str, str]:
    """Return what stands in the fields for a policy; where a section has nothing of its own, what holds there."""
    document = render(policy.for_section(section))
    own = render(policy)["sections"].get(section) or {}
    found = {field.path: _text(_at(document, field.path)) for group in groups(section) for field in group.fields}
    for attribute in ATTRIBUTES:
        threshold = document["thresholds"].get(attribute) or {}
        found |= {f"thresholds.{attribute}.{bound}": _text(threshold.get(bound)) for bound in BOUNDS}
    if section is not None:
        found |= {field.path: _text(own.get(field.path)) for field in GENERAL.fields}
        owned = [*(group.own for group in OF_SECTION if group.own and own.get(group.own))]
        owned += [f"thresholds.{attribute}" for attribute in own.get("thresholds") or {}]
        found |= {f"own.{name}": "on" for name in owned}
    return found | limit_form.values(policy, section)


def ticked(base: Policy, section: str | None, given: Mapping[str, str]) -> dict[str, str]:
    """Return what was sent, with a tick at what a section had not of its own and somebody changed nevertheless.

    Whoever changes a number there and forgets the box means the section.
    """
    given = limit_form.closed_up(given)
    if section is None:
        return given
    stood, found = values(base, section), dict(given)
    if limit_form.OWN not in stood and limit_form.changed(stood, given):
        found[limit_form.OWN] = "on"
    boxes = {f"own.{group.own}": [field.path for field in group.fields] for group in OF_SECTION if group.own}
    for attribute in ATTRIBUTES:
        boxes[f"own.thresholds.{attribute}"] = [f"thresholds.{attribute}.{bound}" for bound in BOUNDS]
    for box, paths in boxes.items():
        if box not in stood and any(path in given and given[path].strip() != stood[path] for path in paths):
            found[box] = "on"
    return found


def document(base: Policy, section: str | None, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the document of `base` with what stands in the fields; whether it is a policy is for `parse` to say."""
    whole = render(base)
    if section is None:
        for group in OF_SITE:
            for field in group.fields:
                _put(whole, field, given)
        whole["thresholds"] = dict(_thresholds(given, ATTRIBUTES))
        if limit_form.PRESENT in given:
            whole["limits"] = limit_form.limits(given)
        return whole
    own = _own(base, section, given)
    whole["sections"] = {**whole["sections"], section: own}
    return whole if any(value is not None for value in own.values()) else without(whole, section)


def _own(base: Policy, section: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Return what a section has of its own."""
    own: dict[str, Any] = render(base)["sections"].get(section) or {}
    for field in GENERAL.fields:
        _put(own, field, given)
    for group in OF_SECTION:
        if group.own is not None and f"own.{group.own}" in given:
            own[group.own] = {**render(base.for_section(section))[group.own]}
            for field in group.fields:
                _put(own, field, given)
        elif group.own is not None:
            own[group.own] = None
    if limit_form.PRESENT in given:
        own["limits"] = limit_form.limits(given) if limit_form.OWN in given else None
    chosen = [attribute for attribute in ATTRIBUTES if f"own.thresholds.{attribute}" in given]
    own["thresholds"] = {attribute: _threshold(given, attribute) for attribute in chosen} or None
    return own


def without(whole: dict[str, Any], section: str) -> dict[str, Any]:
    """Return a document in which a section has nothing of its own."""
    return {**whole, "sections": {name: own for name, own in whole["sections"].items() if name != section}}


def _thresholds(given: Mapping[str, str], attributes: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Yield the thresholds of those attributes that have any."""
    for attribute in attributes:
        threshold = _threshold(given, attribute)
        if any(threshold.values()):
            yield attribute, threshold


def _threshold(given: Mapping[str, str], attribute: str) -> dict[str, str | None]:
    return {bound: _read(given, f"thresholds.{attribute}.{bound}") for bound in BOUNDS}


def _put(document: dict[str, Any], field: Field, given: Mapping[str, str]) -> None:
    *parents, name = field.path.split(".")
    for parent in parents:
        document = document[parent]
    if not field.listed:
        document[name] = _read(given, field.path)
    elif field.path in given:
        document[name] = [line.strip() for line in given[field.path].splitlines() if line.strip()]


def _read(given: Mapping[str, str], path: str) -> str | None:
    """Return what stands in a field, with a point for a decimal comma; None if nothing does."""
    return given.get(path, "").strip().replace(",", ".") or None


def _at(document: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - any JSON
    found: Any = document
    for name in path.split("."):
        found = found[name]
    return found


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return "\n".join(value)
    return "" if value is None else str(value)
