"""Finds the site's banned and suspect terms, as written and, for terms marked so, as people hide them.

Terms are found on word boundaries, so that none is found inside a longer word. Scripts that put no space
between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) have a boundary between any two characters.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, chain, product

import regex

from moderation.deobfuscation import deobfuscate, without_accents
from moderation.memo import Memo
from moderation.model import Finding, Span, Verdict
from moderation.policy_document import ListName, WordsPolicy
from moderation.rules.draft import Draft
from moderation.text import Normalised, normalise

RULE = "words"
BANNED, SUSPECT, EXCEPTION = "banned_word", "suspect_word", "exception"
LISTS: Mapping[str, ListName] = {BANNED: "banned", SUSPECT: "suspect", EXCEPTION: "exceptions"}
SPANS_AT_MOST = 50
"""Hits of one list that a finding shows; a text full of a term needs no more."""
NAMED_AT_MOST = 3
RUNS_AT_MOST = 6
"""Runs of a letter in one word that are read as one letter and as two, each by itself; of more, all alike."""

_SPACELESS = r"\p{Han}\p{Hiragana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TOKEN = regex.compile(
    rf"[{_SPACELESS}]\p{{M}}*+|[[\p{{L}}\p{{M}}\p{{N}}]--[{_SPACELESS}]]++|[^\p{{L}}\p{{M}}\p{{N}}\s]", regex.V1
)
_ASCII_TOKEN = regex.compile(r"[a-z0-9]++|[^a-z0-9\s]")
_LONG_RUN = regex.compile(r"(\p{L})\1\1")
_RUN = regex.compile(r"(\p{L})\1++")


@dataclass(slots=True)
class _Node:
    """A place in the tree of terms: what may follow, and which terms end here."""

    following: "dict[str, _Node]" = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    """For a list, the term of it that ends here, as the site wrote it."""


@dataclass(frozen=True, slots=True)
class _Lists:
    """The terms of a site: all as written, and those that are looked for behind disguises."""

    exact: _Node
    hidden: _Node
    size: int


@dataclass(frozen=True, slots=True)
class Match:
    """A term of a list where it stands in a text."""

    list: ListName
    term: str
    span: Span
    """In the original text."""
    disguised: bool
    """Whether it is not written as the list has it."""
    excepted: bool
    """Whether it counts for nothing, since it stands inside an exception."""


def check(draft: Draft) -> tuple[Finding, ...]:
    """Give `banned_word` (rejects) and `suspect_word` (holds) with the places in the original text, or pass."""
    lists = _lists(draft.policy.words)
    hits = list(_hits(lists.exact, draft.text))
    if lists.hidden.following:
        hits += _hits(lists.hidden, deobfuscate(draft.text, run=3), hidden=True)
    covered = _Covered([span for kind, _, span in hits if kind == EXCEPTION])
    found = []
    for code, verdict in ((BANNED, Verdict.REJECT), (SUSPECT, Verdict.HOLD)):
        own = [(term, span) for kind, term, span in hits if kind == code and span not in covered]
        if own:
            spans = _apart(span for _, span in own)[:SPANS_AT_MOST]
            found.append(Finding(RULE, verdict, code, _named(term for term, _ in own), spans))
    return tuple(found) or (Finding(RULE, Verdict.PASS, RULE, f"none of {lists.size} terms"),)


def matches(text: Normalised, policy: WordsPolicy, draft: WordsPolicy) -> tuple[Match, ...]:
    """Return where the terms of a policy, and of lists that nobody keeps, stand in a text: what `check` goes by.

    Of terms that begin at the same place each list shows the longest, and no more than `SPANS_AT_MOST` at all.
    """
    found: dict[tuple[str, str, Span], bool] = {}
    for lists in (_lists(policy), _compile(draft)):  # what is tried out must not push others out of the memo
        for kind, term, span in _hits(lists.exact, text):
            found[kind, term, span] = False
        if lists.hidden.following:
            for kind, term, span in _hits(lists.hidden, deobfuscate(text, run=3), hidden=True):
                found.setdefault((kind, term, span), True)
    covered = _Covered([span for kind, _, span in found if kind == EXCEPTION])
    ordered = sorted(found.items(), key=lambda item: (item[0][2].start, item[0][2].end, item[0]))
    return tuple(
        Match(LISTS[kind], term, span, disguised, kind != EXCEPTION and span in covered)
        for (kind, term, span), disguised in ordered[:SPANS_AT_MOST]
    )


def can_be_found(term: str) -> bool:
    """Tell whether a term has anything that a text could have: blanks and invisible characters are nothing."""
    return next(_steps(normalise(term).text), None) is not None


def _compile(policy: WordsPolicy) -> _Lists:
    exact, hidden = _Node(), _Node()
    for kind, words in ((BANNED, policy.banned), (SUSPECT, policy.suspect)):
        for word in words:
            _add(exact, kind, word.term, normalise(word.term).text)
            if word.deobfuscate:
                _add(hidden, kind, word.term, deobfuscate(normalise(word.term), run=2).text)
    for term in policy.exceptions:
        _add(exact, EXCEPTION, term, normalise(term).text)
        _add(hidden, EXCEPTION, term, deobfuscate(normalise(term), run=2).text)
    return _Lists(exact, hidden, len(policy.banned) + len(policy.suspect))


_lists = Memo(_compile)


def _add(tree: _Node, kind: str, term: str, text: str) -> None:
    node = tree
    for step in _steps(text):
        node = node.following.setdefault(step, _Node())
    if node is not tree:
        node.terms.setdefault(kind, term)


def _steps(text: str) -> Iterator[str]:
    """Yield the words and signs of `text`, those after a space with it, except the first."""
    end = None
    for match in _tokens(text):
        yield match.group() if end in {None, match.start()} else f" {match.group()}"
        end = match.end()


def _tokens(text: str) -> "Iterator[regex.Match[str]]":
    matches: Iterator[regex.Match[str]] = (_ASCII_TOKEN if text.isascii() else _TOKEN).finditer(text)
    return matches


def _hits(tree: _Node, text: Normalised, *, hidden: bool = False) -> Iterator[tuple[str, str, Span]]:
    """Yield, for each place and list, the longest term there: list, term, and where in the original."""
    tokens = list(_tokens(text.text))
    words = [match.group() for match in tokens]
    odd = hidden and not (text.text.isascii() and _LONG_RUN.search(text.text) is None)
    readings = [_readings(word) for word in words] if odd else [(word,) for word in words]
    if tree.following.keys().isdisjoint(chain.from_iterable(readings) if odd else words):
        return
    for first, match in enumerate(tokens):
        nodes = [tree.following[reading] for reading in readings[first] if reading in tree.following]
        longest: dict[str, tuple[str, int]] = {}
        at = first
        while nodes:
            end = tokens[at].end()
            longest.update({kind: (term, end) for node in nodes for kind, term in node.terms.items()})
            at += 1
            if at == len(tokens):
                break
            space = "" if tokens[at].start() == end else " "
            steps = [space + reading for reading in readings[at]]
            nodes = [node.following[step] for node in nodes for step in steps if step in node.following]
        for kind, (term, end) in longest.items():
            yield kind, term, text.span(match.start(), end)


def _readings(word: str) -> tuple[str, ...]:
    """Return what a word may stand for.

    Its accents may be decoration; and if it has three of a letter, each of its runs may be one letter or two.
    """
    bare = without_accents(word)
    words = (word,) if bare == word else (word, bare)
    if not _LONG_RUN.search(word):
        return words
    return tuple(reading for word in words for reading in _runs(word))


def _runs(word: str) -> Iterator[str]:
    parts = _RUN.split(word)  # text, letter, text, letter, ..., text
    letters = parts[1::2]
    counts = (
        product((1, 2), repeat=len(letters)) if len(letters) <= RUNS_AT_MOST else ((n,) * len(letters) for n in (1, 2))
    )
    for chosen in counts:
        runs = [letter * times for letter, times in zip(letters, chosen, strict=True)]
        yield "".join(text + run for text, run in zip(parts[::2], [*runs, ""], strict=True))


class _Covered:
    """Tells whether a span lies inside one of the exceptions."""

    def __init__(self, exceptions: Iterable[Span]) -> None:
        ordered = sorted(exceptions, key=lambda span: span.start)
        self._starts = [span.start for span in ordered]
        self._reach = list(accumulate((span.end for span in ordered), max))

    def __contains__(self, span: Span) -> bool:
        at = bisect_right(self._starts, span.start)
        return at > 0 and self._reach[at - 1] >= span.end


def _apart(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the spans in order, without those that overlap an earlier or longer one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return tuple(kept)


def _named(terms: Iterable[str]) -> str:
    """Name the first terms; they are the site's own words, and say which line of its list it was."""
    different = list(dict.fromkeys(terms))
    named = ", ".join(f'"{term}"' for term in different[:NAMED_AT_MOST])
    more = len(different) - NAMED_AT_MOST
    return f"{named} and {more} more" if more > 0 else named
