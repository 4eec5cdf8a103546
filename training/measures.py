"""Figures with their uncertainty: AUC and recall, each with a 95 % bootstrap interval, and the table of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

SEED = 17
RESAMPLES = 500
INTERVAL = (2.5, 97.5)
DIGITS = {"": 4, "%": 2, "points": 1, "×": 1, "ms": 2}
"""How many digits after the point a value of each unit is written with."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `floor` is what it must reach and `aim` what it should, if anything."""

    measure: str
    rows: int
    positives: int | None
    value: float
    low: float | None
    high: float | None
    floor: float | None = None
    aim: float | None = None
    unit: str = ""
    less_is_better: bool = False

    @property
    def reached(self) -> bool:
        """Whether it is as good as it must be."""
        return self.floor is None or self._as_good_as(self.floor)

    @property
    def verdict(self) -> str:
        """Say in a word or two what is reached; nothing if nothing is asked."""
        if self.floor is None:
            return ""
        if not self.reached:
            return "**no**"
        return "aim" if self.aim is not None and self._as_good_as(self.aim) else "floor"

    def document(self) -> dict[str, Any]:
        """Return it as the card has it, rounded to four digits."""
        return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(self).items()}

    def written(self, value: float) -> str:
        """Return `value` with the digits that its unit asks for."""
        return f"{value:.{DIGITS[self.unit]}f}"

    def _as_good_as(self, goal: float) -> bool:
        return self.value <= goal if self.less_is_better else self.value >= goal


def ranks(values: np.ndarray) -> np.ndarray:
    """Return the rank of each value, from 1; equal values share the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: np.ndarray = (last - (counts - 1) / 2)[inverse]
    return shared


def auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the area under the ROC curve; NaN if only one class is there.

    It is the Mann-Whitney U of the positives, divided by its largest value; a tie counts one half.
    """
    positive = labels.astype(bool)
    count, others = int(positive.sum()), int((~positive).sum())
    if not count or not others:
        return float("nan")
    return float((ranks(scores)[positive].sum() - count * (count + 1) / 2) / (count * others))


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


def resamples(rows: int) -> Iterator[np.ndarray]:
    """Yield the row numbers of each bootstrap resample, the same ones on every call."""
    rng = np.random.default_rng(SEED)
    for _ in range(RESAMPLES):
        yield rng.integers(0, rows, rows)


def interval(function: Callable[..., float], *arrays: np.ndarray) -> tuple[float, float]:
    """Return the 95 % percentile interval of `function(*arrays)` over resampled rows, which all arrays share."""
    values = [function(*(array[rows] for array in arrays)) for rows in resamples(len(arrays[0]))]
    low, high = np.nanpercentile(values, INTERVAL)
    return float(low), float(high)


def figure(
    measure: str,
    function: Callable[[np.ndarray, np.ndarray], float],
    labels: np.ndarray,
    scores: np.ndarray,
    floor: float | None = None,
    aim: float | None = None,
    *,
    unit: str = "",
    less_is_better: bool = False,
) -> Figure:
    """Return `function(labels, scores)` with its interval over resampled rows; labels may be NaN."""
    if labels.ndim == 1:
        labels, scores = known(labels.astype(float), scores)
    low, high = interval(function, labels, scores)
    positives = int(np.nansum(labels.max(axis=1) if labels.ndim > 1 else labels))
    value = function(labels, scores)
    return Figure(measure, len(labels), positives, value, low, high, floor, aim, unit, less_is_better)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a Markdown table, with what they must and should reach if any of them has to."""
    asked = any(one.floor is not None for one in figures)
    head = ["measure", "rows", "positive", "value", "95 % interval", *(["floor", "aim", "reached"] if asked else [])]
    lines = [head, ["---"] * len(head), *(_cells(one, asked=asked) for one in figures)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cells(one: Figure, *, asked: bool) -> list[str]:
    unit = f" {one.unit}" if one.unit else ""
    between = "" if one.low is None or one.high is None else f"{one.written(one.low)} to {one.written(one.high)}"
    goals = ["" if goal is None else f"{goal:g}{unit}" for goal in (one.floor, one.aim)]
    return [
        one.measure,
        f"{one.rows:,}",
        "" if one.positives is None else f"{one.positives:,}",
        f"**{one.written(one.value)}{unit}**",
        between,
        *([*goals, one.verdict] if asked else []),
    ]
