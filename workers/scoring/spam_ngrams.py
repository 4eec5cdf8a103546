"""From a text to the places of its words and characters in a fixed space: hashing without a vocabulary.

Words alone and in pairs go to `WORD_BUCKETS` places, runs of 3 to 5 characters to `CHAR_BUCKETS`
(Weinberger et al. 2009, "Feature hashing for large scale multitask learning").
The hashes are CRC-32 and a polynomial modulo 2**32, mixed by the finaliser of MurmurHash3:
the same on every machine and in every process, unlike Python's own `hash`.
Trained weights hold only for exactly this folding and hashing; the golden rows of a model notice a change.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

from moderation.rules.links import Link
from moderation.text import Normalised
from workers.scoring.spam_features import MOST
from workers.scoring.spam_promotion import is_cited

WORD_BUCKETS = 1 << 18
CHAR_BUCKETS = 1 << 19
CHAR_SIZES = (3, 4, 5)
LINK_WORD = " linkhere "
"""What stands for every link: where one leads is another campaign's tomorrow, that there is one is not."""
CITED_WORD = " citedhere "
"""What stands for a link to a host that people cite."""

Hashes = npt.NDArray[np.uint32]
MULTIPLIER = np.uint32(0x01000193)  # the prime of FNV-1a
PAIR_MULTIPLIER = np.uint32(0x9E3779B1)  # 2**32 divided by the golden ratio, made odd (Knuth)
WORD = re.compile(r"\w+")
DIGITS = str.maketrans("123456789", "0" * 9)


def fold(normalised: Normalised, links: Sequence[Link]) -> str:
    """Return a normalised text with every link as `LINK_WORD` or `CITED_WORD` and every digit as 0."""
    text = normalised.text
    if links:
        pieces, done = [], 0
        for link in links:
            start = bisect_left(normalised.starts, link.span.start)
            if start >= done:
                pieces += [text[done:start], CITED_WORD if is_cited(link.host) else LINK_WORD]
                done = bisect_left(normalised.starts, link.span.end)
        text = "".join((*pieces, text[done:]))
    return text[:MOST].translate(DIGITS)


def words_of(folded: str) -> list[str]:
    """Return the words of a folded text."""
    return WORD.findall(folded)


def mix(hashes: Hashes) -> Hashes:
    """Return `hashes` with every input bit spread over all output bits (finaliser of MurmurHash3)."""
    hashes = (hashes ^ (hashes >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    hashes = (hashes ^ (hashes >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return hashes ^ (hashes >> np.uint32(16))


def word_places(words: Sequence[str]) -> Hashes:
    """Return the places, below `WORD_BUCKETS`, of each of `words`, then of each two that follow one another."""
    single = np.fromiter((crc32(word.encode("utf-8", "surrogatepass")) for word in words), np.uint32, len(words))
    pairs = single[:-1] * PAIR_MULTIPLIER + single[1:]
    return mix(np.concatenate([single, pairs])) & np.uint32(WORD_BUCKETS - 1)


def word_buckets(words: Sequence[str]) -> Hashes:
    """Return the sorted distinct `word_places`."""
    return np.unique(word_places(words))


def char_buckets(folded: str) -> Hashes:
    """Return the sorted distinct places, below `CHAR_BUCKETS`, of the runs of characters in a folded text."""
    spaced = f" {' '.join(folded.split())} "
    codes = np.frombuffer(spaced.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint32)
    runs = []
    hashes = codes
    for size in range(2, CHAR_SIZES[-1] + 1):
        hashes = hashes[:-1] * MULTIPLIER + codes[size - 1 :]
        if size in CHAR_SIZES:
            runs.append(hashes + np.uint32(size))
    return np.unique(mix(np.concatenate(runs)) & np.uint32(CHAR_BUCKETS - 1))
