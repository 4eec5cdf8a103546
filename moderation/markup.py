"""HTML as its reader sees it: without markup, with where each character stands in the original."""

import html
import re
from collections.abc import Iterator

from moderation.text import Normalised

MARKUP = re.compile("[<&]")
TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)|<[!?/]")
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
HIDDEN = ("script", "style")
BLOCK_NAMES = (
    "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header "
    "hr li main nav ol p pre section table td th tr ul"
)
BLOCKS = frozenset(BLOCK_NAMES.split())
"""Elements that begin a new line."""


def plain(text: str, *, is_html: bool) -> Normalised:
    """Return what a reader sees of a text, with where each character stands in the original; takes linear time."""
    whole = Normalised(text, range(len(text)), range(1, len(text) + 1))
    return whole.rewrite(_markup(text)) if is_html else whole


def _markup(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the changes that take the markup away; what is not closed is no markup."""
    ends = _Ends(text)
    done = 0
    for match in MARKUP.finditer(text):
        start = match.start()
        if start >= done:
            end, new = _entity(text, start) if match[0] == "&" else _tag(text, start, ends)
            if end:
                done = end
                yield start, end, new


def _entity(text: str, start: int) -> tuple[int, str]:
    """Return the end of the entity at `start`, 0 if there is none, and what it stands for."""
    entity = ENTITY.match(text, start)
    new = html.unescape(entity[0]) if entity else ""
    return (entity.end(), new) if entity and new != entity[0] else (0, "")


def _tag(text: str, start: int, ends: "_Ends") -> tuple[int, str]:
    """Return the end of the tag or comment at `start`, 0 if there is none, and what stands in its place."""
    if text.startswith("<!--", start):
        return ends.after("-->", start + 4), ""
    tag = TAG.match(text, start)
    end = ends.after(">", start) if tag else 0
    name = (tag["name"] or "").lower() if tag else ""
    if tag and end and name in HIDDEN and not tag["close"]:
        closing = ends.after(f"</{name}", end)
        end = (closing and ends.after(">", closing)) or end
    return end, "\n" if name in BLOCKS else ""


class _Ends:
    """Finds where markup is closed, in linear time however much is open."""

    def __init__(self, text: str) -> None:
        lower = text.lower()
        self._text = lower if len(lower) == len(text) else text  # or positions would not fit
        self._last = {close: self._text.rfind(close) for close in (">", "-->", *(f"</{name}" for name in HIDDEN))}

    def after(self, close: str, start: int) -> int:
        """Return the position after the next `close`, 0 if there is none."""
        return self._text.find(close, start) + len(close) if self._last[close] >= start else 0
