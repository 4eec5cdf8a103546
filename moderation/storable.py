"""Makes a comment fit to be stored, whatever a client of another API sent: nothing is refused, what is too long is cut.

The bounds are those of the native API, which refuses instead, since its clients can mend what they send.
"""

import ipaddress
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from moderation.model import Comment

URL, SHORT, USER_AGENT, SECTION, METADATA = 4000, 500, 1000, 200, 1000
ENTRIES = 20
LONGEST_MS = 10**9
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""No character at all, or half of one: databases refuse them."""


def storable(comment: Comment) -> Comment:
    """Return the comment with fields that every database takes; the text keeps its length, so spans stay true."""
    thread, author, signals = comment.thread, comment.author, comment.signals
    taken = signals.filled_in_ms
    return replace(
        comment,
        text=mended(comment.text),
        thread=replace(
            thread,
            id=_fit(thread.id, SHORT) or "unknown",
            url=_fit(thread.url, URL),
            title=_fit(thread.title, SHORT),
            section=_fit(thread.section, SECTION),
        ),
        author=replace(
            author,
            id=_fit(author.id, SHORT),
            name=_fit(author.name, SHORT),
            email=_fit(author.email, SHORT),
            url=_fit(author.url, URL),
            ip=_address(author.ip),
        ),
        external_id=_fit(comment.external_id, SHORT),
        parent_id=_fit(comment.parent_id, SHORT),
        signals=replace(
            signals,
            honeypot=_fit(signals.honeypot, SHORT),
            filled_in_ms=None if taken is None or not 0 <= taken <= LONGEST_MS else taken,
            user_agent=_fit(signals.user_agent, USER_AGENT),
            referrer=_fit(signals.referrer, URL),
        ),
        metadata=_entries(comment.metadata),
    )


def mended(text: str) -> str:
    """Return a text of the same length with a mark in the place of what databases refuse."""
    return _UNSTORABLE.sub("\ufffd", text)


def _fit(text: str | None, most: int) -> str | None:
    return mended(text)[:most] or None if text else None


def _address(address: str | None) -> str | None:
    if address:
        with suppress(ValueError):
            return str(ipaddress.ip_address(address.strip()))
    return None


def _entries(metadata: Mapping[str, Any]) -> dict[str, str]:
    """Return the first entries whose values are texts."""
    texts = [(name, value) for name, value in metadata.items() if isinstance(value, str)]
    return {_fit(name, SHORT) or "": _fit(value, METADATA) or "" for name, value in texts[:ENTRIES]}
