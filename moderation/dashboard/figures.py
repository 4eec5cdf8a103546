"""Figures of a site's last weeks, made from what storage counted; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from moderation.model import Status
from moderation.storage.overview import Made

ORDER = (Status.APPROVED, Status.HELD, Status.REJECTED, Status.PENDING)
"""From the bottom of a bar to its top."""
HEIGHT = 100.0
MANY = 2
"""In units of which a length of time is still told in the smaller unit: 90 minutes, not 1 hour."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a day's bar: where it begins from above and how high it is, of `HEIGHT`."""

    status: Status
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day's comments by how they stand now, and its bar."""

    day: date
    counts: Mapping[Status, int]
    total: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody decided of what was held."""

    name: str
    decided: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The last weeks; a figure that nothing is known of is None."""

    days: tuple[Day, ...]
    total: int
    held: float | None
    """Share of the comments that a person looked at or that wait for one."""
    waited: float | None
    """Seconds, the median, from a comment's coming to a person's decision on it."""
    agreed: float | None
    """Share of what was held and then decided by a person that was rejected: where the policy was right."""
    people: tuple[Person, ...]


def figures(counted: Mapping[date, Mapping[Status, int]], made: Sequence[Made], today: date, number: int) -> Figures:
    """Return the figures of the `number` days up to today."""
    dates = [today - timedelta(days=back) for back in reversed(range(number))]
    most = max((sum(counted.get(one, {}).values()) for one in dates), default=0)
    days = tuple(_day(one, counted.get(one, {}), most) for one in dates)
    total = sum(one.total for one in days)
    waiting = sum(one.counts.get(Status.HELD, 0) for one in days)
    of_held = [one for one in made if one.before is Status.HELD and one.after is not Status.HELD]
    rejected = [one for one in of_held if one.after is Status.REJECTED]
    names, no = Counter(one.actor for one in of_held), Counter(one.actor for one in rejected)
    return Figures(
        days=days,
        total=total,
        held=(waiting + len(of_held)) / total if total else None,
        waited=median((one.at - one.received_at).total_seconds() for one in of_held) if of_held else None,
        agreed=len(rejected) / len(of_held) if of_held else None,
        people=tuple(Person(name, decided, no[name]) for name, decided in names.most_common(20)),
    )


def in_words(seconds: float) -> str:
    """Return a length of time as people say it: the largest unit of which there are at least two."""
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= MANY * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def age(moment: datetime | None, now: datetime) -> str | None:
    """Return how long ago something was, in words."""
    return None if moment is None else in_words(max(0.0, (now - moment).total_seconds()))


def _day(day: date, counts: Mapping[Status, int], most: int) -> Day:
    parts, y = [], HEIGHT
    for status in ORDER:
        height = HEIGHT * counts.get(status, 0) / most if most else 0.0
        y -= height
        if height:
            parts.append(Part(status, y, height))
    return Day(day, counts, sum(counts.values()), tuple(parts))
