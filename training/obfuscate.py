"""Hide the words of a comment as people do who want to get past a filter: eight ways, three strengths.

It is for measuring only and shares nothing with the noise that training adds, so that a model is
measured on disguises that it has not been taught one by one.
"""

import re
from collections.abc import Callable, Collection, Iterable
from random import Random

STRENGTHS = (1, 2, 3)
"""1 changes one place of each hidden word, 2 about half of those that can be changed, two at least, 3 all."""
LEET = {"a": "4@", "b": "8", "e": "3", "g": "9", "i": "1!", "l": "1", "o": "0", "s": "5$", "t": "7", "z": "2"}
LOOK_ALIKES = {
    "a": "аɑα", "b": "Ьƅ", "c": "сϲ", "d": "ԁɗ", "e": "еҽ", "f": "ƒ", "g": "ɡց", "h": "һհ", "i": "іι", "j": "јϳ",
    "k": "кκ", "l": "ӏⅼ", "m": "ⅿ", "n": "ոη", "o": "оοօ", "p": "рρ", "q": "ԛգ", "r": "гɾ", "s": "ѕ", "t": "тτ",
    "u": "υս", "v": "ѵν", "w": "ԝѡ", "x": "хχ", "y": "уү", "z": "ᴢʐ",
}  # fmt: skip
"""Letters that look like one of a to z: of Cyrillic, Greek, Armenian, the phonetic alphabet and Roman numerals."""
GAPS = (" ", ".", "-", "_", "*", "/", "|", "~")
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\ufe0f\u200e"
"""Zero-width space, non-joiner and joiner, word joiner, byte-order mark, soft hyphen, combining grapheme joiner,
variation selector 16 and left-to-right mark."""
VOWELS = "aeiou"
DISTRACTORS = (
    "Thank you all for the lovely discussion.", "I hope that everyone has a wonderful weekend.",
    "The weather was mild and sunny here today.", "My sister sends her regards from the seaside.",
    "This recipe turned out very well, by the way.", "Congratulations on the new garden, it looks beautiful.",
    "We went for a walk along the river yesterday.", "Many thanks to the editors for their patient work.",
    "The library opens again on Monday morning.", "Please give my best wishes to your family.",
    "I really enjoyed the photographs in this article.", "The children were singing in the park.",
    "What a friendly and helpful community this is.", "Our train arrived on time, which was a pleasant surprise.",
    "I would like to learn more about this topic.", "The bread smells delicious this morning.",
)  # fmt: skip
"""Kind and neutral sentences that stand around an attack to water it down."""
DISTRACTOR_COUNTS = {1: 1, 2: 3, 3: 6}

_WORD = re.compile(r"[A-Za-z]{3,}")
_LONG = 5
_RANDOM_WORDS = 3
_OUTER = 2

Change = Callable[[str, int, Random], str]


def leet(word: str, strength: int, rng: Random) -> str:
    """Digits and signs for letters."""
    return _replaced(word, LEET, strength, rng)


def homoglyphs(word: str, strength: int, rng: Random) -> str:
    """Letters of other scripts that look the same."""
    return _replaced(word, LOOK_ALIKES, strength, rng)


def spacing(word: str, strength: int, rng: Random) -> str:
    """A sign between two letters, the same one between half of them, mixed ones between all."""
    sign = rng.choice(GAPS)
    mixed = strength == STRENGTHS[-1]
    return _inserted(word, strength, rng, lambda: rng.choice(GAPS) if mixed else sign)


def repeats(word: str, strength: int, rng: Random) -> str:
    """Letters three to five times in a row."""
    chosen = _chosen(range(len(word)), strength, rng)
    return "".join(letter * rng.randint(3, 5) if at in chosen else letter for at, letter in enumerate(word))


def invisible(word: str, strength: int, rng: Random) -> str:
    """Characters without width between letters."""
    return _inserted(word, strength, rng, lambda: "".join(rng.choices(INVISIBLE, k=rng.randint(1, strength))))


def deletions(word: str, strength: int, rng: Random) -> str:
    """Vowels left out, or a letter inside where there is none; the first letter stays, and one more."""
    inside = range(1, len(word))
    dropped = _chosen([at for at in inside if word[at].lower() in VOWELS] or [rng.choice(inside)], strength, rng)
    kept = "".join(letter for at, letter in enumerate(word) if at not in dropped)
    return kept if len(kept) >= _OUTER else word[:_OUTER]


def swaps(word: str, strength: int, rng: Random) -> str:
    """Neighbouring letters changed places, the first one's only where all are."""
    first = 0 if strength == STRENGTHS[-1] else 1
    letters = list(word)
    for at in sorted(_chosen(range(first, len(word) - 1, 2), strength, rng)):
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


WORD_KINDS: dict[str, Change] = {
    change.__name__: change for change in (leet, homoglyphs, spacing, repeats, invisible, deletions, swaps)
}
KINDS = (*WORD_KINDS, "distractors")


def obfuscate(text: str, kind: str, strength: int, bad: Collection[str], rng: Random) -> str:
    """Return `text` with its words of `bad` (lower case) hidden, or some longer ones if it has none of them.

    `kind` is one of `KINDS`, `strength` one of `STRENGTHS`. Distractors leave the words and stand around them.
    """
    if kind == "distractors":
        return _surrounded(text, DISTRACTOR_COUNTS[strength], rng)
    change = WORD_KINDS[kind]
    targets = hidden_words(text, bad, rng)
    return _WORD.sub(
        lambda match: change(match.group(), strength, rng) if match.start() in targets else match.group(), text
    )


def hidden_words(text: str, bad: Collection[str], rng: Random) -> set[int]:
    """Return where the words begin that someone would hide: those of `bad`, else up to three of the longer ones."""
    words = list(_WORD.finditer(text))
    found = {match.start() for match in words if match.group().lower() in bad}
    if found:
        return found
    longer = [match.start() for match in words if len(match.group()) >= _LONG] or [match.start() for match in words]
    return set(rng.sample(longer, min(_RANDOM_WORDS, len(longer))))


def _chosen(places: Iterable[int], strength: int, rng: Random) -> set[int]:
    """Return one of `places`, about half of them (two at least), or all, by strength."""
    listed = list(places)
    count = {1: 1, 2: max(2, len(listed) // 2), 3: len(listed)}[strength]
    return set(rng.sample(listed, min(count, len(listed))))


def _replaced(word: str, by: dict[str, str], strength: int, rng: Random) -> str:
    chosen = _chosen([at for at, letter in enumerate(word) if letter.lower() in by], strength, rng)
    return "".join(rng.choice(by[letter.lower()]) if at in chosen else letter for at, letter in enumerate(word))


def _inserted(word: str, strength: int, rng: Random, sign: Callable[[], str]) -> str:
    chosen = _chosen(range(1, len(word)), strength, rng)
    return "".join(sign() + letter if at in chosen else letter for at, letter in enumerate(word))


def _surrounded(text: str, count: int, rng: Random) -> str:
    sentences = rng.sample(DISTRACTORS, count)
    before = (count + 1) // 2
    return " ".join([*sentences[:before], text, *sentences[before:]])
