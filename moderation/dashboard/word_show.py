"""Turns words, and what they find, into what a page shows of them; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.dashboard.elsewhere import told
from moderation.dashboard.language import N_, gettext, ngettext, number_words
from moderation.dashboard.show import Piece, pieces
from moderation.model import Action
from moderation.policy_document import ListName
from moderation.rules.words import Match
from moderation.word_files import Refused
from moderation.word_lists import Entry, worst

LIST_WORDS: dict[ListName, str] = {"banned": N_("Banned"), "suspect": N_("Suspect"), "exceptions": N_("Exceptions")}
LIST_MEANS: dict[ListName, str] = {
    "banned": N_("a comment with one is rejected"),
    "suspect": N_("a comment with one is held for a person"),
    "exceptions": N_("no word is found inside one"),
}
WOULD = {
    Action.REJECT: N_("A comment with this text is rejected."),
    Action.HOLD: N_("A comment with this text is held."),
}
ON_LIST: dict[ListName, str] = {"banned": N_("banned"), "suspect": N_("suspect"), "exceptions": N_("exceptions")}
"""Inside a sentence."""
NOTHING = N_("No word is found in it that counts.")
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
        Hit(text[one.span.start : one.span.end], one.term, gettext(ON_LIST[one.list]), _note(one)) for one in matches
    )
    return Found(gettext(WOULD[action] if action else NOTHING), tuple(pieces(text, counted)), hits)


def added_words(added: int, known: int) -> str:
    """Return in words what was added, or would be."""
    said = ngettext("%(number)s new word", "%(number)s new words", added, number=number_words(added))
    if not known:
        return said
    return f"{said}, " + gettext("%(number)s that the lists have already", number=number_words(known))


def refused_words(refused: Sequence[Refused]) -> list[str]:
    """Return in words which lines are no terms."""
    shown = refused[:REFUSED_SHOWN]
    said = [gettext("Line %(number)s: %(what)s", number=one.line, what=told(one.message)) for one in shown]
    more = len(refused) - len(said)
    return [*said, gettext("and %(number)s more", number=number_words(more))] if more > 0 else said


def how(one: Entry) -> str:
    """Return how a word is looked for."""
    found_in = N_("also in disguise") if one.deobfuscate or one.list == "exceptions" else N_("as written")
    return gettext(found_in)


def _note(one: Match) -> str:
    notes = [
        *([gettext("in disguise")] if one.disguised else []),
        *([gettext("inside an exception: does not count")] if one.excepted else []),
    ]
    return ", ".join(notes)
