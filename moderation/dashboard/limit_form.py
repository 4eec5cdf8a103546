"""The rows of a policy's form that say how many comments may come in which time; pure.

A row is named by its place (`limits.0.count`). Rows without a number are dropped, so the places that `parse` names in
what is wrong are those of the rows. Forms that have no rows, as those of a program, leave the limits as they are.
"""

from collections.abc import Mapping
from typing import Any

from moderation.dashboard.language import N_
from moderation.policy_document import Policy, render

PRESENT = "limits"
"""The field by which a form says that it has the rows."""
OWN = "own.limits"
AT_MOST = 20
SPARE = 2
"""Empty rows that a page offers."""
PARTS = ("count", "per", "seconds")
PERS = {
    "author": N_("an author"),
    "address": N_("a network"),
    "thread": N_("a thread"),
    "site": N_("the whole site"),
}
"""What comments are counted by."""


def values(policy: Policy, section: str | None) -> dict[str, str]:
    """Return what stands in the rows."""
    limits = render(policy.for_section(section))["limits"]
    found = {name(at, part): str(one[part]) for at, one in enumerate(limits) for part in PARTS}
    own = render(policy)["sections"].get(section) or {}
    return {**found, OWN: "on"} if own.get("limits") is not None else found


def closed_up(given: Mapping[str, str]) -> dict[str, str]:
    """Return what was sent with its rows one after another, without those that have no number."""
    rows = [{part: given.get(name(at, part), "").strip() for part in PARTS} for at in range(AT_MOST)]
    kept = [row for row in rows if row["count"] or row["seconds"]]
    others = {key: value for key, value in given.items() if not key.startswith("limits.")}
    return others | {name(at, part): value for at, row in enumerate(kept) for part, value in row.items()}


def changed(stood: Mapping[str, str], given: Mapping[str, str]) -> bool:
    """Tell whether the rows that were sent are other ones than those that stood there."""
    fields = [one for at in range(AT_MOST) for one in names(at)]
    return PRESENT in given and any(given.get(one, "") != stood.get(one, "") for one in fields)


def limits(given: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the limits that the rows make; whether they can be is for `parse` to say."""
    rows = ({part: given.get(name(at, part)) or None for part in PARTS} for at in range(AT_MOST))
    return [row for row in rows if row["count"] or row["seconds"]]


def shown(given: Mapping[str, str]) -> int:
    """Return how many rows a page shows: those that are filled in, and some to fill in."""
    return min(AT_MOST, len(limits(given)) + SPARE)


def names(at: int) -> tuple[str, ...]:
    """Return the names of a row's fields, in the order of `PARTS`."""
    return tuple(name(at, part) for part in PARTS)


def name(at: int, part: str) -> str:
    """Return the name of a row's field."""
    return f"limits.{at}.{part}"
