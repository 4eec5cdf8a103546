"""What a site's model sees of a text: its embedding, its words and characters by hash, and the named spam features.

Each part has a bounded length, so that none outweighs the others.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from workers.scoring.spam_features import FEATURES, features, read, scaled
from workers.scoring.spam_ngrams import char_buckets, fold, word_buckets, words_of

NAME = "vectors-2"
"""Changes whenever `vector` does: models and anchors are made for it."""
WORDS = CHARACTERS = 2048
EMBEDDING = 384
PART, BIAS = 0.25, 0.1
"""The length of the vectors of words, of characters and (at most) of features, beside an embedding of length 1;
training/NOTES.md has what others give."""
WIDTH = EMBEDDING + WORDS + CHARACTERS + len(FEATURES) + 1
LONGEST = 4000
"""Characters of a text that are looked at."""

Floats = npt.NDArray[np.float32]


def vector(text: str, embedding: Floats | None) -> Floats:
    """Return `WIDTH` numbers; no embedding is zeros.

    `embedding` has `EMBEDDING` numbers and the length 1, as `Toxicity.embedding`; one of another width is left out.
    """
    cut = text[:LONGEST]
    normalised, links = read(cut)
    folded = fold(normalised, links)
    named = np.array(scaled(features(cut, normalised, links)), dtype=np.float32)
    known = embedding is not None and len(embedding) == EMBEDDING
    return np.concatenate(
        [
            embedding if known and embedding is not None else np.zeros(EMBEDDING, dtype=np.float32),
            _hashed(word_buckets(words_of(folded)), WORDS),
            _hashed(char_buckets(folded), CHARACTERS),
            PART * named / max(1.0, float(np.linalg.norm(named))),
            np.array([BIAS], dtype=np.float32),
        ]
    ).astype(np.float32)


def vectors(texts: Sequence[str], embeddings: Sequence[Floats | None]) -> Floats:
    """Return a row for each text (texts x `WIDTH`)."""
    rows = [vector(text, embedding) for text, embedding in zip(texts, embeddings, strict=True)]
    return np.array(rows, dtype=np.float32).reshape(len(rows), WIDTH)


def _hashed(places: npt.NDArray[np.uint32], width: int) -> Floats:
    """Return how many of `places` fall on each of `width` numbers, with the length `PART`; without places, zeros."""
    counted = np.bincount(places % width, minlength=width).astype(np.float32)
    length = float(np.linalg.norm(counted))
    return counted * np.float32(PART / length) if length else counted
