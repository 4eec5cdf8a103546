"""Whether the mention of who somebody is raises the score: templates that differ in the identity alone."""

import numpy as np
import pandas as pd

from training import plots
from training.evaluation.bench import Bench, Part
from training.evaluation.formulas import bnsp, bpsn, subgroup
from training.measures import Figure, interval

SET = "unintended-bias/bias_madlibs_77k.csv.gz"
TERMS = (
    "lesbian", "gay", "bisexual", "transgender", "trans", "queer", "lgbt", "lgbtq", "homosexual", "straight",
    "heterosexual", "male", "female", "nonbinary", "african", "african american", "black", "white", "european",
    "hispanic", "latino", "latina", "latinx", "mexican", "canadian", "american", "asian", "indian", "middle eastern",
    "chinese", "japanese", "christian", "muslim", "jewish", "buddhist", "catholic", "protestant", "sikh", "taoist",
    "old", "older", "young", "younger", "teenage", "millenial", "middle aged", "elderly", "blind", "deaf", "paralyzed",
)  # fmt: skip
"""The terms that the templates were filled with."""
ROWS_PER_TERM = 110
"""Of each label."""
SEED = 43
FLOOR, AIM = 0.90, 0.95
SHOWN = 20
PLOT = "accuracy-bias.png"
MEASURES = {"BPSN": bpsn, "BNSP": bnsp, "subgroup": subgroup}


def measure(bench: Bench) -> Part:
    """Return the lowest BPSN AUC over identity terms."""
    rows, mentions = sample(bench.read(SET))
    labels = (rows["Label"] == "BAD").to_numpy()
    scores = bench.toxicity(rows["Text"], "identity terms")
    values = {
        term: {name: function(labels, scores, mentions[term]) for name, function in MEASURES.items()} for term in TERMS
    }
    worst = sorted(TERMS, key=lambda term: values[term]["BPSN"])[:SHOWN]
    intervals = {
        term: {name: interval(function, labels, scores, mentions[term]) for name, function in MEASURES.items()}
        for term in worst
    }
    lowest = worst[0]
    figure = Figure(
        f"lowest BPSN AUC over {len(TERMS)} identity terms ({lowest})",
        len(rows),
        int(labels.sum()),
        values[lowest]["BPSN"],
        *intervals[lowest]["BPSN"],
        FLOOR,
        AIM,
    )
    plots.dots(
        bench.plots / PLOT,
        {term: {name: (values[term][name], *intervals[term][name]) for name in MEASURES} for term in worst},
        {"floor of BPSN": FLOOR, "aim of BPSN": AIM},
    )
    return Part([figure], _text(values, intervals, worst))


def sample(rows: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return `ROWS_PER_TERM` rows of each term and label, and which of them mention each term."""
    named = {term: rows["Text"].str.contains(rf"\b{term}\b", case=False) for term in TERMS}
    drawn = [
        rows[named[term] & (rows["Label"] == label)].sample(ROWS_PER_TERM, random_state=SEED).index
        for term in TERMS
        for label in ("BAD", "NOT_BAD")
    ]
    kept = sorted(set().union(*drawn))
    return rows.loc[kept], {term: named[term].loc[kept].to_numpy() for term in TERMS}


def _text(values: dict, intervals: dict, worst: list[str]) -> str:
    rows = [
        f"| {term} | "
        + " | ".join(
            "{:.4f} ({:.3f} to {:.3f})".format(values[term][name], *intervals[term][name]) for name in MEASURES
        )
        + " |"
        for term in worst[: SHOWN // 2]
    ]
    means = " | ".join(f"{np.mean([values[term][name] for term in TERMS]):.4f}" for name in MEASURES)
    return f"""### Identity terms

Sentences such as "You are a kind …" and "You are a vile …", filled with {len(TERMS)} identity terms by
conversationai/unintended-ml-bias-analysis; a seeded sample of at least {ROWS_PER_TERM} a term and label.
BPSN is the AUC of toxic sentences without the term against harmless ones with it: low if the mention alone raises the
score.
BNSP is the other way round, subgroup is within the sentences that mention it (arXiv 1903.04561).

| term | BPSN | BNSP | subgroup |
|---|---|---|---|
{chr(10).join(rows)}
| mean of all {len(TERMS)} | {means} |

![BPSN, BNSP and subgroup AUC of the {SHOWN} terms with the lowest BPSN, with 95 % intervals]({PLOT})
"""
