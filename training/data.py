"""What every script needs of the labelled sets: labels, keys of texts, and the texts that are for measuring only.

The folder's layout is described in `training/README.md`; every loader takes it as an argument.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

import pandas as pd

LABELS = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
"""Column names of the Jigsaw 2018 challenge, in Detoxify's order."""
HEADS = (*LABELS, "sexual_explicit")
"""What the compact model is trained for."""
TASKS = (*HEADS, "abusive")
"""What its training has outputs for: people of different sets mean different things by toxic. `toxic` is what raters of
Wikipedia and of news sites call so, where a curse at nobody counts; `abusive` is what is aimed at people."""
CALIBRATION_ROWS, CALIBRATION_SEED = 6000, 17

NOT_WORD = re.compile(r"[\W_]+")
JIGSAW_TESTS = ("jigsaw/test_binary.csv.gz:comment_text", "jigsaw/test_six_labels.csv.gz:comment_text")
MEASURING_ONLY = (
    *JIGSAW_TESTS,
    "toxic-spans/tsd_trial.csv.gz:text",
    "context-toxicity/gc.csv.gz:text",
    "context-toxicity/gn.csv.gz:text",
    "context-toxicity/cat_small.csv.gz:text",
    "perspective-scores/wikipedia_2k_perspective_scores_2018.csv.gz:comment_text",
    "youtoxic/youtoxic_english_1000.csv.gz:Text",
    "unintended-bias/bias_madlibs_77k.csv.gz:Text",
    "unintended-bias/en_sentence_templates.csv.gz:phrase",
    "unintended-bias/toxicity_debiasing_data.csv.gz:comment",
    "unintended-bias/toxicity_debiasing_data_random.csv.gz:comment",
    "unintended-bias/toxicity_fuzzed_testset.csv.gz:comment",
    "unintended-bias/toxicity_nonfuzzed_testset.csv.gz:comment",
    "obfuscation/olid_test_leet_levels.csv.gz:original",
    "olid/olid_test_a.csv.gz:tweet",
)
"""`file:column` of every English set that nothing trained may contain."""


def text_key(text: str) -> str:
    """Return a hash of `text` without case, punctuation and white space, for finding the same text again."""
    return hashlib.sha256(NOT_WORD.sub("", text.lower()).encode()).hexdigest()


@cache
def measuring_keys(data: Path) -> frozenset[str]:
    """Return the `text_key` of every text that is for measuring only."""
    keys: set[str] = set()
    for entry in MEASURING_ONLY:
        path, column = entry.split(":")
        keys.update(text_key(str(text)) for text in pd.read_csv(data / path)[column])
    return frozenset(keys)


def jigsaw_train(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (rows to train on, natural-rate rows held back for calibration), texts for measuring removed.

    Both have `text`, the columns of `LABELS`, `natural` and `key`; a text stands in one of them once.
    """
    train, back = _jigsaw_train(data)
    return train.copy(), back.copy()


@cache
def _jigsaw_train(data: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    parts = []
    for part in ("natural", "enriched", "cleaned_text"):
        rows = pd.read_csv(data / f"jigsaw/train_{part}.csv.gz").rename(columns={"comment_text": "text"})
        parts.append(rows[["text", *LABELS]].assign(natural=part == "natural"))
    rows = pd.concat(parts, ignore_index=True)
    rows["key"] = [text_key(text) for text in rows["text"]]
    rows = rows[~rows["key"].isin(measuring_keys(data))].drop_duplicates("key").reset_index(drop=True)
    back = rows[rows["natural"]].sample(n=CALIBRATION_ROWS, random_state=CALIBRATION_SEED).index
    return rows.drop(index=back).reset_index(drop=True), rows.loc[back].reset_index(drop=True)


def held_out(rows: pd.DataFrame, share: float, by: str = "text") -> pd.Series:
    """Return which rows are held out of training: a `share` of all values of column `by`, chosen by their hash."""
    return rows[by].map(lambda value: int(text_key(str(value))[:8], 16) < share * 2**32)


def jigsaw_test_six(data: Path) -> pd.DataFrame:
    """Return the held-out rows with six labels; `natural` marks the rows drawn at natural prevalence."""
    return pd.read_csv(data / "jigsaw/test_six_labels.csv.gz")


def jigsaw_test_binary(data: Path) -> pd.DataFrame:
    """Return the held-out rows with the `toxic` label alone, half of them toxic."""
    return pd.read_csv(data / "jigsaw/test_binary.csv.gz")
