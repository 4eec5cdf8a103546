"""Train, calibrate and measure the linear spam scorer; write its weights, its card and its part of docs/accuracy.md.

Logistic regression on hashed words and characters and on named features, sources balanced by weight,
calibrated on scores that each row got from a fit without it. The mean of two fits: one on all sources, one on those
that are closest to comments under a page. About twenty minutes on one core.

    python -m training.spam --data ../shared/data
"""

import argparse
import itertools
import warnings
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from tqdm import tqdm

from training import spam_eval as eval_
from training.report import write_section
from training.spam_card import ByHand, save
from training.spam_data import FOLDS, prepare
from training.spam_model import Features, Linear, extract, fit, platt, row_weights
from workers.scoring.spam import FOLDER
from workers.scoring.spam_features import AUTHOR_FEATURES, FEATURES, MOST, read
from workers.scoring.spam_ngrams import CITED_WORD, LINK_WORD, WORD, fold, word_places, words_of

SHARES = {
    ("youtube-spam", 0): 12, ("youtube-spam", 1): 12, ("sms-spam", 0): 8, ("sms-spam", 1): 8,
    ("tg-spam", 0): 0.7, ("tg-spam", 1): 0.7, ("ru-telegram", 0): 2, ("ru-telegram", 1): 2,
    ("blog-spam", 1): 0.5, ("spamassassin", 0): 1, ("spamassassin", 1): 1, ("disguised", 1): 2,
    ("blog-comments", 0): 4, ("jigsaw", 0): 2, ("civil-comments", 0): 2, ("reddit", 0): 1, ("tweets", 0): 1,
    ("tweets-de", 0): 0.5, ("tweets-pt", 0): 0.5, ("forum-zh", 0): 0.5, ("linked", 0): 1,
}  # fmt: skip
"""How much each source and class weighs: most for what is closest to comments under a page, little for e-mail."""
LINKED_HAM = 5
"""How much more a ham row with a link weighs: such rows are rare in the sets, common under pages, and easily lost."""
CLOSE = frozenset({
    "youtube-spam", "sms-spam", "tg-spam", "ru-telegram", "blog-spam", "blog-comments", "disguised", "linked",
})  # fmt: skip
"""Sources of the second fit: comments and messages, and what keeps ordinary links where they should be."""
STRENGTH, CLOSE_STRENGTH = 5.0, 10.0
ALL_SHARE = 0.5
"""Of the first fit in the mean; less of it loses e-mail, more of it videos and SMS."""
SPAM_RATE = 1 / 3
"""Spam among the comments that the probability is calibrated for: what public groups see without other filters."""
HAND_SET = {"author_url": 0.3, "author_name_link": 2.0, "author_name_keyword": 1.5, "honeypot": 5.0, "too_fast": 1.5}
"""Log-odds of what no training set has: small, but for the hidden field, which only programs fill in."""
LEFT_OUT = ("youtube-spam", "sms-spam", "tg-spam", "ru-telegram", "spamassassin")
AT_LEAST = {"shorteners": 1.0, "handles": 1.0, "emails": 0.5, "stylised": 2.5}
"""The least log-odds of what spammers do and the sets hardly have, or have in ham as often."""
LINKS = {LINK_WORD.strip(), CITED_WORD.strip()}
TELLING_ROWS, TELLING_SOURCES, TELLING_TERMS, TELLING_RATIO = 8, 2, 800, 4.0
"""A term may be named in an explanation if so many spam rows of so many sources have it, and it is so many times as
common in spam as in ham; the heaviest are kept."""


def without(rows: pd.DataFrame, features: Features, mask: np.ndarray) -> Linear:
    """Return the mean of the two fits on the rows to train on that are not in `mask`."""
    trained = rows["trained"].to_numpy() & ~mask
    everything = _fit(rows, features, trained, STRENGTH)
    close = _fit(rows, features, trained & rows["source"].isin(CLOSE).to_numpy(), CLOSE_STRENGTH)
    return everything.mixed(close, ALL_SHARE)


def _fit(rows: pd.DataFrame, features: Features, mask: np.ndarray, inverse_strength: float) -> Linear:
    chosen = np.flatnonzero(mask)
    part, own = rows.iloc[chosen], features.pick(chosen)
    spam = part["spam"].to_numpy()
    weights = row_weights(part, SHARES) * np.where((spam == 0) & eval_.has_link(own.named), LINKED_HAM, 1)
    return fit(own, spam, weights, inverse_strength)


def out_of_fold(rows: pd.DataFrame, features: Features) -> np.ndarray:
    """Return for each row the log-odds from the fit without its fold."""
    odds = np.zeros(len(rows))
    for number in tqdm(range(FOLDS), desc="folds", unit="fit"):
        mask = (rows["fold"] == number).to_numpy()
        odds[mask] = without(rows, features, mask).odds(features.pick(mask))
    return odds


def out_of_source(rows: pd.DataFrame, features: Features) -> list[list[str]]:
    """Return what a fit without any row of a source reaches on it."""
    found = []
    for source in tqdm(LEFT_OUT, desc="sources", unit="fit"):
        mask = (rows["source"] == source).to_numpy()
        own = without(rows, features, mask | (rows["source"] == "disguised").to_numpy()).odds(features.pick(mask))
        (line,) = eval_.separated(rows[mask], own, [source])
        found.append(line[:4])
    return found


def calibration(rows: pd.DataFrame, odds: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept for `SPAM_RATE`, every source weighing as in training."""
    trained = rows["trained"].to_numpy()
    spam = sum(share for (_, label), share in SHARES.items() if label)
    ham = sum(share for (_, label), share in SHARES.items() if not label)
    shares = {key: share * (SPAM_RATE / spam if key[1] else (1 - SPAM_RATE) / ham) for key, share in SHARES.items()}
    part = rows[trained]
    return platt(odds[trained], part["spam"].to_numpy(), row_weights(part, shares))


def telling(rows: pd.DataFrame, features: Features, model: Linear) -> list[str]:
    """Return the words and pairs of words that an explanation may name."""
    count: Counter[str] = Counter()
    sources = defaultdict(set)
    trained = rows["trained"].to_numpy()
    own = rows[trained & (rows["spam"] == 1) & (rows["source"] != "disguised")]
    for text, source in zip(own["text"], own["source"], strict=True):
        words = words_of(fold(*read(text)))
        for term in {*words, *(" ".join(pair) for pair in itertools.pairwise(words))}:
            count[term] += 1
            sources[term].add(source)
    part, places = rows[trained], features.words[np.flatnonzero(trained)]
    spam, weights = part["spam"].to_numpy(), row_weights(part, SHARES)
    in_spam, in_ham = (np.asarray(places.T @ (weights * mask)).ravel() / (weights @ mask) for mask in (spam, 1 - spam))
    heavy = {}
    for term, rows_with in count.items():
        place = word_places(WORD.findall(term))[-1]
        common = rows_with >= TELLING_ROWS and len(sources[term]) >= TELLING_SOURCES
        word = len(term) > 2 and not any(map(str.isdigit, term)) and not LINKS & {*term.split()}
        if common and word and model.words[place] > 0 and in_spam[place] >= TELLING_RATIO * in_ham[place]:
            heavy[term] = float(model.words[place])
    return sorted(sorted(heavy, key=heavy.__getitem__)[-TELLING_TERMS:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--page", type=Path, default=Path("docs/accuracy.md"))
    args = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)  # the number of passes is chosen, and measured with

    rows, measured = prepare(args.data)
    features, unseen = extract(rows["text"], "training rows"), extract(measured["text"], "measuring rows", MOST)
    odds = out_of_fold(rows, features)
    slope, intercept = calibration(rows, odds)
    model = without(rows, features, np.zeros(len(rows), dtype=bool)).calibrated(slope, intercept)
    for name in AUTHOR_FEATURES:
        model.named[FEATURES.index(name)] = HAND_SET[name]
    for name, least in AT_LEAST.items():
        model.named[FEATURES.index(name)] = max(model.named[FEATURES.index(name)], least)

    scores, fresh = (1 / (1 + np.exp(-found)) for found in (odds * slope + intercept, model.odds(unseen)))
    report = eval_.Report(
        main=[*eval_.tubespam(rows, scores), eval_.sms(rows, odds)],
        held=eval_.held(measured, fresh, eval_.has_link(unseen.named)),
        folds=eval_.separated(rows, scores, eval_.SPAM_SOURCES),
        fresh=eval_.separated(measured, fresh, eval_.NEVER_TRAINED),
        sources=out_of_source(rows, features),
    )
    by_hand = ByHand(set_to=HAND_SET, at_least=AT_LEAST, spam_rate=SPAM_RATE)
    save(args.out, model, telling(rows, features, model), rows[rows["trained"]], report, by_hand)
    write_section(args.page, "spam", report.markdown())
    print(report.markdown())


if __name__ == "__main__":
    main()
