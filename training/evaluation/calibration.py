"""Whether a score of 0.7 means that seven in ten such comments are what the attribute says."""

import numpy as np

from training import plots
from training.evaluation.bench import ATTRIBUTES, Bench, Part
from training.evaluation.formulas import BINS, bin_of, calibration_error
from training.measures import INTERVAL, figure, resamples, table

FLOOR, AIM = 0.02, 0.01
ELSEWHERE_ROWS = 2000
"""Of each of the two sets of context-toxicity."""
SEED = 31
LEAST_ROWS = 5
"""Bins with fewer are not drawn; they count in the error all the same."""
PLOT = "accuracy-reliability.png"


def measure(bench: Bench) -> Part:
    """Return the expected calibration error of six attributes, and that of toxicity elsewhere as information."""
    natural = bench.natural
    figures = [
        figure(
            f"calibration error of {name}, Jigsaw test at natural rate",
            calibration_error,
            natural.labels[:, i],
            bench.column(natural, name),
            FLOOR,
            AIM,
            less_is_better=True,
        )
        for i, name in enumerate(ATTRIBUTES)
    ]
    plots.reliability(
        bench.plots / PLOT,
        {name: _points(natural.labels[:, i], bench.column(natural, name)) for i, name in enumerate(ATTRIBUTES)},
    )
    elsewhere = [
        figure(
            f"calibration error of toxicity, random Wikipedia talk comments {which}",
            calibration_error,
            rows["label"].to_numpy(dtype=float),
            bench.toxicity(rows["text"], f"talk comments {which}"),
            less_is_better=True,
        )
        for which, rows in (
            ("with a parent", bench.read("context-toxicity/gc.csv.gz").sample(ELSEWHERE_ROWS, random_state=SEED)),
            ("without one", bench.read("context-toxicity/gn.csv.gz").sample(ELSEWHERE_ROWS, random_state=SEED)),
        )
    ]
    return Part(figures, _text(table(elsewhere)))


def _points(labels: np.ndarray, scores: np.ndarray) -> plots.Points:
    """Return mean score and share of positives of each bin, with the interval of the share over resampled rows."""
    bins = bin_of(scores)
    drawn = [number for number in range(BINS) if (bins == number).sum() >= LEAST_ROWS]
    rates, lows, highs = [], [], []
    for number in drawn:
        mine = labels[bins == number]
        rates.append(mine.mean())
        low, high = np.percentile([mine[rows].mean() for rows in resamples(len(mine))], INTERVAL)
        lows.append(low)
        highs.append(high)
    means = [scores[bins == number].mean() for number in drawn]
    counts = [int((bins == number).sum()) for number in drawn]
    return plots.Points(np.array(means), np.array(rates), np.array(lows), np.array(highs), np.array(counts))


def _text(elsewhere: str) -> str:
    return f"""### Calibration

A score is to be read as a share: of comments that score 0.7, seven in ten are what the attribute says.
The expected calibration error is the distance of the two over {BINS} bins of equal width, each weighted by its rows.
Of a perfectly calibrated model it would be a little above zero too, and resampling adds to it: the interval may lie
above the value.

![Six small diagrams, one an attribute: share of comments that people called so, against the model's score; the diagonal
is perfect]({PLOT})

Bins with fewer than {LEAST_ROWS} comments are not drawn; larger dots hold more comments.
A bin without any positive has none to resample, so its interval is a point.

Where toxic comments are rarer than where the calibration was fitted, and other people judged them:

{elsewhere}
"""
