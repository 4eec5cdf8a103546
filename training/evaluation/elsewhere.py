"""How the model does on what other people meant by toxic, hateful or offensive, as information: nothing is asked."""

import numpy as np
import pandas as pd

from training import source_sets, sources
from training.evaluation.bench import Bench, Part, results, score
from training.evaluation.formulas import nearest_is_own, spearman
from training.measures import Figure, auc, figure, interval, table

SEED = 53
ROWS = 2000
"""Of each set, at most."""
STORED = 1000
PERSPECTIVE = {
    "toxicity": "TOXICITY@6",
    "severe_toxicity": "SEVERE_TOXICITY@2",
    "obscene": "OBSCENE",
    "threat": "THREAT",
    "insult": "INSULT",
    "identity_attack": "IDENTITY_ATTACK",
    "sexual_explicit": "SEXUALLY_EXPLICIT",
}
"""The score of `perspective-scores` that is nearest to each attribute."""


def measure(bench: Bench) -> Part:
    """Return no figure that must be reached, but a table of what others' labels say."""
    labelled = [
        figure(f"AUC, {name}", auc, rows["label"].to_numpy(), bench.toxicity(rows["text"], name))
        for name, whole in _labelled(bench).items()
        for rows in [whole.sample(min(ROWS, len(whole)), random_state=SEED)]
    ]
    return Part([], _text(table([*labelled, _ruddit(bench), *_perspective(bench), *_embedding(bench)])))


def _labelled(bench: Bench) -> dict[str, pd.DataFrame]:
    """Return sets by name, with columns `text` and `label`, 1 for toxic."""
    hatemoji = bench.read("hatemoji/hatemojibuild_test.csv.gz")
    olid = bench.read("olid/olid_test_a.csv.gz")
    davidson = bench.read("davidson/labeled_data.csv.gz").query("`class` != 1")
    return {
        "hate, written to fool models (dynahate), held-out part": source_sets.held_out_dynahate(bench.data),
        "offence and implied bias (SBIC), held-out part": source_sets.held_out_sbic(bench.data),
        "hate with emoji (hatemoji), test part": _rows(hatemoji["text"], hatemoji["label_gold"]),
        "offensive tweets (OLID, test A)": _rows(olid["tweet"], olid["subtask_a"] == "OFF"),
        f"hateful tweets against harmless ones (Davidson{_seen('davidson')})": _rows(
            davidson["tweet"], davidson["class"] == 0
        ),
    }


def _rows(texts: pd.Series, labels: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"text": texts, "label": labels.astype(int)})


def _ruddit(bench: Bench) -> Figure:
    rows = bench.read("ruddit/ruddit_with_text.csv.gz").sample(ROWS, random_state=SEED)
    offence, scores = rows["offensiveness_score"].to_numpy(), bench.toxicity(rows["txt"], "ruddit")
    value, bounds = spearman(offence, scores), interval(spearman, offence, scores)
    return Figure(f"rank correlation with offensiveness, Reddit (ruddit{_seen('ruddit')})", ROWS, None, value, *bounds)


def _perspective(bench: Bench) -> list[Figure]:
    rows = bench.read("perspective-scores/wikipedia_2k_perspective_scores_2018.csv.gz")
    scores = score(bench.scorer, rows["comment_text"], "Perspective's scores")
    return [
        figure(
            f"AUC {name}, comments to which Perspective gives {theirs} of at least 0.5",
            auc,
            (rows[theirs] >= 0.5).to_numpy(),
            scores[:, bench.scorer.attributes.index(name)],
        )
        for name, theirs in PERSPECTIVE.items()
        if name in bench.scorer.attributes
    ]


def _embedding(bench: Bench) -> list[Figure]:
    """Return how well the embedding finds a rewrite's source; nothing for a model without one."""
    rows = bench.read("paradetox/paradetox.csv.gz").drop_duplicates("toxic").drop_duplicates("neutral1")
    rows = rows.sample(STORED, random_state=SEED)
    neutral, toxic = (
        [one.embedding for one in results(bench.scorer, rows[column], f"paradetox, {column}")]
        for column in ("neutral1", "toxic")
    )
    if any(one is None for one in [*neutral, *toxic]):
        return []
    own = nearest_is_own(np.array(neutral), np.array(toxic)).astype(float)
    name = (
        f"embedding: of {STORED:,} toxic comments, the source of a rewrite is nearest (paradetox{_seen('paradetox')})"
    )
    return [Figure(name, STORED, None, float(own.mean()), *interval(np.mean, own))]


def _seen(source: str) -> str:
    """Return a mark if rows of this set are trained on."""
    return ", trained on" if source in {one.name for one in sources.SOURCES} else ""


def _text(rows: str) -> str:
    return f"""### Other people's labels

For information; nothing is asked here, and each set means something else by its label.
At most {ROWS:,} rows of each, drawn with a seed.
Of sets with a held-out part, other rows are trained on.
Those that are trained on say how well the model remembers, not how well it judges what is new.
Perspective's are scores of a model, from 2018, and no people's labels.

{rows}
"""
