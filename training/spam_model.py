"""Fit the linear spam model: features of rows as sparse matrices, weights by source, log-count ratios, regression."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from workers.scoring.spam_features import FEATURES, features, read, scaled
from workers.scoring.spam_ngrams import CHAR_BUCKETS, WORD_BUCKETS, char_buckets, fold, word_buckets, words_of
from workers.scoring.spam_promotion import PROMOTION_FEATURES

ITERATIONS, TOLERANCE = 300, 2e-6
"""Of L-BFGS; it needs about 50 passes. With a tolerance of 1e-3 it stops too early, and figures mislead."""
SMOOTHING = 5.0
LONGEST = 800
"""Characters of a row that are learnt from: more makes fitting slow and teaches little."""
BLOCK_SIZE = 0.4
"""Brings hashed places to the size of the named features, so that both are regularised alike."""
NEVER_FOR_HAM = (
    "links", "shorteners", "domains", "link_share", "emails", "phones", "handles", "anchors", "prices", "crypto",
    "mixed_script", "stylised", "invisible", "spaced", "cited", *PROMOTION_FEATURES,
)  # fmt: skip
"""Left out where the rows would have them speak for ham: that is a habit of a source, and an open door."""


@dataclass(frozen=True)
class Features:
    """What rows have: places of words and of characters as 0 or 1, and the named features."""

    words: sparse.csr_matrix
    characters: sparse.csr_matrix
    named: np.ndarray

    def pick(self, rows: np.ndarray) -> "Features":
        """Return the features of the rows that a mask or places choose."""
        return Features(self.words[rows], self.characters[rows], self.named[rows])


@dataclass(frozen=True)
class Linear:
    """Weights in the form in which they are served."""

    words: np.ndarray
    characters: np.ndarray
    named: np.ndarray
    intercept: float

    def odds(self, rows: Features) -> np.ndarray:
        """Return the log-odds of rows."""
        found: np.ndarray = (
            _normal(rows.words) @ self.words + _normal(rows.characters) @ self.characters + rows.named @ self.named
        )
        return found + self.intercept

    def mixed(self, other: "Linear", share: float) -> "Linear":
        """Return the mean of two fits, of which this one has `share`: again one linear model."""
        rest = 1 - share
        return Linear(
            self.words * share + other.words * rest,
            self.characters * share + other.characters * rest,
            self.named * share + other.named * rest,
            self.intercept * share + other.intercept * rest,
        )

    def calibrated(self, slope: float, intercept: float) -> "Linear":
        """Return the weights with a calibration worked in."""
        return Linear(
            self.words * slope, self.characters * slope, self.named * slope, self.intercept * slope + intercept
        )


def extract(texts: pd.Series, name: str, longest: int = LONGEST) -> Features:
    """Return the features of `texts`, each cut to `longest` characters."""
    words, characters, named = [], [], []
    for text in tqdm(texts, desc=name, unit="row", mininterval=2):
        cut = text[:longest]
        normalised, links = read(cut)
        folded = fold(normalised, links)
        words.append(word_buckets(words_of(folded)))
        characters.append(char_buckets(folded))
        named.append(scaled(features(cut, normalised, links)))
    return Features(_matrix(words, WORD_BUCKETS), _matrix(characters, CHAR_BUCKETS), np.array(named, dtype=np.float32))


def row_weights(rows: pd.DataFrame, shares: Mapping[tuple[str, int], float]) -> np.ndarray:
    """Return a weight a row, 1 in the mean: the rows of a source and class share its part of `shares`."""
    weights = np.zeros(len(rows))
    for key, places in rows.groupby(["source", "spam"]).indices.items():
        weights[places] = shares[key] / len(places)
    found: np.ndarray = weights * len(rows) / weights.sum()
    return found


def fit(rows: Features, spam: np.ndarray, weights: np.ndarray, inverse_strength: float) -> Linear:
    """Return the weights of a logistic regression (its C is `inverse_strength`) on places scaled by log-count ratios.

    The scaling is that of Wang and Manning 2012, "Baselines and bigrams", with an inverse document
    frequency; both are worked into the weights, so that serving needs neither.
    """
    words, characters = (_scale(matrix, spam, weights) for matrix in (rows.words, rows.characters))
    matrix = sparse.hstack(
        [
            _normal(rows.words) @ sparse.diags(words),
            _normal(rows.characters) @ sparse.diags(characters),
            sparse.csr_matrix(rows.named),
        ],
        format="csr",
    ).astype(np.float64)
    left_out: list[int] = []
    while True:
        keep = np.ones(matrix.shape[1])
        keep[[index - len(FEATURES) for index in left_out]] = 0
        model = LogisticRegression(C=inverse_strength, max_iter=ITERATIONS, tol=TOLERANCE)
        model.fit(matrix @ sparse.diags(keep), spam, sample_weight=weights)
        found = model.coef_[0] * keep
        named = found[-len(FEATURES) :]
        wrong = [FEATURES.index(name) for name in NEVER_FOR_HAM if named[FEATURES.index(name)] < 0]
        if not wrong:
            break
        left_out += wrong
    return Linear(
        found[:WORD_BUCKETS] * words,
        found[WORD_BUCKETS : WORD_BUCKETS + CHAR_BUCKETS] * characters,
        named,
        float(model.intercept_[0]),
    )


def platt(odds: np.ndarray, spam: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept that turn log-odds into those of a probability (Platt 1999)."""
    model = LogisticRegression(C=1e6)
    model.fit(odds.reshape(-1, 1), spam, sample_weight=weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _matrix(places: list[np.ndarray], width: int) -> sparse.csr_matrix:
    ends = np.concatenate([[0], np.cumsum([len(row) for row in places])])
    ones = np.ones(ends[-1], dtype=np.float32)
    return sparse.csr_matrix((ones, np.concatenate(places).astype(np.int32), ends), shape=(len(places), width))


def _normal(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.diags((1 / np.sqrt(np.maximum(matrix.getnnz(1), 1))).astype(np.float32)) @ matrix


def _scale(matrix: sparse.csr_matrix, spam: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return by how much each place counts before it is fitted; 0 for one that a single row has."""
    rows = np.asarray(matrix.sum(0)).ravel()
    for_spam = np.asarray(matrix.T @ (weights * spam)).ravel() + SMOOTHING
    for_ham = np.asarray(matrix.T @ (weights * (1 - spam))).ravel() + SMOOTHING
    ratio = np.log(for_spam / for_spam.sum()) - np.log(for_ham / for_ham.sum())
    rarity = np.log((1 + matrix.shape[0]) / (1 + rows)) + 1
    scale: np.ndarray = BLOCK_SIZE * rarity * (1 + np.abs(ratio - np.median(ratio))) * (rows > 1)
    return scale.astype(np.float32)
