"""Figures of a site's last weeks, made from what storage counted; pure."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from moderation.dashboard.language import N_, gettext
from moderation.model import Status
from moderation.storage.overview import Made

ORDER = (Status.APPROVED, Status.HELD, Status.REJECTED, Status.PENDING)
"""From the bottom of a bar to its top."""
HEIGHT = 100.0
SHOWN = 20
"""Lines of a table."""
AGES = (
    (N_("less than an hour"), timedelta()),
    (N_("1 to 6 hours"), timedelta(hours=1)),
    (N_("6 to 24 hours"), timedelta(hours=6)),
    (N_("1 to 3 days"), timedelta(days=1)),
    (N_("3 to 7 days"), timedelta(days=3)),
    (N_("longer"), timedelta(days=7)),
)
"""How long comments wait, and from when on that is so."""
UNITS = ((86_400, N_("%(number)s days")), (3600, N_("%(number)s hours")), (60, N_("%(number)s minutes")))
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
class Judged:
    """What people decided of what was held: by somebody, in a section, or for a reason."""

    name: str
    decided: int
    rejected: int

    @property
    def agreed(self) -> float:
        """The share that was rejected, where the policy was right to hold it, in percent."""
        return 100 * self.rejected / self.decided


@dataclass(frozen=True, slots=True)
class Section:
    """A section's comments by how they stand, and what people decided of what was held there."""

    name: str
    counts: Mapping[Status, int]
    total: int
    parts: tuple["Stretch", ...]
    judged: Judged | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar from left to right, in percent."""

    status: Status
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many comments wait for so long, and the length of a bar for them, in percent."""

    name: str
    number: int
    width: float


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
    people: tuple[Judged, ...]
    reasons: tuple[Judged, ...]
    """By what the comments were held for; one of several reasons counts in each."""


def figures(counted: Mapping[date, Mapping[Status, int]], made: Sequence[Made], today: date, number: int) -> Figures:
    """Return the figures of the `number` days up to today."""
    dates = [today - timedelta(days=back) for back in reversed(range(number))]
    most = max((sum(counted.get(one, {}).values()) for one in dates), default=0)
    days = tuple(_day(one, counted.get(one, {}), most) for one in dates)
    total = sum(one.total for one in days)
    waiting = sum(one.counts.get(Status.HELD, 0) for one in days)
    of_held = [one for one in made if one.before is Status.HELD and one.after is not Status.HELD]
    rejected = [one for one in of_held if one.after is Status.REJECTED]
    return Figures(
        days=days,
        total=total,
        held=(waiting + len(of_held)) / total if total else None,
        waited=median((one.at - one.received_at).total_seconds() for one in of_held) if of_held else None,
        agreed=len(rejected) / len(of_held) if of_held else None,
        people=judged((one.actor, one) for one in of_held),
        reasons=judged((code, one) for one in of_held for code in one.held_for),
    )


def judged(named: Iterable[tuple[str, Made]]) -> tuple[Judged, ...]:
    """Return what was decided under each name, the most first."""
    decided, rejected = Counter[str](), Counter[str]()
    for name, one in named:
        decided[name] += 1
        rejected[name] += one.after is Status.REJECTED
    return tuple(Judged(name, number, rejected[name]) for name, number in decided.most_common(SHOWN))


def sections(counted: Mapping[str | None, Mapping[Status, int]], made: Sequence[Made]) -> tuple[Section, ...]:
    """Return the sections, the one with the most comments first; what is in none has no name."""
    of_held = [one for one in made if one.before is Status.HELD and one.after is not Status.HELD]
    said = {one.name: one for one in judged((one.section or "", one) for one in of_held)}
    ordered = sorted(counted.items(), key=lambda one: (-sum(one[1].values()), one[0] or ""))[:SHOWN]
    most = max((sum(counts.values()) for _, counts in ordered), default=0)
    return tuple(
        Section(name or "", counts, sum(counts.values()), _stretches(counts, most), said.get(name or ""))
        for name, counts in ordered
    )


def waiting(numbers: Sequence[int]) -> tuple[Waiting, ...]:
    """Return how long comments wait, by `AGES`; nothing if none does."""
    most = max(numbers, default=0)
    if not most:
        return ()
    return tuple(Waiting(name, number, 100 * number / most) for (name, _), number in zip(AGES, numbers, strict=True))


def models(counted: Mapping[str, int]) -> tuple[tuple[str, str, int], ...]:
    """Return for each attribute and model how many comments it scored, the most first; from JSON by attribute."""
    found = Counter[tuple[str, str]]()
    for document, number in counted.items():
        found.update(dict.fromkeys(json.loads(document).items(), number))
    return tuple((scorer, name, number) for (scorer, name), number in found.most_common(SHOWN))


def in_words(seconds: float) -> str:
    """Return a length of time as people say it: the largest unit of which there are at least two."""
    for size, words in UNITS:
        if seconds >= MANY * size:
            return gettext(words, number=f"{seconds / size:.0f}")
    return gettext("%(number)s seconds", number=f"{seconds:.0f}")


def age(moment: datetime | None, now: datetime) -> str | None:
    """Return how long ago something was, in words."""
    return None if moment is None else in_words(max(0.0, (now - moment).total_seconds()))


def _stretches(counts: Mapping[Status, int], most: int) -> tuple[Stretch, ...]:
    parts, x = [], 0.0
    for status in ORDER:
        width = 100 * counts.get(status, 0) / most if most else 0.0
        if width:
            parts.append(Stretch(status, x, width))
        x += width
    return tuple(parts)


def _day(day: date, counts: Mapping[Status, int], most: int) -> Day:
    parts, y = [], HEIGHT
    for status in ORDER:
        height = HEIGHT * counts.get(status, 0) / most if most else 0.0
        y -= height
        if height:
            parts.append(Part(status, y, height))
    return Day(day, counts, sum(counts.values()), tuple(parts))
