"""A model on the bench: its scores of the sets that several measures need, each scored once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from os import cpu_count
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from training.data import LABELS, jigsaw_test_binary, jigsaw_test_six
from training.measures import Figure
from workers.scoring.toxicity import ToxicityScorer

CHUNK = 128
ATTRIBUTES = dict(
    zip(("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack"), LABELS, strict=True)
)
"""The six attributes with Jigsaw's name of each."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one subject gives to the page."""

    figures: Sequence[Figure]
    """Those that stand in the first table and in the card."""
    text: str
    """A section in Markdown, its heading of the third level."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A labelled set and what the model says of it."""

    texts: pd.Series
    labels: np.ndarray
    scores: np.ndarray
    """One row a text, one column an attribute in the scorer's order."""


class Bench:
    """A model, the folder of labelled sets and the folder for plots."""

    def __init__(self, scorer: ToxicityScorer, data: Path, plots: Path) -> None:
        """Take a loaded model; sets are read and scored when they are first asked for."""
        self.scorer, self.data, self.plots = scorer, data, plots

    @cached_property
    def six(self) -> Scored:
        """The Jigsaw test rows with six labels, columns as `LABELS`."""
        rows = jigsaw_test_six(self.data)
        labels = rows[list(LABELS)].to_numpy(dtype=float)
        return Scored(rows["comment_text"], labels, score(self.scorer, rows["comment_text"], "six labels"))

    @cached_property
    def natural(self) -> Scored:
        """Those of `six` that were drawn as they come."""
        drawn = (jigsaw_test_six(self.data)["natural"] == 1).to_numpy()
        return Scored(self.six.texts[drawn], self.six.labels[drawn], self.six.scores[drawn])

    @cached_property
    def binary(self) -> Scored:
        """The Jigsaw test rows of which half are toxic; one label."""
        rows = jigsaw_test_binary(self.data)
        labels = rows["toxic"].to_numpy(dtype=float)
        return Scored(rows["comment_text"], labels, score(self.scorer, rows["comment_text"], "half toxic"))

    @cached_property
    def threshold(self) -> float:
        """The score of toxicity that 1 % of the harmless natural rows are above."""
        return float(np.quantile(self.column(self.natural, "toxicity")[self.natural.labels[:, 0] == 0], 0.99))

    def column(self, scored: Scored, attribute: str) -> np.ndarray:
        """Return the scores of one attribute."""
        return scored.scores[:, self.scorer.attributes.index(attribute)]

    def toxicity(self, texts: pd.Series, what: str) -> np.ndarray:
        """Return the scores of toxicity of `texts`; `what` names the progress bar."""
        return score(self.scorer, texts, what)[:, self.scorer.attributes.index("toxicity")]

    def read(self, name: str) -> pd.DataFrame:
        """Return a CSV of the data folder."""
        return pd.read_csv(self.data / name)


def score(scorer: ToxicityScorer, texts: pd.Series, what: str, *, together: int = CHUNK, **options: bool) -> np.ndarray:
    """Return scores, one row a text, one column an attribute in the scorer's order; `options` go to the scorer."""
    found = results(scorer, texts, what, together=together, **options)
    return np.array([list(getattr(one, "scores", one).values()) for one in found])


def results(
    scorer: ToxicityScorer, texts: pd.Series, what: str, *, together: int = CHUNK, **options: bool
) -> list[Any]:
    """Return all that the scorer says of each text, in order, so many `together`; every core scores."""
    whole = texts.astype(str).tolist()
    chunks = [whole[start : start + together] for start in range(0, len(whole), together)]
    with tqdm(total=len(whole), unit="comment", desc=what) as bar, ThreadPoolExecutor(cpu_count()) as cores:
        found: list[Any] = []
        for answers in cores.map(lambda chunk: scorer.score(chunk, **options), chunks):
            found.extend(answers)
            bar.update(len(answers))
    return found
