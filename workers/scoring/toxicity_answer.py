"""What a toxicity model says of a text, put together from windows and readings; the same for both engines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from moderation.model import ScoredSpan

SPAN_THRESHOLD, SPAN_SHARE = 0.2, 0.4
"""What a toxic word's own score is at least, and what share of the most toxic word's; `training/NOTES.md` has what
others give on comments held out of training."""

ALONE = 0.5
"""What one window of several counts less, in log-odds; training/NOTES.md has what other margins give."""


@dataclass(frozen=True, slots=True)
class Toxicity:
    """A text's calibrated scores (0 to 1) by attribute, and what comes with them in the same pass."""

    scores: Mapping[str, float]
    spans: tuple[ScoredSpan, ...] = ()
    """Stretches of the text, in code points, that are toxic by themselves; none from a model without a token head."""
    embedding: np.ndarray | None = None
    """float32, of length 1: texts that mean the same have a high dot product. None if the engine gives none."""


def joined(windows: np.ndarray) -> np.ndarray:
    """Return the log-odds of a text by attribute from those of its windows (windows x attributes).

    Their mean, or what the most toxic window says less `ALONE` if that is more: a long text has many chances to
    look toxic somewhere, but no padding can hide an attack.
    """
    result: np.ndarray = np.maximum(windows.mean(axis=0), windows.max(axis=0) - ALONE * (len(windows) > 1))
    return result


def calibrated(logits: np.ndarray, attributes: Sequence[str], curves: Mapping[str, tuple[float, float]]) -> np.ndarray:
    """Return log-odds (texts x attributes) as probabilities, by Platt scaling: slope and intercept.

    An attribute without a curve stays as it is. Slopes are above zero, so the order of texts never changes.
    (Platt, Probabilistic outputs for support vector machines, 1999.)
    """
    slopes, intercepts = np.array([curves.get(attribute, (1.0, 0.0)) for attribute in attributes]).reshape(-1, 2).T
    return sigmoid(logits * slopes + intercepts)


def log_odds(scores: np.ndarray) -> np.ndarray:
    """Return the log-odds of scores from 0 to 1; of either end a large finite number."""
    bounded = np.clip(scores.astype(np.float64), 1e-12, 1 - 1e-12)
    result: np.ndarray = np.log(bounded / (1 - bounded))
    return result


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)) in double precision, without overflow."""
    result: np.ndarray = 0.5 * (1 + np.tanh(0.5 * logits.astype(np.float64)))
    return result


def toxic_stretches(
    scores: np.ndarray, offsets: Sequence[tuple[int, int]], words: Sequence[int | None]
) -> list[tuple[int, int, float]]:
    """Return (start, end, score) of the toxic words of a text; words side by side are one stretch.

    `scores` (0 to 1), `offsets` in the text and `words` (the number of the word that a token is part of, None
    for none) have an entry for each token. A word is as toxic as its most toxic piece.
    """
    stretches: list[tuple[int, int, float]] = []
    previous = None
    least = max(SPAN_THRESHOLD, SPAN_SHARE * float(scores.max(initial=0.0)))
    for word, start, end, score in _words(scores, offsets, words):
        if score < least:
            continue
        if stretches and previous is not None and word == previous + 1:
            first, _, before = stretches.pop()
            stretches.append((first, end, max(before, score)))
        else:
            stretches.append((start, end, score))
        previous = word
    return stretches


def merged(spans: Iterable[ScoredSpan]) -> tuple[ScoredSpan, ...]:
    """Return spans of one attribute in order, those that overlap as one."""
    found: list[ScoredSpan] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if found and span.start < found[-1].end:
            last = found.pop()
            found.append(replace(last, end=max(last.end, span.end), score=max(last.score, span.score)))
        else:
            found.append(span)
    return tuple(found)


def _words(
    scores: np.ndarray, offsets: Sequence[tuple[int, int]], words: Sequence[int | None]
) -> list[tuple[int, int, int, float]]:
    """Return (number, start, end, score) of each word."""
    found: list[tuple[int, int, int, float]] = []
    for score, (start, end), word in zip(scores.tolist(), offsets, words, strict=True):
        if word is None:
            continue
        if found and found[-1][0] == word:
            _, first, _, before = found.pop()
            found.append((word, first, end, max(before, score)))
        else:
            found.append((word, start, end, score))
    return found
