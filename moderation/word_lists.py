"""The lists of words of a policy as single entries, and policies with other lists; pure.

An entry is named by a hash of its list and its term, so it has the same name in every version of the policy.
Two terms that are alike once they are normalised are one: the rule could not tell them apart.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from moderation.errors import InvalidInputError, NotFoundError, WordsFullError
from moderation.model import Action
from moderation.policy_document import (
    SECTIONS_AT_MOST,
    TERMS_AT_MOST,
    ListName,
    Policy,
    SectionPolicy,
    Word,
    WordsPolicy,
)
from moderation.rules import words as rule
from moderation.rules.words import Match
from moderation.text import normalise

LISTS: tuple[ListName, ...] = get_args(ListName)
NAME_LENGTH = 32
NONE = WordsPolicy()
NOTHING = "has nothing that could be found in a text"
MISSING = "That list has no such word; list the words to see their ids"


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of a list; exceptions are looked for in both ways whatever `deobfuscate` says."""

    list: ListName
    term: str
    deobfuscate: bool = False

    @property
    def id(self) -> str:
        """Its name, which is the same as long as list and term are."""
        written = f"{self.list}\0{self.term}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(written).hexdigest()[:NAME_LENGTH]

    @property
    def key(self) -> tuple[ListName, str]:
        """What it has in common with terms that the rule cannot tell from it."""
        return self.list, normalise(self.term).text

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands among others."""
        return LISTS.index(self.list), self.term


def of_section(policy: Policy, section: str | None) -> WordsPolicy:
    """Return the lists that hold in a section, or on the rest of the site."""
    return policy.for_section(section).words


def with_words(policy: Policy, section: str | None, words: WordsPolicy) -> Policy:
    """Return a policy with other lists; a section has its own from then on.

    Raises:
        InvalidInputError: there are as many sections as there may be.
    """
    if section is None:
        return replace(policy, words=words)
    own = replace(policy.sections.get(section) or SectionPolicy(), words=words)
    sections = {**policy.sections, section: own}
    if len(sections) > SECTIONS_AT_MOST:
        message = f"A policy has {SECTIONS_AT_MOST} sections at most"
        raise InvalidInputError([{"field": "section", "code": "too_many", "message": message}])
    return replace(policy, sections=sections)


def entries(words: WordsPolicy) -> list[Entry]:
    """Return all entries, list by list, in the order of their terms."""
    return sorted(set(_entries(words)), key=lambda one: (one.place, one.deobfuscate))


def added(words: WordsPolicy, new: Sequence[Entry]) -> tuple[WordsPolicy, list[Entry]]:
    """Return lists with what they lack of `new`, and what that is; what they have stays as it is.

    Raises:
        WordsFullError: a list would be too long.
    """
    known = {one.key for one in _entries(words)}
    fresh = {one.key: one for one in reversed(new) if one.key not in known}
    lacking = [one for one in new if fresh.get(one.key) is one]
    return _made([*_entries(words), *lacking]), lacking


def without(words: WordsPolicy, names: Collection[str]) -> WordsPolicy:
    """Return lists without the entries of these names, as far as they have them."""
    return _made([one for one in _entries(words) if one.id not in names])


def changed(
    words: WordsPolicy, name: str, to: ListName | None, term: str | None, deobfuscate: bool | None
) -> tuple[WordsPolicy, Entry]:
    """Return lists with an entry changed in what is not None, and the entry as it is then.

    Raises:
        NotFoundError: there is no entry of that name.
        WordsFullError: the list it moves to is full.
    """
    old = find(words, name)
    flag = old.deobfuscate if deobfuscate is None else deobfuscate
    new = Entry(to or old.list, old.term if term is None else term, flag)
    left = [one for one in _entries(words) if one.id != name and one.key != new.key]
    return (words, old) if new == old else (_made([*left, new]), new)


def find(words: WordsPolicy, name: str) -> Entry:
    """Return the entry of that name.

    Raises:
        NotFoundError: there is none.
    """
    found = next((one for one in _entries(words) if one.id == name), None)
    if found is None:
        raise NotFoundError(MISSING)
    return found


def check_terms(new: Sequence[Entry], field: str = "words") -> None:
    """Check that each of these could be found in some text.

    Raises:
        InvalidInputError: one has nothing but blanks and what nobody sees.
    """
    wrong = [at for at, one in enumerate(new) if not rule.can_be_found(one.term)]
    if wrong:
        raise InvalidInputError(
            [{"field": f"{field}.{at}.term", "code": "nothing_to_find", "message": NOTHING} for at in wrong[:50]]
        )


def check_term(term: str) -> None:
    """Check one term; raises as `check_terms` does."""
    if not rule.can_be_found(term):
        raise InvalidInputError([{"field": "term", "code": "nothing_to_find", "message": NOTHING}])


def matches(words: WordsPolicy, draft: Sequence[Entry], text: str) -> tuple[Match, ...]:
    """Return which terms of the lists, and of a draft, stand where in a text."""
    return rule.matches(normalise(text), words, _made(draft))


def worst(found: Sequence[Match]) -> Action | None:
    """Return what the worst of these does with a comment; None if none of them counts."""
    counted = {one.list for one in found if not one.excepted}
    return Action.REJECT if "banned" in counted else Action.HOLD if "suspect" in counted else None


def _entries(words: WordsPolicy) -> Iterator[Entry]:
    yield from (Entry("banned", one.term, one.deobfuscate) for one in words.banned)
    yield from (Entry("suspect", one.term, one.deobfuscate) for one in words.suspect)
    yield from (Entry("exceptions", term) for term in words.exceptions)


def _made(all_of_them: Sequence[Entry]) -> WordsPolicy:
    """Return the lists that have these entries."""
    by_list = {name: [one for one in all_of_them if one.list == name] for name in LISTS}
    for name, own in by_list.items():
        if len(own) > TERMS_AT_MOST:
            raise WordsFullError(
                f"The list '{name}' would have {len(own)} terms; {TERMS_AT_MOST} are the most", list=name
            )
    return WordsPolicy(
        banned=tuple(Word(one.term, one.deobfuscate) for one in by_list["banned"]),
        suspect=tuple(Word(one.term, one.deobfuscate) for one in by_list["suspect"]),
        exceptions=tuple(one.term for one in by_list["exceptions"]),
    )
