"""A site's policy as it is stored, shown and changed: thresholds, limits, words, links and modes.

Plain frozen dataclasses with their bounds beside them; pydantic checks a document against them
(`parse`), and the same bounds become the API's documentation.
Long because the whole document is read together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic import ConfigDict, TypeAdapter

from moderation.model import LengthUnit

STRICT = ConfigDict(extra="forbid", use_attribute_docstrings=True)
LONGEST = 20_000
"""No comment may be longer than this, in any unit."""
DAY = 86_400

Probability = Annotated[float, Ge(0), Le(1)]
TERM_AT_MOST = 200
TERMS_AT_MOST = 5000
"""Of each list."""
SECTIONS_AT_MOST = 500
Term = Annotated[str, MinLen(1), MaxLen(TERM_AT_MOST)]


class Mode(StrEnum):
    """When comments appear."""

    POST = "post"  # at once, unless they must be rejected; what would be held is approved with the reason kept
    PRE = "pre"  # only when a person has approved them
    SMART = "smart"  # at once, unless something speaks for holding them


class Unknown(StrEnum):
    """What is done with a comment for which a score with a threshold is unknown."""

    HOLD = "hold"
    APPROVE = "approve"


DialectName = Literal["perspective", "openai", "akismet", "coral", "discourse", "osmod", "max"]


class Late(StrEnum):
    """What a caller of another API is told of a comment whose scores do not come in time."""

    OPEN = "open"  # that it may be shown
    HOLD = "hold"  # that a person should look
    RULES_ONLY = "rules-only"  # what words, links, limits, repetitions and the spam score say


@dataclass(frozen=True, slots=True)
class LengthPolicy:
    """How long a comment may be; white space at both ends does not count."""

    __pydantic_config__ = STRICT
    min: Annotated[int, Ge(1), Le(LONGEST)] = 1
    max: Annotated[int, Ge(1), Le(LONGEST)] = 300
    unit: LengthUnit = LengthUnit.GRAPHEMES


@dataclass(frozen=True, slots=True)
class WindowLimit:
    """At most `count` comments per author, address prefix, thread or site in any `seconds`."""

    __pydantic_config__ = STRICT
    per: Literal["author", "address", "thread", "site"]
    count: Annotated[int, Ge(1), Le(100_000)]
    seconds: Annotated[int, Ge(1), Le(7 * DAY)]


@dataclass(frozen=True, slots=True)
class DuplicatesPolicy:
    """How long the same text, after normalising, counts as a repetition; 0 seconds switches a check off."""

    __pydantic_config__ = STRICT
    author_seconds: Annotated[int, Ge(0), Le(30 * DAY)] = DAY
    site_seconds: Annotated[int, Ge(0), Le(30 * DAY)] = 3600
    min_length: Annotated[int, Ge(1), Le(LONGEST)] = 20
    """Shorter texts ("yes", "thank you") never count, in code points after normalising."""


@dataclass(frozen=True, slots=True)
class RaidsPolicy:
    """After `copies` near copies by at least `authors` authors, each within `seconds` of another, the next are held."""

    __pydantic_config__ = STRICT
    copies: Annotated[int, Ge(1), Le(1000)] = 5
    authors: Annotated[int, Ge(1), Le(1000)] = 3
    seconds: Annotated[int, Ge(0), Le(DAY)] = 3600
    """0 switches the check off."""


@dataclass(frozen=True, slots=True)
class Word:
    """A term of a list; `deobfuscate` also finds it written as `t3rm`, `t.e.r.m` or `teeerm`."""

    __pydantic_config__ = STRICT
    term: Term
    deobfuscate: bool = False


@dataclass(frozen=True, slots=True)
class WordsPolicy:
    """Lists of the site: banned terms reject, suspect terms hold, exceptions are never found inside."""

    __pydantic_config__ = STRICT
    banned: Annotated[tuple[Word, ...], MaxLen(TERMS_AT_MOST)] = ()
    suspect: Annotated[tuple[Word, ...], MaxLen(TERMS_AT_MOST)] = ()
    exceptions: Annotated[tuple[Term, ...], MaxLen(TERMS_AT_MOST)] = ()


ListName = Literal["banned", "suspect", "exceptions"]
"""The lists of `WordsPolicy`, as it names them."""


@dataclass(frozen=True, slots=True)
class LinksPolicy:
    """More than `max` links or a shortener hold; a banned domain (or a name under it) rejects."""

    __pydantic_config__ = STRICT
    max: Annotated[int, Ge(0), Le(100)] = 2
    banned_domains: Annotated[tuple[Annotated[str, MinLen(3), MaxLen(253)], ...], MaxLen(5000)] = ()
    shorteners: Literal["hold", "allow"] = "hold"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A score of at least `hold` is held, of at least `reject` is rejected; null switches that off."""

    __pydantic_config__ = STRICT
    hold: Annotated[float, Gt(0), Le(1)] | None = None
    reject: Annotated[float, Gt(0), Le(1)] | None = None


@dataclass(frozen=True, slots=True)
class DialectsPolicy:
    """What becomes of comments that come through other APIs than the service's own."""

    __pydantic_config__ = STRICT
    take_in: Annotated[tuple[DialectName, ...], MaxLen(7)] = ("akismet",)
    """Comments that come through these are stored, decided and shown at the desk; of others only scores are told."""
    late: Late = Late.RULES_ONLY


Days = Annotated[int, Ge(1), Le(36_500)]


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """After how many days without a change something is forgotten; null keeps it. What is pending always stays."""

    __pydantic_config__ = STRICT
    approved: Days | None = None
    """Text and author of approved comments, with all that could tell them; their places in the counts stay."""
    rejected: Days | None = None
    """The same of rejected comments."""
    held: Days | None = None
    """The same of held comments, also if nobody has looked at them."""
    addresses: Days | None = None
    """The keyed hashes of the networks that comments came from."""
    scores: Days | None = None
    """Scores, also those that stand in reasons of decisions."""
    notes: Days | None = None
    """What moderators and programs wrote beside decisions."""
    deliveries: Annotated[int, Ge(1), Le(90)] | None = None
    """Callbacks that are over, with their tries; null is 30 days for those that arrived and 90 for others."""


Attribute = Literal[
    "toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack", "sexual_explicit", "spam"
]
Thresholds = Mapping[Attribute, Threshold]


def default_thresholds() -> dict[Attribute, Threshold]:
    """Return the thresholds of a new site: they hold, and leave rejecting to people."""
    return {
        "toxicity": Threshold(hold=0.6),
        "severe_toxicity": Threshold(hold=0.5),
        "obscene": Threshold(hold=0.9),
        "threat": Threshold(hold=0.5),
        "insult": Threshold(hold=0.6),
        "identity_attack": Threshold(hold=0.5),
        "spam": Threshold(hold=0.8),
    }


@dataclass(frozen=True, slots=True)
class SectionPolicy:
    """What differs in one section; what is null is as on the rest of the site."""

    __pydantic_config__ = STRICT
    mode: Mode | None = None
    length: LengthPolicy | None = None
    limits: Annotated[tuple[WindowLimit, ...], MaxLen(20)] | None = None
    links: LinksPolicy | None = None
    words: WordsPolicy | None = None
    thresholds: Thresholds | None = None
    """Merged with the site's, attribute by attribute."""
    unknown: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that a site decides for itself about its comments."""

    __pydantic_config__ = STRICT
    mode: Mode = Mode.SMART
    length: LengthPolicy = LengthPolicy()
    limits: Annotated[tuple[WindowLimit, ...], MaxLen(20)] = (
        WindowLimit("author", 60, 60),
        WindowLimit("address", 300, 60),
    )
    thread_total: Annotated[int, Ge(1)] | None = None
    """No more comments than this are taken for one thread."""
    duplicates: DuplicatesPolicy = DuplicatesPolicy()
    raids: RaidsPolicy = RaidsPolicy()
    words: WordsPolicy = WordsPolicy()
    links: LinksPolicy = LinksPolicy()
    thresholds: Thresholds = field(default_factory=default_thresholds)
    unknown: Unknown = Unknown.HOLD
    dialects: DialectsPolicy = DialectsPolicy()
    retention: RetentionPolicy = RetentionPolicy()
    sections: Annotated[Mapping[Annotated[str, MinLen(1), MaxLen(200)], SectionPolicy], MaxLen(SECTIONS_AT_MOST)] = (
        field(default_factory=dict)
    )

    def for_section(self, section: str | None) -> "Policy":
        """Return the policy that holds in `section`, its own settings laid over the site's."""
        own = self.sections.get(section) if section else None
        if own is None:
            return self
        changed: dict[str, Any] = {
            name: value
            for name in ("mode", "length", "limits", "links", "words", "unknown")
            if (value := getattr(own, name)) is not None
        }
        if own.thresholds is not None:
            changed["thresholds"] = {**self.thresholds, **own.thresholds}
        return replace(self, **changed)


ADAPTER: TypeAdapter[Policy] = TypeAdapter(Policy)


def parse(document: Mapping[str, Any]) -> Policy:
    """Return the policy that `document` describes; what it leaves out has its default.

    Raises:
        pydantic.ValidationError: a name is unknown or a value out of bounds.
    """
    return ADAPTER.validate_python(dict(document))


def render(policy: Policy) -> dict[str, Any]:
    """Return `policy` as the JSON document that `parse` reads."""
    document: dict[str, Any] = ADAPTER.dump_python(policy, mode="json")
    return document
