"""How well a network in training does on rows that are held out of it: what its settings are chosen by.

Nothing here is one of the texts that `evaluate.py` holds the floors against.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from training import source_sets
from training.data import LABELS, TASKS, jigsaw_train
from training.evaluation.formulas import span_f1
from training.examples import encode
from training.fit import score, tokenizer
from training.measures import auc, mean_auc, recall_at_one_percent
from training.network import Compact
from workers.scoring.toxicity_answer import log_odds, sigmoid, toxic_stretches

SHARES = (0.0, 0.3, 0.5, 0.7, 1.0)
THRESHOLDS = (0.3, 0.4, 0.5, 0.6)


def validate(model: Compact, data: Path) -> dict[str, float]:
    """Return by name: AUCs of held-out sets for each share of `abusive` in toxicity, F1 of spans by threshold."""
    _, natural = jigsaw_train(data)
    logits = _logits(model, natural)
    found = {"six labels": mean_auc(natural[list(LABELS)].to_numpy(dtype=float), logits[:, : len(LABELS)])}
    sets = {
        "natural": (logits, natural["toxic"]),
        "dynahate": _scored(model, source_sets.held_out_dynahate(data)),
        "sbic": _scored(model, source_sets.held_out_sbic(data)),
    }
    for name, (own, labels) in sets.items():
        for share in SHARES:
            toxicity = (1 - share) * own[:, TASKS.index("toxic")] + share * own[:, TASKS.index("abusive")]
            known = labels.to_numpy(dtype=float)
            found[f"{name}, {share:g} abusive"] = auc(known, toxicity)
            if name == "natural":
                found[f"recall at 1 %, {share:g} abusive"] = recall_at_one_percent(known, toxicity)
    return found | _spans(model, source_sets.held_out_spans(data))


def _logits(model: Compact, rows: pd.DataFrame) -> np.ndarray:
    return score(model, encode(rows["text"].astype(str).tolist(), [None] * len(rows), tokenizer()))[0]


def _scored(model: Compact, rows: pd.DataFrame) -> tuple[np.ndarray, pd.Series]:
    return _logits(model, rows), rows["label"]


def _spans(model: Compact, rows: pd.DataFrame) -> dict[str, float]:
    """Return the mean character F1 of marked stretches by threshold."""
    pieces = tokenizer()
    _, tokens = score(model, encode(rows["text"].tolist(), [None] * len(rows), pieces))
    found = {}
    for threshold in THRESHOLDS:
        each = []
        for text, marks, own in zip(rows["text"], rows["spans"], tokens, strict=True):
            encoding = pieces.encode(text)
            inner = slice(1, len(own) - 1)
            scores = sigmoid(own[inner] - log_odds(np.array(threshold)))
            stretches = toxic_stretches(scores, encoding.offsets[inner], encoding.word_ids[inner])
            said = {at for start, end, _ in stretches for at in range(start, end)}
            each.append(span_f1(said, {at for start, end in marks for at in range(start, end)}))
        found[f"spans at {threshold:g}"] = float(np.mean(each))
    return found
