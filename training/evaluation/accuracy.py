"""How well the model ranks comments: AUC, and recall at few false positives, on sets that nothing is trained on."""

import numpy as np

from training import plots
from training.evaluation.bench import ATTRIBUTES, Bench, Part
from training.evaluation.formulas import precision_at, recall_at
from training.measures import INTERVAL, auc, figure, mean_auc, recall_at_one_percent, resamples

JIGSAW_PREVALENCE = 6090 / 63978
"""Share of toxic among all scored rows of Jigsaw's test set (its `test_labels.csv`)."""
RATES = np.geomspace(0.001, 1, 120)
RECALLS = np.linspace(0.02, 1, 99)
PLOT = "accuracy-curves.png"


def measure(bench: Bench) -> Part:
    """Return the AUC of the Jigsaw and YouTube rows, and the ROC and precision-recall curves."""
    youtube = bench.read("youtoxic/youtoxic_english_1000.csv.gz")
    six = bench.six
    sixes = np.column_stack([bench.column(six, name) for name in ATTRIBUTES])
    figures = [
        figure("mean AUC of six labels, Jigsaw test", mean_auc, six.labels, sixes, 0.970, 0.978),
        *(figure(f"AUC {name}, Jigsaw test", auc, six.labels[:, i], sixes[:, i]) for i, name in enumerate(ATTRIBUTES)),
        figure(
            "AUC toxicity, Jigsaw test at half toxic",
            auc,
            bench.binary.labels,
            bench.column(bench.binary, "toxicity"),
            0.975,
            0.980,
        ),
        figure(
            "recall of toxicity at 1 % false positives, Jigsaw test at natural rate",
            recall_at_one_percent,
            bench.natural.labels[:, 0],
            bench.column(bench.natural, "toxicity"),
            0.46,
            0.55,
        ),
        figure(
            "AUC toxicity, YouTube comments (youtoxic)",
            auc,
            youtube["IsToxic"].to_numpy(dtype=float),
            bench.toxicity(youtube["Text"], "YouTube"),
            0.86,
            0.90,
        ),
    ]
    sets = {
        "half toxic": (bench.binary.labels, bench.column(bench.binary, "toxicity")),
        "natural rate": (bench.natural.labels[:, 0], bench.column(bench.natural, "toxicity")),
    }
    plots.curves(
        bench.plots / PLOT,
        {name: _band(lambda y, s: recall_at(RATES, y, s), *rows) for name, rows in sets.items()},
        {
            name: _band(lambda y, s: precision_at(RECALLS, y, s, JIGSAW_PREVALENCE), *rows)
            for name, rows in sets.items()
        },
        RATES,
        RECALLS,
    )
    return Part(figures, _text())


def _band(function, labels: np.ndarray, scores: np.ndarray) -> plots.Band:
    """Return a curve and its 95 % band over resampled rows."""
    drawn = [function(labels[rows], scores[rows]) for rows in resamples(len(labels))]
    low, high = np.percentile(drawn, INTERVAL, axis=0)
    return plots.Band(function(labels, scores), low, high)


def _text() -> str:
    return f"""### Ranking

What the sets are:

- **Jigsaw test**: English Wikipedia talk pages, from the test set of the Toxic Comment Classification Challenge.
  The model learnt from none of these texts.
  Threat and severe toxicity have few positives, so their intervals are wide.
- **at half toxic**: another part of that test set, with as many toxic comments as others.
- **at natural rate**: the rows of the first that were drawn as they come.
  The recall is the share of toxic comments above the score that 1 % of the others are above.
- **youtoxic**: 1,000 YouTube comments, another place than the model learnt from.

![Two curves of toxicity with their 95 % bands, on two Jigsaw sets. Left: recall against the share of harmless comments
wrongly found, on a logarithmic axis. Right: precision against recall]({PLOT})

Left, the ROC curve; its horizontal axis is logarithmic, because a site works at its left end.
Right, precision and recall if {JIGSAW_PREVALENCE:.1%} of the comments are toxic, as on Wikipedia's talk pages.
Bands are 95 %, over resampled rows.
"""
