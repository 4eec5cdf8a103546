"""One text for comparing, matching and scoring; and how long a text is.

What people read as the same should be the same to a program: `normalise` undoes what Unicode offers
for writing it in other ways, and remembers where in the original each character came from.
All of it takes time linear in the length of the text, whatever is in it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from unicodedata import is_normalized, normalize

import regex

from moderation.model import LengthUnit, Span

WHITE = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2800\u3000\u3164\uffa0"
"""Unicode's White_Space, what Python adds to it, and three letters that are drawn as blanks."""
UNSEEN = (
    r"\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Unicode's Default_Ignorable_Code_Point (zero-width, bidi, selectors, tags), and controls that are no white space."""
ATTACHED = r"\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef"
"""Variation selectors and tags: invisible, but part of the emoji that they follow."""
MARKS_AT_MOST = 30
"""Combining marks in a row that mean something: Stream-Safe Text Format, UAX #15 section 13."""
GROWTH_AT_MOST = 8
"""Characters that one may become by NFKC; U+FDFA alone becomes more (18), and a text full of it is an attack."""

_BLANKS = regex.compile(f"[{WHITE}{UNSEEN}]*+")
_BLANKS_BACKWARDS = regex.compile(f"(?r)[{WHITE}{UNSEEN}]*+")
_ATTACHED = regex.compile(f"[{ATTACHED}]*+")
_UNSEEN = regex.compile(f"[{UNSEEN}]++")
_GAP = regex.compile(rf"(?:[{WHITE}--\ ][{WHITE}]*+|\ (?:[{WHITE}]++|\Z)|\A\ )", regex.V1)
_JOINING = regex.compile(
    r"[\r\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=RI}\p{GCB=Prepend}\p{GCB=SpacingMark}\p{GCB=L}\p{GCB=V}\p{GCB=T}]"
)
_CLUSTER = regex.compile(r"\X")
_FLAG = regex.compile("[\U0001f1e6-\U0001f1ff]{2}")
_SURROGATE = regex.compile("[\ud800-\udfff]")
_MARKS = r"[\p{M}\u1161-\u11ff]"
"""What can melt into the character before: combining marks, and vowels and finals of Hangul."""
_MARKED = regex.compile(rf"{_MARKS}++")
_PILE = regex.compile(rf"({_MARKS}{{{MARKS_AT_MOST}}}){_MARKS}++")
_NOT_COMPARED = regex.compile(r"[^\p{L}\p{M}\p{N}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{RI}]++")
_TYPOGRAPHIC = str.maketrans("‘’‚‛´ʼ“”„‟«»‐‑‒–—―−", "''''''\"\"\"\"\"\"-------")
_FOLDS = {"İ": "i"}
"""Casefolding alone would leave a dot above, which no one types."""


def count(text: str, unit: LengthUnit) -> int:
    """Return how long `text` is in `unit`, without white space and invisible characters at both ends.

    Graphemes are the extended grapheme clusters of UAX #29. What a cluster has beyond one character and
    `MARKS_AT_MOST` others counts singly, or a page of piled-up marks would be one character long.
    """
    where = visible_part(text)
    visible = text[where.start : where.end]
    if unit is LengthUnit.CODE_POINTS:
        return len(visible)
    if unit is LengthUnit.UTF16:
        return len(visible.encode("utf-16-le", "surrogatepass")) // 2
    if not _JOINING.search(visible):
        return len(visible)
    # `\X` alone is quadratic in runs of flags: a pair of regional indicators joins the same neighbours as a letter.
    clusters = _CLUSTER.findall(_FLAG.sub("f", visible))
    return len(clusters) + sum(max(0, len(cluster) - 1 - MARKS_AT_MOST) for cluster in clusters)


def visible_part(text: str) -> Span:
    """Return where `text` is without white space and invisible characters at both ends; empty if it is nothing else."""
    start = _BLANKS.match(text).end()
    if start == len(text):
        return Span(0, 0)
    return Span(start, _ATTACHED.match(text, _BLANKS_BACKWARDS.match(text).start()).end())


def check_encodable(text: str) -> list[dict[str, str]]:
    """Return `{"code", "message"}` for what databases and UTF-8 cannot hold; add `field` for `InvalidInputError`."""
    problems = []
    if "\0" in text:
        problems.append({"code": "nul", "message": f"has the character U+0000 at {text.index(chr(0))}"})
    surrogate = _SURROGATE.search(text)
    if surrogate:
        problems.append({"code": "surrogate", "message": f"has half a surrogate pair at {surrogate.start()}"})
    return problems


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text made comparable; character i of it stands for `starts[i]` up to `ends[i]` of the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """Return what characters `start` up to, not including, `end` are in the original, in code points."""
        if start < end:
            return Span(self.starts[start], self.ends[end - 1])
        at = self.starts[start] if start < len(self.text) else self.ends[-1] if self.text else 0
        return Span(at, at)

    def rewrite(self, changes: Iterable[tuple[int, int, str]]) -> "Normalised":
        """Return the text with each `start` up to `end` (in order, not empty, not overlapping) replaced."""
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for start, end, new in changes:
            if start > done:
                pieces.append(self.text[done:start])
                starts += self.starts[done:start]
                ends += self.ends[done:start]
            if new:
                pieces.append(new)
                starts += [self.starts[start]] * len(new)
                ends += [self.ends[end - 1]] * len(new)
            done = end
        if not done:
            return self
        starts += self.starts[done:]
        ends += self.ends[done:]
        return Normalised("".join((*pieces, self.text[done:])), starts, ends)


def normalise(text: str) -> Normalised:
    """Return `text` in NFKC, casefolded, with single blanks, without invisible characters and meaningless marks.

    Piles of marks are cut first, because CPython's NFKC is quadratic in them (gh-149079): 32,000 take 0.8 s.
    """
    found = Normalised(text, range(len(text)), range(1, len(text) + 1))
    found = found.rewrite((match.start(), match.end(), "") for match in _UNSEEN.finditer(text))
    if not found.text.isascii():
        found = _compatible(_without_piles(replace(found, text=found.text.translate(_TYPOGRAPHIC))))
    found = _folded(found)
    last = len(found.text)
    return found.rewrite(
        (match.start(), match.end(), "" if match.start() == 0 or match.end() == last else " ")
        for match in _GAP.finditer(found.text)
    )


def compare_key(normalised: Normalised) -> str:
    """Return only the letters, digits and emoji of a text, for telling whether two texts are the same.

    Whether it is long enough to be compared at all is for the caller to say (`policy.duplicates.min_length`).
    """
    key: str = _NOT_COMPARED.sub("", normalised.text)
    return key


def _without_piles(found: Normalised) -> Normalised:
    return found.rewrite((match.end(1), match.end(), "") for match in _PILE.finditer(found.text))


def _compatible(found: Normalised) -> Normalised:
    """Return `found` in NFKC: first each character by itself, then each with the marks that follow it."""
    if is_normalized("NFKC", found.text):
        return found
    own = {character: normalize("NFKC", character)[:GROWTH_AT_MOST] for character in set(found.text)}
    swapped = str.maketrans({old: new for old, new in own.items() if len(new) == 1 and new != old})
    if swapped:
        found = replace(found, text=found.text.translate(swapped))
    found = _without_piles(_expanded(found, {old: new for old, new in own.items() if len(new) > 1}))
    return found.rewrite(_compositions(found.text))


def _compositions(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _MARKED.finditer(text):
        start = max(0, match.start() - 1)
        piece = text[start : match.end()]
        composed = normalize("NFKC", piece)
        if composed != piece:
            yield start, match.end(), composed


def _folded(found: Normalised) -> Normalised:
    folded = found.text.casefold()
    if len(folded) > len(found.text):
        own = {character: _FOLDS.get(character, character.casefold()) for character in set(found.text)}
        found = _expanded(found, {old: new for old, new in own.items() if old in _FOLDS or len(new) > 1})
        folded = found.text.casefold()
    return replace(found, text=folded)


def _expanded(found: Normalised, longer: Mapping[str, str]) -> Normalised:
    if not longer:
        return found
    return found.rewrite((at, at + 1, longer[old]) for at, old in enumerate(found.text) if old in longer)
