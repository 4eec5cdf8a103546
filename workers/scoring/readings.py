"""A text as it is written and, where somebody may have disguised words in it, as it may have been meant.

Both are scored and the larger score counts, so that undoing a disguise can never lower one.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import regex
from tokenizers import Tokenizer

from moderation.deobfuscation import GAP_SIGNS, deobfuscate
from moderation.model import Span
from moderation.text import Normalised, normalise

WORD_MARKS = ("", "Ġ", "▁")
"""What word pieces, byte-level BPE and unigrams put before the first letter of a word."""

OFFENSIVE = frozenset(Path(__file__).with_name("readings_words.txt").read_text(encoding="utf-8").split())
"""Offensive words, most of which no tokenizer of the usual corpora has as one token."""

NAMES = frozenset({"cuny"})
"""That look like a misspelt offensive word: a university."""
FROM_LETTERS = 5
"""A shorter word with a letter missing is too often another word."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text; `owner` is the index of the text."""

    owner: int
    text: str
    undone: Normalised | None = None
    """What was undone of the original; None as it is written."""

    def original(self, start: int, end: int) -> Span:
        """Return where characters `start` up to, not including, `end` of this reading are in the text."""
        return Span(start, end) if self.undone is None else self.undone.span(start, end)


def read(texts: Sequence[str], known: Callable[[str], bool], *, undo: bool = True) -> list[Reading]:
    """Return the readings of all texts, first of each the one as it is written; with `undo` also those as meant.

    `known` tells what is a word: digits that stand for letters must give one, or a part number would be read as
    an insult. Raises `UnicodeError` for a text with lone surrogates.
    """
    readings = []
    for owner, text in enumerate(texts):
        text.encode()
        readings.append(Reading(owner, text))
        if undo and (meant := _meant(text, known)) is not None:
            readings.append(Reading(owner, meant.text, meant))
    return readings


def knows(tokenizer: Tokenizer) -> Callable[[str], bool]:
    """Return what tells whether a word is one token of `tokenizer`, or one that is disguised more than written."""
    return lambda word: word in OFFENSIVE or any(tokenizer.token_to_id(mark + word) is not None for mark in WORD_MARKS)


def misspellings(words: Iterable[str]) -> Mapping[str, str]:
    """Return the words with an inner letter left out or two exchanged, and what each of these stands for.

    What can stand for two words, or is one itself, is left out, and so are plurals: place names end like them.
    """
    meant: dict[str, set[str]] = {}
    for word in words:
        places = range(1, len(word) - 1) if len(word) >= FROM_LETTERS and not word.endswith("s") else ()
        for at in places:
            meant.setdefault(word[:at] + word[at + 1 :], set()).add(word)
            meant.setdefault(word[:at] + word[at : at + 2][::-1] + word[at + 2 :], set()).add(word)
    others = OFFENSIVE | NAMES
    return {written: min(stands) for written, stands in meant.items() if len(stands) == 1 and written not in others}


BEGINNINGS = frozenset(word[:end] for word in OFFENSIVE for end in range(1, len(word) + 1))
BROKEN_FROM = 4
"""Letters of a word that is read where gaps break it; pieces of a shorter one stand side by side by chance."""
SHORT_WORDS = frozenset({
    "ad", "am", "an", "as", "at", "be", "by", "co", "de", "do", "el", "en", "ex", "go", "he", "hi", "id", "if", "in",
    "is", "it", "la", "le", "me", "my", "no", "of", "oh", "ok", "on", "or", "pm", "re", "so", "to", "tv", "un", "up",
    "us", "vs", "we",
})  # fmt: skip
"""Of two letters; vocabularies have many more pieces of that length that are none."""
_PIECE = re.compile(r"[a-z]+")
_GAP = regex.compile(rf"(?!')[{GAP_SIGNS} ]")


def _joined(meant: Normalised, known: Callable[[str], bool]) -> Normalised:
    """Return the text with offensive words whole that are broken into pieces: `stu pid`, `id.i ot`."""
    text, at, gaps = meant.text, 0, []
    pieces = list(_PIECE.finditer(text))
    while at < len(pieces):
        end = _broken(text, pieces, at, known)
        gaps += [(one.end(), following.start(), "") for one, following in pairwise(pieces[at:end])]
        at = end
    return meant.rewrite(gaps)


def _broken(text: str, pieces: Sequence[re.Match[str]], first: int, known: Callable[[str], bool]) -> int:
    """Return behind which piece the longest offensive word ends that begins with a piece; behind itself if none does.

    It stands by itself, with one sign between its pieces, and is torn as `_is_torn` has it.
    """
    before = text[pieces[first].start() - 1] if pieces[first].start() else " "
    word, end = "", first + 1
    if before.isalnum() or before in "'’":
        return end
    for at in range(first, len(pieces)):
        word += pieces[at].group()
        apart = at > first and not _GAP.fullmatch(text, pieces[at - 1].end(), pieces[at].start())
        if apart or word not in BEGINNINGS:
            break
        after = text[pieces[at].end() : pieces[at].end() + 1]
        if at > first and word in OFFENSIVE and not after.isalnum():
            parts = [piece.group() for piece in pieces[first : at + 1]]
            if _is_torn(parts, text[pieces[first].end()], known):
                end = at + 1
    return end


def _is_torn(parts: Sequence[str], gap: str, known: Callable[[str], bool]) -> bool:
    """Tell whether nobody would write these parts with gaps unless to hide what they make."""
    if sum(map(len, parts)) < BROKEN_FROM:
        return False
    words = [known(part) if len(part) > 2 else part in SHORT_WORDS for part in parts]  # noqa: PLR2004 - one has its list
    if len(parts) == 2 and gap == " ":  # noqa: PLR2004 - one gap
        return any(len(part) > 1 and not word for part, word in zip(parts, words, strict=True))
    return not all(words)


MISSPELT = misspellings(OFFENSIVE)
_WORD = re.compile(r"[a-z]{4,}")


def _spelt(meant: Normalised, known: Callable[[str], bool]) -> Normalised:
    """Return the text with misspelt offensive words as they are spelt, where what stands there is no word."""
    found = ((match, MISSPELT.get(match.group())) for match in _WORD.finditer(meant.text))
    return meant.rewrite(
        (match.start(), match.end(), word) for match, word in found if word and not known(match.group())
    )


def _meant(text: str, known: Callable[[str], bool]) -> Normalised | None:
    """Return the text with its disguises undone, None if it has none; case and white space are no disguise."""
    normalised = normalise(text)
    meant = _spelt(_joined(deobfuscate(normalised, known=known), known), known)
    if not meant.text or (text.isascii() and meant.text == normalised.text):
        return None
    return None if meant.text == text.lower() else meant
