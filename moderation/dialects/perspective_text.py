"""Texts as Perspective counts them: sentences, and positions in UTF-16 code units."""

import re
from collections.abc import Iterator
from math import ceil

from moderation.model import Span
from moderation.text import visible_part

SENTENCES_AT_MOST = 40
"""Of one text; a text of more has several sentences in a span."""
SENTENCE_ENDS = re.compile(r"""(?P<before_blank>[.!?…]++["'”’»)\]]*+)|[。！？]++["'”’」』)]*+|\n""")


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
