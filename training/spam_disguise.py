"""Spam as it is written to get past filters: known spam, disguised by rule.

The licensed sets hold few disguised rows, and a model cannot weigh what it never saw.
"""

import random
import re
from collections.abc import Callable

import pandas as pd

STYLES = (0x1D400, 0x1D434, 0x1D468, 0x1D5D4, 0x1D608, 0x1D63C, 0x1D670)
"""Where mathematical alphabets of 26 capitals and 26 small letters begin (Unicode 15, 1D400-1D7FF)."""
ALIKE = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
ALIKE_BACK = str.maketrans("асеорхуАВСЕНКМОРТХ", "aceopxyABCEHKMOPTX")
WORD = re.compile(r"\w{4,}")
SHARE = 0.6
"""Of the words of at least four letters, this many are disguised."""


def stylise(word: str, rng: random.Random) -> str:
    start = rng.choice(STYLES)
    return "".join(
        chr(start + ord(letter) - 65) if "A" <= letter <= "Z"
        else chr(start + 26 + ord(letter) - 97) if "a" <= letter <= "z"
        else letter
        for letter in word
    ).replace(chr(0x1D455), "ℎ")  # fmt: skip


def space(word: str, rng: random.Random) -> str:
    return rng.choice((" ", ".", "-", "*")).join(word)


def split_unseen(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word))
    return word[:at] + rng.choice("\u200b\u2060\u00ad\ufeff") + word[at:]


def swap_alike(word: str, rng: random.Random) -> str:
    """Replace about half of the letters that look the same in Latin and Cyrillic."""
    return "".join(
        letter.translate(ALIKE).translate(ALIKE_BACK if letter in "асеорхуАВСЕНКМОРТХ" else {})
        if rng.random() < 0.5
        else letter
        for letter in word
    )


DISGUISES: tuple[Callable[[str, random.Random], str], ...] = (stylise, space, split_unseen, swap_alike)


def disguise(text: str, rng: random.Random) -> str:
    """Return `text` with most of its words written in one of four ways that people still read."""
    way = rng.choice(DISGUISES)
    return WORD.sub(lambda match: way(match[0], rng) if rng.random() < SHARE else match[0], text)


def disguised(rows: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """Return `count` spam rows of `rows`, disguised, as rows of the source `disguised`."""
    rng = random.Random(seed)
    chosen = rows[rows["spam"] == 1].sample(n=count, random_state=seed).copy()
    chosen["text"] = [disguise(text, rng) for text in chosen["text"]]
    chosen["source"] = "disguised"
    return chosen
