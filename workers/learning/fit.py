"""Fit a site's model: logistic regression whose starting point is the shipped score.

The log-odds of a text are those of the shipped model plus `vector @ weights`. The weights minimise the weighted
log-loss plus `PENALTY / 2` times their squared length. A labelled text has the target 1 or 0; any other has what the
shipped model says of it, so it asks the model to stay as it is there (as Li and Hoiem do, "Learning without
forgetting", 2016), and without labels the weights are zero.

A key can be stolen and a program can be wrong, so what API keys teach is bounded: a model has two rows of weights, one
from what people decided and one from all labels, and the second may differ from the first by `KEY_BOUND` at most.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.scoring.toxicity_answer import sigmoid

PENALTY = 0.003
KEY_BOUND = 6.0
"""All API keys together move the log-odds of no text by more than this from what people taught."""
MODERATOR, KEY, LIGHT = 1.0, 0.5, 0.2
"""What a label of a moderator counts, one of an API key, and an anchor or an ordinary comment."""
FOLDS = 5
STEPS, ENOUGH, SHORTEST = 60, 1e-9, 1e-6

Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Texts:
    """What is learnt from, a row or value for each text."""

    vectors: npt.NDArray[np.float32]
    target: Doubles
    """1 or 0 for a labelled text, what the shipped model says (0 to 1) for any other."""
    odds: Doubles
    """Log-odds of the shipped model."""
    person: Mask
    """Labelled by a moderator."""
    key: Mask
    """Labelled through an API key; what neither labelled is an anchor or an ordinary comment."""

    @classmethod
    def of(cls, vectors: npt.NDArray[np.float32], told: Doubles, odds: Doubles, person: Mask, key: Mask) -> "Texts":
        """Return the texts with the targets that follow from what labels say (`told`, 1 or 0 where there is one)."""
        return cls(vectors, np.where(person | key, told, sigmoid(odds)), odds, person, key)

    def pick(self, mask: Mask) -> "Texts":
        """Return the texts that `mask` chooses."""
        return Texts(self.vectors[mask], self.target[mask], self.odds[mask], self.person[mask], self.key[mask])


def learn(texts: Texts) -> npt.NDArray[np.float32]:
    """Return the two rows of a model: weights from what people decided, and from all labels."""
    weights = np.select([texts.person, texts.key], [MODERATOR, KEY], LIGHT)
    everything = fit(texts.vectors, texts.target, weights, texts.odds)
    people = everything
    if texts.key.any():
        kept = texts.pick(~texts.key)
        people = fit(kept.vectors, kept.target, weights[~texts.key], kept.odds)
    return np.array([people, everything], dtype=np.float32)


def moved(vectors: npt.NDArray[np.float32], model: npt.NDArray[np.float32]) -> Doubles:
    """Return by how many log-odds a model moves each text."""
    people, everything = (vectors @ row for row in model)
    found: Doubles = (people + np.clip(everything - people, -KEY_BOUND, KEY_BOUND)).astype(np.float64)
    return found


def cross_validated(texts: Texts) -> Doubles:
    """Return for each text the corrected log-odds from a model without its fold: every `FOLDS`th text is one."""
    found = np.array(texts.odds)
    folds = np.arange(len(found)) % FOLDS
    for fold in range(FOLDS):
        own = folds == fold
        if own.any() and not own.all():
            found[own] += moved(texts.vectors[own], learn(texts.pick(~own)))
    return found


def fit(vectors: npt.NDArray[np.float32], target: Doubles, weights: Doubles, odds: Doubles) -> Doubles:
    """Return the weights of a model.

    `vectors` has a row for each text, `target` (0 to 1) what its probability should be, `weights` how much that counts,
    `odds` are the shipped log-odds. Newton's method on the coefficients of the rows, of which the weights
    are a sum (the representer theorem), with steps halved until the loss falls.
    """
    rows = vectors.astype(np.float64)
    gram = rows @ rows.T
    found = np.zeros(len(rows))

    def loss(coefficients: Doubles) -> float:
        own = gram @ coefficients
        wrong = weights @ (np.logaddexp(0.0, own + odds) - target * (own + odds))
        return float(wrong + PENALTY / 2 * (coefficients @ own))

    least = loss(found)
    for _ in range(STEPS):
        own = gram @ found
        shares = sigmoid(own + odds)
        slopes = weights * (shares - target)
        curves = np.maximum(weights * shares * (1 - shares), 1e-12)
        aim = np.linalg.solve(PENALTY * np.eye(len(rows)) + curves[:, None] * gram, curves * own - slopes)
        length, step = 1.0, aim - found
        while (after := loss(found + length * step)) > least and length > SHORTEST:
            length /= 2
        if after > least:
            break
        found, gained, least = found + length * step, least - after, after
        if gained <= ENOUGH * (1 + abs(least)):
            break
    result: Doubles = rows.T @ found
    return result
