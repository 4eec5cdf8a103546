"""What the compact model learns from: the list of sets, and how their rows are put together."""

import json
from collections.abc import Callable
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


def gather(data: Path, seed: int) -> pd.DataFrame:
    """Return every training row as often as it is seen, shuffled: `text`, `HEADS`, `spans`, `weight`, `source`.

    A text that is for measuring only, or held back for calibration, is in none of them.
    """
    forbidden = measuring_keys(data) | contrast.keys() | set(jigsaw_train(data)[1]["key"])
    parts = []
    for source in SOURCES:
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
    """Return what was gathered, as JSON: rows seen and share toxic, by source."""
    table = {
        str(name): {"rows": len(group), "toxic": round(float(group["toxic"].mean()), 3)}
        for name, group in rows.groupby("source")
    }
    return json.dumps(table, indent=1)
