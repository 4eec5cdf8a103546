"""Which part of the queue a page shows, as its address and its forms say it."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from moderation import ids
from moderation.errors import NotFoundError
from moderation.model import Status


@dataclass(frozen=True, slots=True)
class Listing:
    """Which part of the queue a page shows."""

    status: Status
    thread: str | None
    before: str | None

    def url(self, **changes: str | None) -> str:
        """Return the address of this listing, with changes."""
        asked: dict[str, Any] = {"status": self.status.value, "thread": self.thread, "before": self.before, **changes}
        return url_for("desk.queue", **asked)  # Flask leaves out what is None


def read_listing() -> Listing:
    """Return what the address or the form asks for; the form of a list says where it stood.

    Raises:
        NotFoundError: there can be no such part.
    """
    asked = request.values
    before, thread = asked.get("before"), asked.get("thread")
    if thread is not None and "\0" in thread:
        raise NotFoundError
    return Listing(read_status(asked.get("status", "held")), thread, known_id(before) if before else None)


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
