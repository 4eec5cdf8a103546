"""Platt scaling of each attribute on comments at natural rate, fitted to the scores that are served.

(Platt, Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods,
1999.) Two numbers an attribute, so that a few positives are enough and the order of texts stays. Quantising
moves scores, so this comes after it and is made anew for each version of the model.
"""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from training.data import LABELS

ATTRIBUTES = dict(
    zip(LABELS, ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack"), strict=True)
)
"""The column of a label, and the attribute that Detoxify makes of it."""
SMOOTHING = 1e3
"""C of the regression: next to none."""


def curves(scores: np.ndarray, rows: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Return slope and intercept on log-odds for each attribute that `rows` has labels of.

    `scores` (rows x attributes, 0 to 1) are uncalibrated, in the order of `ATTRIBUTES`, further columns ignored.
    Raises `ValueError` if a higher score does not make the label more likely.
    """
    fitted = {}
    for column, (label, attribute) in enumerate(ATTRIBUTES.items()):
        bounded = np.clip(scores[:, column], 1e-12, 1 - 1e-12)
        logits = np.log(bounded / (1 - bounded)).reshape(-1, 1)
        found = LogisticRegression(C=SMOOTHING).fit(logits, rows[label])
        slope, intercept = float(found.coef_[0, 0]), float(found.intercept_[0])
        if slope <= 0:
            raise ValueError(f"Scores of {attribute} do not rise with its label: slope {slope:.3f}")
        fitted[attribute] = (round(slope, 5), round(intercept, 5))
    return fitted
