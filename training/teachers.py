"""What other networks, which never saw a text, think of it: softer labels than people's, and ones that no set has.

Each teacher learns all sources but one fold of their texts, and says what it thinks of that fold; the teachers of a
fold differ in their seed and are averaged. Labels are then part people's, part theirs (Hinton et al., Distilling the
knowledge in a neural network, 2015; out of fold, because a network repeats the labels that it has learnt).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from training.data import TASKS
from training.examples import Example
from training.fit import Recipe, base, fit, score
from training.network import Compact

FOLDS = 4
TEACHER_RATE, TEACHER_SCALE, SEED = 1.5e-4, 0.8, 100
UNKNOWN_WEIGHT = 0.5
"""The chance that an opinion stands in for a label that is not known, drawn for each row and task."""


def opinions(rows: pd.DataFrame, clean: Sequence[Example], per_fold: int, folder: Path) -> np.ndarray:
    """Return the mean log-odds (rows x TASKS) that teachers give each of `rows`, `clean` being its example.

    What each teacher says is kept in `folder`.
    """
    folds = rows["key"].map(lambda key: int(key[8:16], 16) % FOLDS).to_numpy()
    labels = rows[list(TASKS)].to_numpy(dtype=np.float32)
    found = np.zeros_like(labels)
    for fold in range(FOLDS):
        inside, others = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        for number in range(per_fold):
            file = folder / f"teacher{fold}-{number}.npy"
            if not file.exists():
                recipe = Recipe(SEED + 10 * fold + number, TEACHER_RATE, TEACHER_SCALE, served=False)
                known = rows.iloc[others].reset_index(drop=True)
                what = f"teacher {number + 1} of {per_fold}, fold {fold + 1} of {FOLDS}"
                model = Compact(str(base()), quantised=False)
                fit(model, known, [clean[row] for row in others], labels[others], recipe, what)
                np.save(file, score(model, [clean[row] for row in inside])[0])
            found[inside] += np.load(file) / per_fold
    return found


def mixed(rows: pd.DataFrame, opinion: np.ndarray, seed: int) -> np.ndarray:
    """Return the labels of `rows` with the teachers' part in them: rows x TASKS, NaN teaches nothing.

    Of a label that is known each source says how much; of others half the opinions are taken, and only of sources
    that take any.
    """
    labels = rows[list(TASKS)].to_numpy(dtype=np.float32)
    taught = rows["taught"].to_numpy(dtype=np.float32)[:, None]
    chances = 1 / (1 + np.exp(-opinion))
    drawn = np.random.default_rng(seed).random(labels.shape) < UNKNOWN_WEIGHT
    unknown = np.where(drawn & (taught > 0), chances, np.nan)
    return np.where(np.isnan(labels), unknown, (1 - taught) * labels + taught * chances).astype(np.float32)
