"""Turns words, and what they find, into what a page shows of them; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.dashboard.show import Piece, pieces
from moderation.model import Action
from moderation.policy_document import ListName
from moderation.rules.words import Match
from moderation.word_files import Refused
from moderation.word_lists import Entry, worst

LIST_WORDS: dict[ListName, str] = {"banned": "Banned", "suspect": "Suspect", "exceptions": "Exceptions"}
LIST_MEANS: dict[ListName, str] = {
    "banned": "a comment with one is rejected",
    "suspect": "a comment with one is held for a person",
    "exceptions": "no word is found inside one",
}
WOULD = {Action.REJECT: "A comment with this text is rejected.", Action.HOLD: "A comment with this text is held."}
NOTHING = "No word is found in it that counts."
REFUSED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """A word that is found in a text."""

    written: str
    term: str
    list: str
    note: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the words find in a text: the text with marks, and each of them."""

    means: str
    pieces: tuple[Piece, ...]
    hits: tuple[Hit, ...]


def found(text: str, matches: Sequence[Match]) -> Found:
    """Return what a page shows of the matches in a text."""
    action = worst(matches)
    counted = [one.span for one in matches if not one.excepted and one.list != "exceptions"]
    hits = tuple(
        Hit(text[one.span.start : one.span.end], one.term, LIST_WORDS[one.list], _note(one)) for one in matches
    )
    return Found(WOULD[action] if action else NOTHING, tuple(pieces(text, counted)), hits)


def added_words(added: int, known: int) -> str:
    """Return in words what was added, or would be."""
    said = f"{added:,} new {'word' if added == 1 else 'words'}"
    return f"{said}, {known:,} that the lists have already" if known else said


def refused_words(refused: Sequence[Refused]) -> list[str]:
    """Return in words which lines are no terms."""
    said = [f"Line {one.line}: {one.message}" for one in refused[:REFUSED_SHOWN]]
    more = len(refused) - len(said)
    return [*said, f"and {more:,} more"] if more > 0 else said


def how(one: Entry) -> str:
    """Return how a word is looked for."""
    return "also in disguise" if one.deobfuscate or one.list == "exceptions" else "as written"


def _note(one: Match) -> str:
    notes = [
        *(["in disguise"] if one.disguised else []),
        *(["inside an exception: does not count"] if one.excepted else []),
    ]
    return ", ".join(notes)
