"""Whether the model points at the words that people pointed at."""

import ast
from collections.abc import Iterable

import numpy as np

from training.evaluation.bench import Bench, Part, results
from training.evaluation.formulas import span_f1
from training.measures import Figure, interval

FLOOR, AIM = 0.68, 0.71
SET = "toxic-spans/tsd_trial.csv.gz"


def measure(bench: Bench) -> Part:
    """Return the character F1 of toxic spans; a model that gives none is right about the posts without a mark."""
    rows = bench.read(SET)
    found = results(bench.scorer, rows["text"], "spans")
    gold = [set(ast.literal_eval(offsets)) for offsets in rows["spans"]]
    each = np.array([span_f1(_offsets(one.spans), mine) for one, mine in zip(found, gold, strict=True)])
    low, high = interval(np.mean, each)
    marked = sum(map(bool, gold))
    figure = Figure(
        "F1 of toxic spans, news comments (tsd_trial)", len(each), marked, float(each.mean()), low, high, FLOOR, AIM
    )
    return Part([figure], _text(sum(map(bool, (one.spans for one in found)))))


def _offsets(spans: Iterable) -> set[int]:
    return {at for span in spans for at in range(span.start, span.end)}


def _text(marked: int) -> str:
    return f"""### Spans

`tsd_trial` is the trial set of SemEval-2021 task 5: news comments in which people marked what makes them toxic.
The figure is the task's own: F1 of the characters of each post, the mean over posts; a post without a mark counts 1 if
the model marks nothing, else 0.
The model marks something in {marked:,} posts.
The best of 91 teams had 0.708 on the task's test set, the median of 36 teams 0.676 (`ilias-ant/toxic-spans-detection`).
"""
