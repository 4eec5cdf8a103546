"""What people do to get a word past a filter, done to training texts: the model should see through some of it.

Serving undoes what can be undone (`moderation/deobfuscation.py`) and takes the larger score; this is for
what it leaves alone (missing and swapped letters, masked ones) and for what it misses. All chance comes from
a `random.Random` that is passed in.
"""

import random
import re
from collections.abc import Callable, Sequence

WORD = re.compile(r"[A-Za-z]{4,}")
LEET = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "l": "1", "b": "8", "g": "9"}
LOOKS = {"a": "аáà", "e": "еéè", "o": "оóö", "i": "іíï", "c": "сç", "p": "р", "x": "х", "y": "уý", "u": "úü", "s": "ѕ"}
INVISIBLE = "\u200b\u200c\u200d\u2060\u00ad"
GAPS = (" ", ".", "-", "*", "_", "/")
MASKS = "*#_-."
VOWELS = "aeiou"
DISTRACTORS = (
    "The weather was lovely today.",
    "I had soup for lunch.",
    "Please see the talk page for details.",
    "Thanks for reading.",
    "The library opens at nine.",
    "My cat likes the garden.",
    "We took the train to the coast.",
    "Have a nice weekend, everyone.",
    "The second paragraph needs a source.",
    "I am learning to play the piano.",
)


def noisy(text: str, rng: random.Random, targets: Callable[[str], bool]) -> str:
    """Return `text` with one or two kinds of noise in its words.

    Words that `targets` names are changed for sure, others by chance; a text without any has a few of its own changed.
    """
    if rng.random() < 0.12:
        return _distracted(text, rng)
    words = list(WORD.finditer(text))
    if not words:
        return text
    chosen = [word for word in words if targets(word.group())]
    chosen += [word for word in words if word not in chosen and rng.random() < (0.05 if chosen else 0.2)]
    kinds = rng.sample(KINDS, k=rng.choice((1, 1, 2)))
    pieces: list[str] = []
    done = 0
    for word in sorted(chosen or [rng.choice(words)], key=lambda word: word.start()):
        pieces += [text[done : word.start()], rng.choice(kinds)(word.group(), rng)]
        done = word.end()
    return "".join((*pieces, text[done:]))


def _leet(word: str, rng: random.Random) -> str:
    return _swapped_letters(word, LEET, rng)


def _looks(word: str, rng: random.Random) -> str:
    return _swapped_letters(word, LOOKS, rng)


def _swapped_letters(word: str, table: dict[str, str], rng: random.Random) -> str:
    share = rng.choice((0.35, 0.6, 1.0))
    return "".join(
        rng.choice(table[letter.lower()]) if letter.lower() in table and rng.random() < share else letter
        for letter in word
    )


def _spaced(word: str, rng: random.Random) -> str:
    gap = rng.choice(GAPS)
    if rng.random() < 0.4:
        at = rng.randrange(1, len(word))
        return f"{word[:at]}{gap}{word[at:]}"
    return gap.join(word)


def _repeated(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    return word[:at] + word[at] * rng.randint(2, 5) + word[at + 1 :]


def _invisible(word: str, rng: random.Random) -> str:
    return rng.choice(INVISIBLE).join(word)


def _deleted(word: str, rng: random.Random) -> str:
    vowels = [at for at, letter in enumerate(word) if letter.lower() in VOWELS and at]
    at = rng.choice(vowels) if vowels and rng.random() < 0.6 else rng.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _masked(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + rng.choice(MASKS) + word[at + 1 :]


def _exchanged(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _glued(word: str, rng: random.Random) -> str:
    return rng.choice(("xx{}xx", "the{}", "{}123", "{}s", "u{}", "#{}")).format(word)


def _distracted(text: str, rng: random.Random) -> str:
    before, after = rng.randint(0, 3), rng.randint(0, 3)
    return " ".join((*rng.sample(DISTRACTORS, before), text, *rng.sample(DISTRACTORS, after)))


KINDS: Sequence[Callable[[str, random.Random], str]] = (
    _leet,
    _looks,
    _spaced,
    _repeated,
    _invisible,
    _deleted,
    _deleted,
    _masked,
    _exchanged,
    _exchanged,
    _glued,
)
"""Twice what serving cannot undo."""
