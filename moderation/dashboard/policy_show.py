"""Turns previews and fields of a policy into what a page shows of them; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation.dashboard import limit_form
from moderation.dashboard.elsewhere import told
from moderation.dashboard.language import N_, gettext
from moderation.dashboard.policy_form import Field, Group, groups
from moderation.dashboard.show import Moment, in_words, inside, moment, snippet
from moderation.model import ATTRIBUTES, Action
from moderation.policy_presets import ABOUT
from moderation.preview import Preview
from moderation.records import StoredComment

WORDS = {Action.APPROVE: N_("approved"), Action.HOLD: N_("held"), Action.REJECT: N_("rejected")}
HUNDREDTHS = 2
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar: how many comments, and where it is in percent of all."""

    kind: str
    words: str
    number: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Example:
    """A comment that would be treated otherwise."""

    comment_id: str
    text: str
    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Row:
    """A way in which comments would be treated otherwise."""

    before: str
    after: str
    kind: str
    count: int
    width: float
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A preview as a page shows it."""

    comments: int
    days: int
    more: bool
    oldest: Moment | None
    now: tuple[Stretch, ...]
    then: tuple[Stretch, ...]
    daily: tuple[str, str]
    """How many are held a day, now and then."""
    rows: tuple[Row, ...]
    not_replayed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """A field with what stands in it; `step` is for numbers with decimals."""

    field: Field
    value: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Fieldset:
    """A group of fields; `owned` is whether a section has its own, None if that is no question."""

    group: Group
    inputs: tuple[Input, ...]
    owned: bool | None


@dataclass(frozen=True, slots=True)
class LimitRow:
    """How many comments may come in which time: each field with what is wrong with it."""

    at: int
    count: tuple[str, str | None]
    per: tuple[str, str | None]
    seconds: tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold's field."""

    name: str
    label: str
    value: str
    step: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """An attribute with its two thresholds."""

    attribute: str
    name: str
    about: str
    owned: bool | None
    bounds: tuple[Bound, ...]


def outlook(found: Preview, days: int, now: datetime, texts: Mapping[str, StoredComment]) -> Outlook:
    """Return a preview as a page shows it; `texts` has the comments that it names."""
    passed = max(1.0, (now - found.oldest) / DAY) if found.oldest else 1.0
    most = max((change.count for change in found.changes), default=1)
    return Outlook(
        comments=found.comments,
        days=days,
        more=found.more,
        oldest=moment(found.oldest) if found.oldest else None,
        now=stretches(found.now),
        then=stretches(found.then),
        daily=(_daily(found.now[Action.HOLD], passed), _daily(found.then[Action.HOLD], passed)),
        rows=tuple(
            Row(
                before=gettext(WORDS[change.before]),
                after=gettext(WORDS[change.after]),
                kind=change.after.value,
                count=change.count,
                width=100 * change.count / most,
                examples=tuple(
                    Example(one.comment_id, snippet(texts.get(one.comment_id)), _codes(one.now), _codes(one.then))
                    for one in change.samples
                ),
            )
            for change in found.changes
        ),
        not_replayed=tuple(told(words) for words in found.not_replayed),
    )


def stretches(counts: Mapping[Action, int]) -> tuple[Stretch, ...]:
    """Return the parts of a bar, one after another from 0 to 100 percent; of no comments there is no part."""
    total, done, found = sum(counts.values()), 0, []
    for action, words in WORDS.items():
        number = counts[action]
        if number:
            found.append(Stretch(action.value, gettext(words), number, 100 * done / total, 100 * number / total))
            done += number
    return tuple(found)


def fieldsets(section: str | None, values: Mapping[str, str], errors: Mapping[str, str]) -> tuple[Fieldset, ...]:
    """Return the groups of a form with what stands in their fields, and what is wrong with it."""
    return tuple(
        Fieldset(
            group,
            tuple(Input(field, values.get(field.path, ""), errors.get(field.path)) for field in group.fields),
            None if section is None or group.own is None else f"own.{group.own}" in values,
        )
        for group in groups(section)
    )


def rows(values: Mapping[str, str], errors: Mapping[str, str]) -> tuple[LimitRow, ...]:
    """Return the rows of limits, with some to fill in."""
    return tuple(
        LimitRow(at, *((values.get(name, ""), errors.get(name)) for name in limit_form.names(at)))
        for at in range(limit_form.shown(values))
    )


def lines(section: str | None, values: Mapping[str, str], errors: Mapping[str, str]) -> tuple[Line, ...]:
    """Return the thresholds of a form."""
    about = {str(attribute): words for attribute, words in ABOUT.items()}
    return tuple(
        Line(
            attribute,
            in_words(attribute),
            told(about[attribute]),
            None if section is None else f"own.thresholds.{attribute}" in values,
            tuple(
                Bound(name, gettext(label), value := values.get(name, ""), _step(value), errors.get(name))
                for name, label in (
                    (f"thresholds.{attribute}.hold", N_("hold from")),
                    (f"thresholds.{attribute}.reject", N_("reject from")),
                )
            ),
        )
        for attribute in ATTRIBUTES
    )


def _codes(codes: Sequence[str]) -> str:
    return ", ".join(inside(code) for code in codes)


def _daily(number: int, days: float) -> str:
    return f"{number / days:.1f}" if number < 10 * days else f"{number / days:.0f}"


def _step(value: str) -> str:
    """Return a step that a browser takes the value with: hundredths, unless it has more digits."""
    return "0.01" if len(value.partition(".")[2]) <= HUNDREDTHS else "any"
