"""Write the spam model: weights, the card that serving reads, and the README made from it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.spam_eval import Report, table
from training.spam_model import Linear
from workers.scoring.catalogue import CARD
from workers.scoring.spam import WEIGHTS, SpamScorer
from workers.scoring.spam_features import FEATURES
from workers.scoring.text import Text

NAME, VERSION = "linear-2", "2"
LICENCES = {
    "youtube-spam": "UCI collection; where it was taken, none stated", "sms-spam": "the same", "tg-spam": "MIT",
    "ru-telegram": "MIT", "blog-spam": "MIT", "spamassassin": "PDDL 1.0", "blog-comments": "MIT (two sites)",
    "jigsaw": "CC0 labels, CC BY-SA 3.0 texts", "civil-comments": "CC0", "tweets": "MIT", "reddit": "MIT",
    "tweets-de": "CC BY 4.0", "tweets-pt": "CC BY-SA 4.0", "forum-zh": "Apache-2.0",
    "linked": "those of jigsaw and civil-comments: further rows of theirs with links",
    "disguised": "rows of the other sources, rewritten by training/spam_disguise.py",
}  # fmt: skip
WHY = (
    "Sources that state no licence only measure: two of the four blogs, datacamp, the two sets of Indonesian gambling "
    "spam and the templates of comment spam. The two UCI collections are the exception: they are the field's own "
    "training sets. No text is contained in the model, only hashed weights and the terms that explanations may name."
)
GOLDEN = (
    "Thank you for the article, I had not thought of it that way.",
    "Check out my channel!! Subscribe and win a FREE iPhone http://bit.ly/win",
    "Earn $5000 a week from home, write me on WhatsApp +1 555 010 9999",
    "The second chapter contradicts the first: see https://example.org/chapter-2 for the numbers.",
    "Зарабoтай на криптe 500$ в день, пиши в личку @money_bot",
    "Да, я тоже так думаю. Спасибо за ответ!",
    "𝗙𝗿𝗲𝗲 𝗯𝗼𝗻𝘂𝘀 at c a s i n o today, cl\u200bick www.example.com",
    "lol 😂😂 so true",
    "Please like my new song and share it, the story behind it is on https://en.wikipedia.org/wiki/Song",
    "",
)
"""Written for this: they take every way through the reading of a text."""


@dataclass(frozen=True)
class ByHand:
    """What is decided and not learnt: weights of features, least weights of others, and the rate calibrated for."""

    set_to: Mapping[str, float]
    at_least: Mapping[str, float]
    spam_rate: float


def save(
    folder: Path,
    model: Linear,
    telling: Sequence[str],
    trained: pd.DataFrame,
    report: Report,
    by_hand: ByHand,
) -> None:
    """Write the model into `folder`; the scorer that it becomes gives the golden scores."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        folder / WEIGHTS,
        words=model.words.astype(np.float16),
        characters=model.characters.astype(np.float16),
        features=model.named.astype(np.float32),
        intercept=np.float32(model.intercept),
        telling=np.array(telling),
    )
    card: dict[str, Any] = {
        "name": NAME,
        "version": VERSION,
        "licence": "Apache-2.0",
        "bytes": (folder / WEIGHTS).stat().st_size,
        "sha256": hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest(),
        "features": list(FEATURES),
        "feature_weights": {name: round(float(model.named[i]), 3) for i, name in enumerate(FEATURES)},
        "hand_set": dict(by_hand.set_to),
        "at_least": dict(by_hand.at_least),
        "spam_rate": round(by_hand.spam_rate, 4),
        "sources": [
            {"source": str(name), "rows": len(part), "spam": int(part["spam"].sum()), "licence": LICENCES[str(name)]}
            for name, part in trained.groupby("source")
        ],
        "why_these_sources": WHY,
        "figures": [asdict(one) for one in (*report.main, *report.held)],
        "golden": [],
    }
    _write(folder, card)
    scores = SpamScorer.load(folder).score([Text(text) for text in GOLDEN])
    card["golden"] = [{"text": text, "score": round(score, 5)} for text, (score, _) in zip(GOLDEN, scores, strict=True)]
    _write(folder, card)
    (folder / "README.md").write_text(_readme(card), encoding="utf-8")


def _write(folder: Path, card: Mapping[str, Any]) -> None:
    (folder / CARD).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _readme(card: Mapping[str, Any]) -> str:
    sources = [[one["source"], f"{one['rows']:,}", f"{one['spam']:,}", one["licence"]] for one in card["sources"]]
    figures = [[one["name"], f"{one['rows']:,}", one["value"]] for one in card["figures"]]
    weights = sorted(card["feature_weights"].items(), key=lambda item: -item[1])
    features = [[f"`{name}`", f"{value:+.2f}"] for name, value in weights]
    by_hand, least = (
        ", ".join(f"`{name}` {value:+g}" for name, value in card[key].items()) for key in ("hand_set", "at_least")
    )
    return f"""# {card["name"]}

How likely a comment is spam: a linear model on hashed words (1 and 2), characters (3 to 5) and named features.
This page is written from `card.json` by `training/spam_card.py`.

| | |
|---|---|
| file | `weights.npz`, {card["bytes"] / 1e6:.1f} MB, SHA-256 `{card["sha256"]}` |
| licence | {card["licence"]} |
| languages | it learnt spam in English and Russian; ham also in German, Portuguese and Chinese |
| calibrated for | {card["spam_rate"]:.0%} spam among the comments scored |

## Made from

{table(["source", "rows", "spam", "licence"], sources)}

{card["why_these_sources"]}

## Measured

The last rows are the share of ordinary comments that are held at 0.8; `docs/accuracy.md` has more.

{table(["measure", "rows", "value"], figures)}

## What the named features weigh

Log-odds for each unit: a count n is taken as log2(1 + n) / 3, a share as it is.
A feature of spammers that the training rows would have speak for ham is left out: its weight is 0.

{table(["feature", "log-odds"], features)}

No training set knows the author or the form, so these are set by hand: {by_hand}.
The sets hardly have these, or have them in ham as often, so they weigh at least as much as a person gave them: {least}.

## What it is not for

It knows the spam of its sources: comments under videos, SMS, Telegram, e-mail.
Praise with a link behind the author's name, gambling spam in other languages and whatever is new look ordinary to it.
It holds for a person to decide; it is not exact enough to reject.
"""
