"""What normalising changed in a comment: words that are read as something else than is written; pure.

The same steps that rules and scorers read by are taken again. Digits and signs stand for letters (`1d10t`) only in
words that were disguised otherwise too (`v.1.a.g.r.a`) or that count as a reason: elsewhere they are part numbers.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from moderation.deobfuscation import deobfuscate
from moderation.model import Span
from moderation.text import UNSEEN, Normalised, normalise

LONGEST = 4000
"""Characters of a text that are looked at."""
SHOWN = 6
ORDINARY = str.maketrans(
    {**dict.fromkeys("‘’‚‛´ʼ", "'"), **dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‐‑‒–—―−", "-"), "…": "..."}
    | {"\ufe0e": "", "\ufe0f": "", "\u00ad": ""}
)
"""What keyboards and content systems write by themselves: nobody hides a word by it."""
_WORD = re.compile(r"\S+")
_UNSEEN = re.compile(f"[{UNSEEN}]")
_LETTER = re.compile(r"[^\W\d_]|\d\w")


@dataclass(frozen=True, slots=True)
class Reading:
    """A word as it is written, and as it is read."""

    written: str
    read: str


def readings(text: str, marked: Sequence[Span]) -> tuple[Reading, ...]:
    """Return the words of a text that are read otherwise than they are written, each once, the first `SHOWN`.

    Case and typography are no difference; `marked` is what counts as a reason, in code points.
    """
    found = dict.fromkeys(_differences(text[:LONGEST], marked))
    return tuple(found)[:SHOWN]


def _differences(text: str, marked: Sequence[Span]) -> Iterator[Reading]:
    plain = normalise(text)
    careful, bold = deobfuscate(plain, known=lambda _: False), deobfuscate(plain)
    for strictly, freely in zip(_WORD.finditer(careful.text), _WORD.finditer(bold.text), strict=False):
        span = careful.span(strictly.start(), strictly.end())
        written = text[span.start : span.end]
        if not _LETTER.search(written):
            continue
        hidden = _ordinary(written) != _ordinary(strictly.group())
        counts = any(one.start < span.end and span.start < one.end for one in marked)
        read = (
            freely.group() if (hidden or counts) and _same_place(careful, strictly, bold, freely) else strictly.group()
        )
        if _ordinary(written) != _ordinary(read):
            yield Reading(_UNSEEN.sub(lambda match: f"[U+{ord(match.group()):04X}]", written), read)


def _same_place(careful: Normalised, one: re.Match[str], bold: Normalised, other: re.Match[str]) -> bool:
    return careful.span(*one.span()).start == bold.span(*other.span()).start


def _ordinary(word: str) -> str:
    """Return a word without case and typography."""
    return normalize("NFC", word.translate(ORDINARY)).casefold()
