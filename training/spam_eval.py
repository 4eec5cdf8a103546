"""Measure the spam scorer and say it in Markdown: out-of-fold on what is trained, whole on what never is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import matthews_corrcoef, roc_auc_score

from training.spam_data import VIDEOS
from workers.scoring.spam_features import FEATURES

HOLD = 0.8
"""The threshold of a new site's policy, from which spam is held."""
EVEN = 0.5
BLOCKED = 0.002
"""Share of ham that may be lost where spam caught is compared, as is usual for the SMS collection."""
SPAM_SOURCES = ("youtube-spam", "sms-spam", "tg-spam", "ru-telegram", "spamassassin", "disguised")
NEVER_TRAINED = ("datacamp", "gambling (comments)", "gambling (raw)", "spintax")


@dataclass(frozen=True)
class Measure:
    """One figure: what it is, over how many rows, and its value as it is printed."""

    name: str
    rows: int
    value: str


def tubespam(rows: pd.DataFrame, scores: np.ndarray) -> list[Measure]:
    """Return the mean MCC over the videos, each scored by a fit without it (and a fifth of everything else)."""
    own = [((rows["source"] == "youtube-spam") & (rows["group"] == video)).to_numpy() for video in VIDEOS]
    spam = rows["spam"].to_numpy()
    found = []
    for name, threshold in (("one half", EVEN), ("the hold threshold", HOLD)):
        values = [matthews_corrcoef(spam[mask], scores[mask] >= threshold) for mask in own]
        each = ", ".join(f"{value:.3f}" for value in values)
        found.append(
            Measure(
                f"TubeSpam, leave one video out, mean MCC at {name}",
                int(sum(mask.sum() for mask in own)),
                f"{np.mean(values):.3f} ({each})",
            )
        )
    return found


def sms(rows: pd.DataFrame, odds: np.ndarray) -> Measure:
    """Return the share of SMS spam caught at `BLOCKED`, out of five folds that share no text."""
    mask = (rows["source"] == "sms-spam").to_numpy()
    caught = caught_at(rows.loc[mask, "spam"].to_numpy(), odds[mask], BLOCKED)
    return Measure("SMS Spam, 5 folds: spam caught at 0.2 % blocked ham", int(mask.sum()), f"{caught:.1%}")


def caught_at(spam: np.ndarray, odds: np.ndarray, blocked: float) -> float:
    """Return the share of spam above the threshold that at most `blocked` of the ham is above."""
    threshold = np.quantile(odds[spam == 0], 1 - blocked, method="higher")
    return float((odds[spam == 1] > threshold).mean())


def held(rows: pd.DataFrame, scores: np.ndarray, linked: np.ndarray) -> list[Measure]:
    """Return how many ordinary comments of sources never trained on are held, those with links also apart."""
    found = []
    for source, places in rows.groupby("source").indices.items():
        ham = places[rows["spam"].to_numpy()[places] == 0]
        if len(ham):
            found.append(Measure(f"{source}", len(ham), f"{(scores[ham] >= HOLD).mean():.2%}"))
        if (with_links := ham[linked[ham]]).size:
            share = (scores[with_links] >= HOLD).mean()
            found.append(Measure(f"{source}, those with links", len(with_links), f"{share:.2%}"))
    return found


def separated(rows: pd.DataFrame, scores: np.ndarray, sources: Sequence[str]) -> list[list[str]]:
    """Return for each source: rows, spam, AUC, F1 at one half, and the share of its spam that is held."""
    found = []
    for source in sources:
        mask = (rows["source"] == source).to_numpy()
        spam, own = rows.loc[mask, "spam"].to_numpy(), scores[mask]
        both = 0 < spam.sum() < len(spam)
        right = int(((own >= EVEN) & (spam == 1)).sum())
        f1 = 2 * right / max(int((own >= EVEN).sum() + spam.sum()), 1)
        found.append(
            [
                source,
                f"{len(spam):,}",
                f"{int(spam.sum()):,}",
                f"{roc_auc_score(spam, own):.3f}" if both else "",
                f"{f1:.3f}" if both else "",
                f"{(own[spam == 1] >= HOLD).mean():.1%}",
            ]
        )
    return found


def has_link(named: np.ndarray) -> np.ndarray:
    """Return which rows have a link."""
    found: np.ndarray = named[:, [FEATURES.index(name) for name in ("links", "cited")]].any(axis=1)
    return found


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    body = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in body)


@dataclass(frozen=True)
class Report:
    """Everything that was measured."""

    main: list[Measure]
    held: list[Measure]
    folds: list[list[str]]
    fresh: list[list[str]]
    sources: list[list[str]]

    def markdown(self) -> str:
        """Return the section of the page."""
        head = ["source", "rows", "spam", "AUC", "F1 at 0.5", "spam held at 0.8"]
        return f"""## Spam

The shipped `linear-2`, by `python -m training.spam`.
What it is trained on is scored by five fits that each leave a fold out; rows with the same text, of the same video or
of the same post are in the same fold.

{table(["measure", "rows", "value"], [[one.name, f"{one.rows:,}", one.value] for one in self.main])}

Ordinary comments that are held by mistake (score of at least {HOLD}), from rows, posts and sites never trained on:

{table(["source", "comments", "held"], [[one.name, f"{one.rows:,}", one.value] for one in self.held])}

Out of fold, by source (`disguised` is spam of the other sources, rewritten by rule):

{table(head, self.folds)}

Sources that nothing was trained on; they state no licence and so only measure:

{table(head, self.fresh)}

A fit without any row of a source, measured on it:

{table(head[:4], self.sources)}
"""
