"""What disguise costs: toxic comments with their bad words hidden, at the threshold that fits undisguised ones."""

from dataclasses import replace
from random import Random

import numpy as np
import pandas as pd

from training import plots
from training.evaluation.bench import Bench, Part
from training.measures import Figure, auc, figure, interval, table
from training.obfuscate import KINDS, STRENGTHS, obfuscate

SEED = 37
ROWS = 400
FLOOR, AIM = 6.0, 3.0
PLOT = "accuracy-robustness.png"
DESCRIPTIONS = {
    "leet": "digits and signs for letters",
    "homoglyphs": "letters of other scripts that look the same",
    "spacing": "spaces, points, lines between letters",
    "repeats": "letters several times in a row",
    "invisible": "characters without width between letters",
    "deletions": "vowels left out",
    "swaps": "neighbouring letters changed places",
    "distractors": "1, 3 or 6 kind sentences around the comment",
}


def measure(bench: Bench) -> Part:
    """Return the mean loss of recall over eight kinds and three strengths of disguise."""
    toxic = bench.binary.labels == 1
    chosen = np.random.default_rng(SEED).choice(np.flatnonzero(toxic), ROWS, replace=False)
    clean = bench.column(bench.binary, "toxicity")[chosen] > bench.threshold
    bad = bad_words(bench)
    copies = {
        (kind, strength): [
            obfuscate(text, kind, strength, bad, Random(f"{SEED} {kind} {strength} {row}"))
            for row, text in zip(chosen, bench.binary.texts.iloc[chosen], strict=True)
        ]
        for kind in KINDS
        for strength in STRENGTHS
    }
    every = pd.Series([text for texts in copies.values() for text in texts])
    caught = (bench.toxicity(every, "disguised") > bench.threshold).reshape(len(copies), ROWS).T
    drop = figure(
        "recall lost to disguise, Jigsaw test at half toxic, mean of 8 kinds at 3 strengths",
        lost,
        clean,
        caught,
        FLOOR,
        AIM,
        unit="points",
        less_is_better=True,
    )
    drops = {key: (lost(clean, caught[:, i]), *interval(lost, clean, caught[:, i])) for i, key in enumerate(copies)}
    plots.bars(bench.plots / PLOT, drops, KINDS, STRENGTHS, {"floor": FLOOR, "aim": AIM})
    return Part([replace(drop, positives=ROWS)], _text(bench, clean, drops))


def lost(clean: np.ndarray, caught: np.ndarray) -> float:
    """Return the recall lost in percentage points, from which clean rows and which copies (columns) are caught."""
    return float(100 * (clean.mean() - caught.mean()))


def bad_words(bench: Bench) -> set[str]:
    """Return the single words of the profanity lists, in lower case."""
    surge = bench.read("wordlists/surge_profanity_en.csv.gz")["text"]
    ldnoobw = bench.read("wordlists/ldnoobw.csv").query("lang == 'en'")["term"]
    return {word.lower() for word in map(str, [*surge, *ldnoobw]) if word.isascii() and word.isalpha()}


def _text(bench: Bench, clean: np.ndarray, drops: dict) -> str:
    rows = [
        f"| {kind}: {DESCRIPTIONS[kind]} | "
        + " | ".join("{:.1f} ({:.1f} to {:.1f})".format(*drops[kind, strength]) for strength in STRENGTHS)
        + " |"
        for kind in KINDS
    ]
    low, high = interval(np.mean, clean)
    return f"""### Disguise

{ROWS} toxic comments of the Jigsaw test at half toxic, each disguised in eight ways at three strengths: 1 changes one
place of each hidden word, 2 about half of what can be changed, 3 all of it.
Hidden are the words that stand in two public lists of profanity; where there is none, up to three of the longer words.
The threshold is {bench.threshold:.3f} throughout, which 1 % of harmless undisguised comments are above.
At it, {clean.mean():.1%} ({low:.1%} to {high:.1%}) of the undisguised copies are found.

Points of recall lost, with 95 % intervals:

| kind | strength 1 | strength 2 | strength 3 |
|---|---|---|---|
{chr(10).join(rows)}

![Points of recall lost, one group of three bars for each kind of disguise]({PLOT})

Disguised by others, for comparison: tweets of OLID's test set at rising strength (NLP-Camouflage), and sentences in
seven patterns (sebtosca):

{table(_by_others(bench))}
"""


def _by_others(bench: Bench) -> list[Figure]:
    tweets = bench.read("obfuscation/olid_test_leet_levels.csv.gz")
    offensive = (tweets["label"] == "OFF").to_numpy()
    levels = [name for name in tweets.columns if name != "label"]
    sentences = bench.read("obfuscation/sebtosca_obfuscation_patterns.csv")
    toxic, pattern = sentences["is_toxic"].to_numpy(), sentences["pattern"].to_numpy()
    scores = bench.toxicity(sentences["text"], "patterns")
    return [
        *(figure(f"AUC, OLID, {name}", auc, offensive, bench.toxicity(tweets[name], name)) for name in levels),
        *(
            figure(f"AUC, sentences, {name}", auc, toxic[pattern == name], scores[pattern == name])
            for name in dict.fromkeys(pattern)
        ),
    ]
