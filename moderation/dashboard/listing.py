"""Which part of the queue a page shows, as its address and its forms say it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from flask import request, url_for

from moderation import ids
from moderation.dashboard.language import N_, gettext
from moderation.dashboard.show import in_words
from moderation.errors import BadRequestError, NotFoundError
from moderation.model import ATTRIBUTES, Status
from moderation.storage.filters import Filter

LONGEST = 500
ANY = "any"
"""In place of a status."""
NARROWING = ("thread", "author", "section", "reason", "language", "cluster", "q", "low", "high")
"""What narrows a listing down beside the status."""
CHIPS = {"reason": N_("Reason"), "section": N_("Section"), "language": N_("Language"), "q": N_("Words")}
"""Filters that stand above the list with their value, and can be taken away one by one."""
ORDERS = {"worst": N_("Worst first"), "oldest": N_("Oldest first")}
"""Other orders than the newest first; they have one page, which fills up again as comments are decided."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words, and where the list is without it."""

    words: str
    without: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Which part of the queue a page shows; `author` is the key under which an author's comments are found."""

    status: Status | None
    """None is whatever a comment's status: for looking something up."""
    thread: str | None = None
    author: str | None = None
    section: str | None = None
    reason: str | None = None
    language: str | None = None
    cluster: str | None = None
    q: str | None = None
    score: str | None = None
    """The attribute whose score lies from `low` to `high`; without these it only says what a plot shows."""
    low: str | None = None
    high: str | None = None
    order: str | None = None
    """One of `ORDERS`, or None for the newest first."""
    before: str | None = None

    def url(self, **changes: str | None) -> str:
        """Return the address of this listing, with changes."""
        return self.url_of("desk.queue", **changes)

    def url_of(self, endpoint: str, **changes: str | None) -> str:
        """Return the address of another page about this listing, with changes."""
        asked: dict[str, Any] = {**asdict(self), "status": self.status.value if self.status else ANY, **changes}
        return url_for(endpoint, **asked)  # Flask leaves out what is None

    def fields(self) -> Mapping[str, str]:
        """Return what a form carries, so that its moderator can go on in the same part."""
        asked = {name: str(value) for name, value in asdict(self).items() if value is not None}
        return {"status": ANY, **asked}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the status narrows it down."""
        return any(getattr(self, name) is not None for name in NARROWING)

    def chips(self) -> list[Chip]:
        """Return the filters that can be taken away one by one; thread and author have lines of their own."""
        found = [
            Chip(f"{gettext(words)}: {getattr(self, name)}", self.url(**{name: None}, before=None))
            for name, words in CHIPS.items()
            if getattr(self, name) is not None
        ]
        if self.cluster is not None:
            found.append(Chip(gettext("Near copies of one text"), self.url(cluster=None, before=None)))
        if self.score is not None and (self.low or self.high):
            band = gettext(
                "%(score)s from %(low)s to %(high)s", score=in_words(self.score), low=self.low or 0, high=self.high or 1
            )
            found.append(Chip(band, self.url(score=None, low=None, high=None, before=None)))
        return found

    def filter(self) -> Filter:
        """Return which comments it means."""
        return Filter(
            status=self.status,
            thread=self.thread,
            author_key=self.author,
            section=self.section,
            reason=self.reason,
            language=self.language,
            cluster=self.cluster,
            q=self.q,
            score=self.score,
            low=None if self.low is None else float(self.low),
            high=None if self.high is None else float(self.high),
        )


def read_listing() -> Listing:
    """Return what the address or the form asks for; the form of a list says where it stood.

    Raises:
        NotFoundError: there can be no such part.
        BadRequestError: a score is no number from 0 to 1.
    """
    asked, before = request.values, request.values.get("before")
    narrowing = {name: asked.get(name, "").strip() or None for name in NARROWING}
    if any(value is not None and ("\0" in value or len(value) > LONGEST) for value in narrowing.values()):
        raise NotFoundError
    if narrowing["cluster"] is not None:
        known_id(narrowing["cluster"])
    wanted, order = asked.get("status", "held"), asked.get("order")
    status = None if wanted == ANY else read_status(wanted)
    score = asked.get("score") or None
    if score not in {None, *ATTRIBUTES}:
        raise NotFoundError(gettext("There is no such score"))
    low, high = _share(narrowing.pop("low")), _share(narrowing.pop("high"))
    if low is not None and high is not None and float(low) > float(high):
        low, high = high, low
    return Listing(
        status,
        **narrowing,
        score=score,
        low=low if score else None,
        high=high if score else None,
        order=order if order in ORDERS else None,
        before=known_id(before) if before else None,
    )


def known_id(text: str) -> str:
    """Return `text` if it can be the id of a comment; raise `NotFoundError` if not."""
    if not ids.is_id(text):
        raise NotFoundError
    return text


def read_status(text: str | None) -> Status:
    """Return the status that `text` names; raise `NotFoundError` if it names none."""
    try:
        return Status(text or "")
    except ValueError:
        raise NotFoundError(gettext("There is no such status")) from None


def _share(text: str | None) -> str | None:
    """Return a number from 0 to 1 as short as it can be written; a comma may stand for its point."""
    if text is None:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        number = float("nan")
    if not isfinite(number) or not 0 <= number <= 1:
        raise BadRequestError(gettext("A score is a number from 0 to 1; go back and change it"))
    return f"{number:.4g}"
