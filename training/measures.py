"""Figures with their uncertainty: AUC and recall, each with a 95 % bootstrap interval."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

RESAMPLES = 500
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `floor` is what it must reach, if anything."""

    measure: str
    rows: int
    positives: int
    value: float
    low: float
    high: float
    floor: float | None = None

    @property
    def reached(self) -> bool:
        """Whether it is as good as it must be."""
        return self.floor is None or self.value >= self.floor

    def document(self) -> dict[str, Any]:
        """Return it as the card has it, rounded to four digits."""
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(self).items()}


def auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the area under the ROC curve; NaN if only one class is there."""
    return float(roc_auc_score(labels, scores)) if 0 < labels.sum() < len(labels) else float("nan")


def mean_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the mean over columns of the AUC, rows without a label (NaN) left out of their column."""
    return float(np.mean([auc(*known(labels[:, i], scores[:, i])) for i in range(labels.shape[1])]))


def recall_at_one_percent(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the share of positives above the score that 1 % of negatives are above."""
    threshold = np.quantile(scores[labels == 0], 0.99)
    return float((scores[labels == 1] > threshold).mean())


def known(labels: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows that have a label; missing ones are NaN in the data."""
    there = ~np.isnan(labels)
    return labels[there].astype(int), scores[there]


def figure(
    measure: str,
    function: Callable[[np.ndarray, np.ndarray], float],
    labels: np.ndarray,
    scores: np.ndarray,
    floor: float | None = None,
) -> Figure:
    """Return `function(labels, scores)` with its interval over resampled rows; labels may be NaN."""
    if labels.ndim == 1:
        labels, scores = known(labels.astype(float), scores)
    rng = np.random.default_rng(17)
    values = [
        function(labels[rows], scores[rows])
        for rows in (rng.integers(0, len(labels), len(labels)) for _ in range(RESAMPLES))
    ]
    low, high = np.nanpercentile(values, INTERVAL)
    positives = int(np.nansum(labels.max(axis=1) if labels.ndim > 1 else labels))
    return Figure(measure, len(labels), positives, function(labels, scores), float(low), float(high), floor)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table."""
    lines = ["| measure | rows | positive | value | 95 % interval | must reach |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {f.measure} | {f.rows:,} | {f.positives:,} | **{f.value:.4f}** | {f.low:.3f} to {f.high:.3f} | "
        f"{'' if f.floor is None else f.floor} |"
        for f in figures
    ]
    return "\n".join(lines)
