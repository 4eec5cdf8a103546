"""Whether reading a text a second time, without its disguise, makes an innocent one look guilty."""

import numpy as np
import pandas as pd

from moderation.policy_document import default_thresholds
from training.clean_texts import clean_texts
from training.evaluation.bench import Bench, Part, score
from training.evaluation.formulas import added
from training.measures import Figure, interval
from training.source_sets import MIT_BLOGS

SEED = 41
SAMPLE = 400
"""Of each kind of real comments."""
FLOOR, AIM = 0.1, 0.0
LINK = r"https?://|www\."


def measure(bench: Bench) -> Part:
    """Return the share of clean texts that cross a threshold only because of the normalised reading.

    Each text is scored by itself: in int8 a score moves by some hundredths with what else is in the batch, and a text
    without a second reading would seem to cross by one.
    """
    texts = _texts(bench)
    both = score(bench.scorer, texts["text"], "clean texts", together=1)
    hold = default_thresholds()["toxicity"].hold
    once = score(bench.scorer, texts["text"], "clean texts, read once", together=1, undo=False)
    crossing = {threshold: added(once, both, threshold) for threshold in (0.5, hold)}
    figures = [
        Figure(
            f"clean texts that cross {threshold} only by normalisation",
            len(texts),
            None,
            100 * float(crossed.mean()),
            *interval(lambda rows: 100 * float(rows.mean()), crossed),
            FLOOR,
            AIM,
            "%",
            less_is_better=True,
        )
        for threshold, crossed in crossing.items()
    ]
    return Part(figures, _text(texts["group"].to_numpy(), both, crossing))


def _texts(bench: Bench) -> pd.DataFrame:
    """Return columns `group` and `text`: those made from templates, and real comments that nothing is trained on."""
    blog = bench.read("blog-comments/blog_comments.csv.gz").query("spam_keyword_hit == 0").dropna(subset=["text"])
    blog = blog[~blog["site"].isin(MIT_BLOGS)]
    linked = blog["text"].str.contains(LINK)
    talk = bench.read("context-toxicity/gn.csv.gz").query("label == 0")
    real = {"blog comments": blog[~linked], "blog comments with links": blog[linked], "Wikipedia talk": talk}
    made = pd.DataFrame(clean_texts(), columns=["group", "text"])
    samples = [rows.sample(SAMPLE, random_state=SEED)[["text"]].assign(group=group) for group, rows in real.items()]
    return pd.concat([made, *samples], ignore_index=True)


def _text(groups: np.ndarray, both: np.ndarray, crossing: dict[float, np.ndarray]) -> str:
    rows = []
    for group in dict.fromkeys(groups):
        mine = groups == group
        counts = [f"{crossed[mine].sum()}" for crossed in crossing.values()]
        above = [f"{(both[mine] >= threshold).any(axis=1).sum()}" for threshold in crossing]
        rows.append(f"| {group} | {mine.sum()} | {' | '.join([*counts, *above])} |")
    first, second = crossing
    return f"""### Clean texts

A text is scored as written and as normalised, and the larger score counts.
These texts look like disguised words to a machine and are not: place names and surnames with a bad word inside, code,
part numbers, chess, prices, formulas, initials, other scripts (`training/clean_texts.json`), and real comments.
Each is scored by itself, because in int8 a score moves a little with what else is in its batch.
A text counts if any attribute crosses the threshold with the normalised reading and none does without it.

| group | texts | crosses {first} only by normalisation | {second} | scores at least {first} in all | {second} |
|---|---|---|---|---|---|
{chr(10).join(rows)}
"""
