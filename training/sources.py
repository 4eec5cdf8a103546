"""What the compact model learns from: the list of sets, and how their rows are put together."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from training import contrast, synthetic
from training import source_sets as sets
from training.data import HEADS, jigsaw_train, measuring_keys, text_key


@dataclass(frozen=True, slots=True)
class Source:
    """A set: how often each row is seen in training, and how much it weighs."""

    name: str
    rows: Callable[[Path], pd.DataFrame]
    passes: float
    weight: float = 1.0


def templates(_data: Path) -> pd.DataFrame:
    """Contrasts that no set has enough of, made from templates."""
    return synthetic.rows(17)


SOURCES = (
    Source("jigsaw", sets.jigsaw, 1.0),
    Source("jigsaw, again", sets.jigsaw_again, 2.0),
    Source("civil, rated", sets.civil_rated, 2.0, 0.8),
    Source("spans", sets.spans, 2.0, 0.8),
    Source("civil, toxic", sets.civil_toxic, 1.0, 0.6),
    Source("civil, all columns", sets.civil_full, 3.0),
    Source("templates", templates, 2.0),
    Source("dynahate", sets.dynahate, 3.0),
    Source("sbic", sets.sbic, 2.0, 0.8),
    Source("hatemoji", sets.hatemoji, 2.5),
    Source("paradetox", sets.paradetox, 1.3, 0.5),
    Source("ruddit", sets.ruddit, 1.5, 0.6),
    Source("davidson", sets.davidson, 1.0, 0.6),
    Source("stormfront", sets.stormfront, 1.3, 0.6),
    Source("raters", sets.raters, 1.0, 0.7),
    Source("blogs", sets.blogs, 1.0, 0.7),
)


LAST = (
    Source("jigsaw, hard", sets.jigsaw_hard, 1.0),
    Source("civil, rated", sets.civil_rated, 0.3, 0.8),
    Source("spans", sets.spans, 0.5, 0.8),
    Source("templates", templates, 0.5),
    Source("dynahate", sets.dynahate, 0.7),
    Source("sbic", sets.sbic, 0.5, 0.8),
    Source("hatemoji", sets.hatemoji, 0.5),
)
"""What training ends with, at a lower rate: mostly comments as they are, so that their labels have the last word."""


def gather(data: Path, sources: Sequence[Source], seed: int) -> pd.DataFrame:
    """Return every training row as often as it is seen, shuffled: `text`, `HEADS`, `spans`, `weight`, `source`.

    A text that is for measuring only, or held back for calibration, is in none of them.
    """
    forbidden = measuring_keys(data) | contrast.keys() | set(jigsaw_train(data)[1]["key"])
    parts = []
    for source in sources:
        rows = source.rows(data)
        rows["text"] = rows["text"].astype(str)
        rows = rows[[text_key(text) not in forbidden for text in rows["text"]]]
        rows = rows.reindex(columns=["text", *HEADS, "spans"]).assign(weight=source.weight, source=source.name)
        whole, part = divmod(source.passes, 1.0)
        parts += [rows] * int(whole) + [rows.sample(frac=part, random_state=seed)]
    rows = pd.concat(parts, ignore_index=True).sample(frac=1, random_state=seed, ignore_index=True)
    rows[list(HEADS)] = rows[list(HEADS)].astype("float32")
    rows["spans"] = [value if isinstance(value, list) else None for value in rows["spans"]]
    return rows


def summary(rows: pd.DataFrame) -> str:
    """Return what was gathered, as JSON: rows seen and share toxic (null if it is not known), by source."""
    shares = rows.groupby("source")["toxic"].agg(["size", "mean"])
    table = {
        name: {"rows": int(size), "toxic": None if pd.isna(mean) else round(float(mean), 3)}
        for name, size, mean in shares.itertuples()
    }
    return json.dumps(table, indent=1)
