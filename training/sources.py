"""What the compact model learns from: the list of sets, and how their rows are put together."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from training import contrast, synthetic
from training import source_sets as sets
from training.data import TASKS, jigsaw_train, measuring_keys, text_key

TOXIC, ABUSIVE = "toxic", "abusive"


@dataclass(frozen=True, slots=True)
class Source:
    """A set: how often each row is seen in training, how much it weighs, and what its raters mean by toxic."""

    name: str
    rows: Callable[[Path], pd.DataFrame]
    passes: float
    weight: float = 1.0
    meaning: tuple[str, ...] = (ABUSIVE,)
    """The columns of `TASKS` that its `toxic` is a label of."""
    taught: float = 0.25
    """The share of the teachers' opinion in its labels, where there are teachers; see `teachers.py`."""


def templates(_data: Path) -> pd.DataFrame:
    """Contrasts that no set has enough of, made from templates."""
    return synthetic.rows(17)


SOURCES = (
    Source("jigsaw", sets.jigsaw, 1.0, meaning=(TOXIC,), taught=0.5),
    Source("jigsaw, again", sets.jigsaw_again, 2.0, meaning=(TOXIC,), taught=0.5),
    Source("civil, rated", sets.civil_rated, 2.0, 0.8, (TOXIC, ABUSIVE), taught=0.5),
    Source("spans", sets.spans, 2.5, 0.8, (TOXIC, ABUSIVE), taught=0.5),
    Source("civil, toxic", sets.civil_toxic, 1.0, 0.6, (TOXIC, ABUSIVE), taught=0.5),
    Source("civil, all columns", sets.civil_full, 3.0, meaning=(TOXIC, ABUSIVE), taught=0.5),
    Source("templates", templates, 2.0, taught=0.0),
    Source("dynahate", sets.dynahate, 3.0),
    Source("sbic", sets.sbic, 2.5, 0.8),
    Source("hatemoji", sets.hatemoji, 2.5),
    Source("paradetox", sets.paradetox, 1.3, 0.5, (TOXIC, ABUSIVE), taught=0.5),
    Source("ruddit", sets.ruddit, 2.0, 0.8, taught=0.5),
    Source("davidson", sets.davidson, 1.3, 0.6, taught=0.5),
    Source("stormfront", sets.stormfront, 1.3, 0.6),
    Source("raters", sets.raters, 1.0, 0.7, (TOXIC, ABUSIVE), taught=0.5),
    Source("blogs", sets.blogs, 1.0, 0.7, (TOXIC, ABUSIVE), taught=0.0),
)


def gather(data: Path, sources: Sequence[Source] = SOURCES) -> pd.DataFrame:
    """Return the training rows: `text`, `TASKS`, `spans`, `key`, and its source's `name`, `weight`, `passes`, `taught`.

    A text that is for measuring only, or held back for calibration, is in none of them.
    """
    forbidden = measuring_keys(data) | contrast.keys() | set(jigsaw_train(data)[1]["key"])
    parts = []
    for source in sources:
        rows = source.rows(data)
        rows["text"] = rows["text"].astype(str)
        rows["key"] = rows["text"].map(text_key)
        rows = rows[~rows["key"].isin(forbidden)].reindex(columns=["text", *TASKS, "spans", "key"])
        if ABUSIVE in source.meaning:
            rows[ABUSIVE] = rows[TOXIC]
        if TOXIC not in source.meaning:
            rows[TOXIC] = float("nan")
        parts.append(rows.assign(name=source.name, weight=source.weight, passes=source.passes, taught=source.taught))
    rows = pd.concat(parts, ignore_index=True)
    rows[list(TASKS)] = rows[list(TASKS)].astype("float32")
    rows["spans"] = [value if isinstance(value, list) else None for value in rows["spans"]]
    return rows


def seen(rows: pd.DataFrame, scale: float, seed: int) -> np.ndarray:
    """Return the place of every row as often as it is seen in `scale` times its passes, shuffled."""
    rng = np.random.default_rng(seed)
    times = rows["passes"].to_numpy() * scale
    order = np.repeat(np.arange(len(rows)), (times + rng.random(len(rows))).astype(int))
    return rng.permutation(order)


def summary(rows: pd.DataFrame) -> str:
    """Return what was gathered, as JSON: rows, passes and share toxic (null if it is not known), by source."""
    toxic = rows[[TOXIC, ABUSIVE]].max(axis=1)
    shares = rows.assign(share=toxic).groupby("name").agg({"share": ["size", "mean"], "passes": "first"})
    table = {
        name: {"rows": int(size), "passes": passes, "toxic": None if pd.isna(mean) else round(float(mean), 3)}
        for name, size, mean, passes in shares.itertuples()
    }
    return json.dumps(table, indent=1)
