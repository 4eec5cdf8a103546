"""What is computed from labels and scores besides AUC: spans, calibration, identity bias, curves.

Arrays go in and numbers come out; nothing here reads a file or asks a model.
"""

from collections.abc import Collection

import numpy as np

from training.measures import auc, ranks

BINS = 15
"""Equal-width bins of the calibration error, the usual number since Guo et al. 2017 (arXiv 1706.04599)."""


def span_f1(predicted: Collection[int], gold: Collection[int]) -> float:
    """Return the F1 of one post's character offsets; 1 if both are empty, 0 if one is.

    The measure of SemEval-2021 task 5 (https://github.com/ipavlopoulos/toxic_spans, evaluation/semeval2021.py).
    """
    if not gold:
        return float(not predicted)
    return 2 * len(set(predicted) & set(gold)) / (len(set(predicted)) + len(set(gold)))


def bin_of(scores: np.ndarray) -> np.ndarray:
    """Return the number of each score's bin, from 0; a score of 1 is in the last."""
    numbers: np.ndarray = np.minimum((scores * BINS).astype(int), BINS - 1)
    return numbers


def calibration_error(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the expected calibration error: over bins, |share of positives - mean score| weighted by rows."""
    bins = bin_of(scores)
    return float(np.abs(np.bincount(bins, labels - scores)).sum() / len(labels))


def bpsn(labels: np.ndarray, scores: np.ndarray, mentions: np.ndarray) -> float:
    """Return the AUC of toxic rows without the identity against harmless rows that mention it.

    Low means that the mention alone raises the score.
    BPSN, BNSP and subgroup AUC: Borkan et al. 2019 (arXiv 1903.04561).
    """
    kept = labels.astype(bool) != mentions
    return auc(labels[kept], scores[kept])


def bnsp(labels: np.ndarray, scores: np.ndarray, mentions: np.ndarray) -> float:
    """Return the AUC of toxic rows that mention the identity against harmless rows without it."""
    kept = labels.astype(bool) == mentions
    return auc(labels[kept], scores[kept])


def subgroup(labels: np.ndarray, scores: np.ndarray, mentions: np.ndarray) -> float:
    """Return the AUC within the rows that mention the identity."""
    return auc(labels[mentions], scores[mentions])


def added(once: np.ndarray, both: np.ndarray, threshold: float) -> np.ndarray:
    """Return which texts have a score of at least `threshold` in `both`, and none in `once`.

    Both arrays have one row a text and one column an attribute.
    """
    crosses, did = ((scores >= threshold).any(axis=1) for scores in (both, once))
    return np.asarray(crosses & ~did)


def recall_at(rates: np.ndarray, labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the share of positives above the score that each of `rates` of the negatives is above: the ROC curve."""
    positives = np.sort(scores[labels == 1])
    thresholds = np.quantile(scores[labels == 0], 1 - rates)
    return np.asarray(1 - np.searchsorted(positives, thresholds, side="right") / len(positives))


def precision_at(recalls: np.ndarray, labels: np.ndarray, scores: np.ndarray, prevalence: float) -> np.ndarray:
    """Return the precision at each of `recalls`, above 0, if `prevalence` of all comments were positive."""
    positives, negatives = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    thresholds = positives[len(positives) - np.ceil(recalls * len(positives)).astype(int)]
    hit = 1 - np.searchsorted(positives, thresholds) / len(positives)
    wrong = 1 - np.searchsorted(negatives, thresholds) / len(negatives)
    return np.asarray(prevalence * hit / (prevalence * hit + (1 - prevalence) * wrong))


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Return Spearman's rank correlation."""
    return float(np.corrcoef(ranks(first), ranks(second))[0, 1])


def nearest_is_own(queries: np.ndarray, stored: np.ndarray) -> np.ndarray:
    """Return which rows of `queries` have the row of the same number in `stored` as nearest by cosine."""
    near = _unit(queries) @ _unit(stored).T
    own: np.ndarray = near.argmax(axis=1) == np.arange(len(queries))
    return own


def _unit(rows: np.ndarray) -> np.ndarray:
    length: np.ndarray = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / length)
