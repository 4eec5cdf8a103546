"""Texts as Perspective counts them: HTML without its markup, sentences, and positions in UTF-16 code units."""

import html
import re
from collections.abc import Iterator
from math import ceil

from moderation.model import Span
from moderation.text import Normalised, visible_part

SENTENCES_AT_MOST = 40
"""Of one text; a text of more has several sentences in a span."""
SENTENCE_ENDS = re.compile(r"""(?P<before_blank>[.!?…]++["'”’»)\]]*+)|[。！？]++["'”’」』)]*+|\n""")
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


def sentences(text: str) -> list[Span]:
    """Return where the sentences of a text are, without the white space around them; at most `SENTENCES_AT_MOST`.

    A full stop after an abbreviation ends a sentence too.
    """
    found = []
    start = 0
    for end in [*_sentence_ends(text), len(text)]:
        where = visible_part(text[start:end])
        if where.end > where.start:
            found.append(Span(start + where.start, start + where.end))
        start = end
    step = ceil(len(found) / SENTENCES_AT_MOST) or 1
    return [Span(found[at].start, found[at : at + step][-1].end) for at in range(0, len(found), step)]


def _sentence_ends(text: str) -> Iterator[int]:
    for match in SENTENCE_ENDS.finditer(text):
        if match["before_blank"] is None or text[match.end() : match.end() + 1].isspace():
            yield match.end()


def utf16(span: Span, text: str) -> dict[str, int]:
    """Return a span of `text` as `begin` and `end` in UTF-16 code units."""
    begin = _units(text[: span.start])
    return {"begin": begin, "end": begin + _units(text[span.start : span.end])}


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


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
