"""Which part of the queue a page shows, as its address and its forms say it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import request, url_for

from moderation import ids
from moderation.errors import NotFoundError
from moderation.model import Status
from moderation.storage.filters import Filter

LONGEST = 500
NARROWING = ("thread", "author", "section", "reason", "language", "q")
"""What narrows a listing down beside the status."""
ORDERS = {"worst": "Worst first", "oldest": "Oldest first"}
"""Other orders than the newest first; they have one page, which fills up again as comments are decided."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which part of the queue a page shows; `author` is the key under which an author's comments are found."""

    status: Status
    thread: str | None = None
    author: str | None = None
    section: str | None = None
    reason: str | None = None
    language: str | None = None
    q: str | None = None
    order: str | None = None
    """One of `ORDERS`, or None for the newest first."""
    before: str | None = None

    def url(self, **changes: str | None) -> str:
        """Return the address of this listing, with changes."""
        asked: dict[str, Any] = {**asdict(self), "status": self.status.value, **changes}
        return url_for("desk.queue", **asked)  # Flask leaves out what is None

    def fields(self) -> Mapping[str, str]:
        """Return what a form carries, so that its moderator can go on in the same part."""
        return {name: str(value) for name, value in asdict(self).items() if value is not None}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the status narrows it down."""
        return any(getattr(self, name) is not None for name in NARROWING)

    def filter(self) -> Filter:
        """Return which comments it means."""
        return Filter(
            status=self.status,
            thread=self.thread,
            author_key=self.author,
            section=self.section,
            reason=self.reason,
            language=self.language,
            q=self.q,
        )


def read_listing() -> Listing:
    """Return what the address or the form asks for; the form of a list says where it stood.

    Raises:
        NotFoundError: there can be no such part.
    """
    asked, before = request.values, request.values.get("before")
    narrowing = {name: asked.get(name, "").strip() or None for name in NARROWING}
    if any(value is not None and ("\0" in value or len(value) > LONGEST) for value in narrowing.values()):
        raise NotFoundError
    status, order = read_status(asked.get("status", "held")), asked.get("order")
    return Listing(
        status, **narrowing, order=order if order in ORDERS else None, before=known_id(before) if before else None
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
        raise NotFoundError("There is no such status") from None
