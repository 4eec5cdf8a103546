"""Labelled rows for training and measuring, with the test texts kept out of what is trained.

The folder's layout is described in `training/README.md`; every loader takes it as an argument.
"""

import hashlib
import re
from pathlib import Path

import pandas as pd

LABELS = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
"""Column names of the Jigsaw 2018 challenge, in Detoxify's order."""

NOT_WORD = re.compile(r"[\W_]+")
MEASURING_ONLY = (
    "jigsaw/test_binary.csv.gz:comment_text",
    "jigsaw/test_six_labels.csv.gz:comment_text",
    "toxic-spans/tsd_trial.csv.gz:text",
    "context-toxicity/gc.csv.gz:text",
    "context-toxicity/gn.csv.gz:text",
    "context-toxicity/cat_small.csv.gz:text",
    "perspective-scores/wikipedia_2k_perspective_scores_2018.csv.gz:comment_text",
    "youtoxic/youtoxic_english_1000.csv.gz:Text",
)
"""`file:column` of every set that nothing trained may contain."""


def text_key(text: str) -> str:
    """Return a hash of `text` without case, punctuation and white space, for finding the same text again."""
    return hashlib.sha256(NOT_WORD.sub("", text.lower()).encode()).hexdigest()


def measuring_keys(data: Path) -> set[str]:
    """Return the `text_key` of every text that is for measuring only."""
    keys: set[str] = set()
    for entry in MEASURING_ONLY:
        path, column = entry.split(":")
        keys.update(text_key(str(text)) for text in pd.read_csv(data / path)[column])
    return keys


def jigsaw_train(data: Path, *, held_back: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (rows to train on, natural-rate rows held back for calibration), texts of the test sets removed.

    Both have `comment_text` and the six columns of `LABELS`; a text stands in one of them once.
    """
    natural = pd.read_csv(data / "jigsaw/train_natural.csv.gz")
    enriched = pd.read_csv(data / "jigsaw/train_enriched.csv.gz")
    natural["natural"], enriched["natural"] = True, False
    rows = pd.concat([natural, enriched], ignore_index=True)[["comment_text", *LABELS, "natural"]]
    rows["key"] = [text_key(text) for text in rows["comment_text"]]
    rows = rows[~rows["key"].isin(measuring_keys(data))].drop_duplicates("key")
    calibration = rows[rows["natural"]].sample(n=held_back, random_state=seed)
    train = rows.drop(index=calibration.index).sample(frac=1, random_state=seed)
    return train.reset_index(drop=True), calibration.reset_index(drop=True)


def jigsaw_test_six(data: Path) -> pd.DataFrame:
    """Return the held-out rows with six labels; `natural` marks the rows drawn at natural prevalence."""
    return pd.read_csv(data / "jigsaw/test_six_labels.csv.gz")


def jigsaw_test_binary(data: Path) -> pd.DataFrame:
    """Return the held-out rows with the `toxic` label alone, half of them toxic."""
    return pd.read_csv(data / "jigsaw/test_binary.csv.gz")
