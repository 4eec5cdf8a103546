"""Whether two texts are copies of each other with some words changed: MinHash over runs of characters.

Both texts are taken as people read them: normalised, disguises undone, without links, mentions and numbers, which a
raid changes from copy to copy. The share of equal hashes is an estimate of the share of runs of `RUN` characters that
two texts have in common (Broder, On the resemblance and containment of documents, 1997). Bands of hashes find the
candidates without comparing all (Leskovec et al., Mining of Massive Datasets, chapter 3).
"""

import re
from bisect import bisect_left

import numpy as np
import numpy.typing as npt

from moderation.deobfuscation import deobfuscate
from moderation.rules.links import find_links
from moderation.text import normalise

Hashes = npt.NDArray[np.uint32]

RUN = 4
HASHES, BANDS, ROWS = 64, 16, 2
"""The first `BANDS * ROWS` hashes find candidates: of pairs with 40 % in common 94 in 100. All of them confirm."""
BYTES = 4
ALIKE = 0.35
"""The share of equal hashes from which a text is a copy: four of ten words may differ."""
LONGEST = 2000
"""Characters that are looked at; more would cost time, and copies are alike from the start."""
FEWEST_WORDS, FEWEST_LETTERS = 6, 30
"""Shorter texts ("great article, thank you") are written by many people who do not know each other."""
MENTION = re.compile(r"@\w+")
LEFT_OUT = re.compile(r"[\W\d_]+")
SEEDS: Hashes = np.random.default_rng(17).integers(0, 2**32, (HASHES, 1), dtype=np.uint32)


def signature(text: str) -> bytes | None:
    """Return the `HASHES` hashes of a text, `BYTES` each; None for one that is too short to be told from others."""
    plain = plain_words(text)
    if len(plain.split()) < FEWEST_WORDS or len(plain) - plain.count(" ") < FEWEST_LETTERS:
        return None
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    runs = np.zeros(len(codes) - RUN + 1, dtype=np.uint32)
    for at in range(RUN):
        runs = runs * np.uint32(0x01000193) ^ codes[at : at + len(runs)]  # the prime of FNV-1a
    smallest: Hashes = _mixed(runs[None, :] ^ SEEDS).min(axis=1)
    return smallest.astype("<u4").tobytes()


def plain_words(text: str) -> str:
    """Return the words of `text` as they are compared, one blank between them."""
    normalised = deobfuscate(normalise(MENTION.sub(" ", text[:LONGEST])))
    pieces, done = [], 0
    for link in find_links(normalised):
        pieces.append(normalised.text[done : bisect_left(normalised.starts, link.span.start)])
        done = bisect_left(normalised.starts, link.span.end)
    return LEFT_OUT.sub(" ", " ".join((*pieces, normalised.text[done:]))).strip()


def bands(hashes: bytes) -> list[str]:
    """Return the names under which a signature is looked up; two copies most likely share one."""
    size = ROWS * BYTES
    return [f"{number}:{hashes[number * size : (number + 1) * size].hex()}" for number in range(BANDS)]


def _mixed(hashes: Hashes) -> Hashes:
    """Return `hashes` with every input bit spread over all output bits (finaliser of MurmurHash3)."""
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))
