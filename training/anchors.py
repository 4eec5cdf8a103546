"""Make the anchors of learning: vectors of examples, scored by the shipped models (see `workers/learning/anchors.py`).

    python -m training.anchors --data ../shared/data

Made again whenever a shipped model or the vectors change. Sources and numbers are in the card.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

from moderation.model import ATTRIBUTES
from moderation.settings import Settings
from training import spam_data
from training.data import measuring_keys
from workers.learning.anchors import FILE, FOLDER
from workers.learning.serve import embedding_of, made_for, odds_of
from workers.learning.vectors import vectors
from workers.scoring import Scorers
from workers.scoring.catalogue import CARD
from workers.scoring.text import Text

NAME, SEED = "anchors-1", 17
SPAM = {"tg-spam": 60, "ru-telegram": 40, "youtube-spam": 60, "sms-spam": 30, "blog-spam": 30}
HAM = {"blog-comments": 60, "reddit": 40, "youtube-spam": 30, "tg-spam": 20}
TOXIC, CLEAN = 120, 120
"""Rows of Jigsaw, whose labels also say what kind of toxic they are; none of them is spam."""
JIGSAW = {
    "toxic": "toxicity", "severe_toxic": "severe_toxicity", "obscene": "obscene", "threat": "threat",
    "insult": "insult", "identity_hate": "identity_attack",
}  # fmt: skip
LONGEST = 1000


def examples(data: Path) -> pd.DataFrame:
    """Return texts with a column for each of `ATTRIBUTES`: 1, 0 or nan for unknown."""
    pool = spam_data.trainable(data)
    pool = pool[~pool["text"].map(spam_data.key_of).isin(measuring_keys(data))].drop_duplicates("text")
    parts = []
    for spam, wanted in ((1, SPAM), (0, HAM)):
        for source, number in wanted.items():
            rows = pool[(pool["source"] == source) & (pool["spam"] == spam)]
            rows = rows.sample(min(number, len(rows)), random_state=SEED)
            parts.append(pd.DataFrame({"text": rows["text"], "spam": spam, "source": source}))
    raw = pd.read_csv(data / "jigsaw/train_natural.csv.gz").rename(columns={"comment_text": "text", **JIGSAW})
    for toxic, number in ((1, TOXIC), (0, CLEAN)):
        rows = raw[raw["toxicity"] == toxic].sample(number, random_state=SEED)
        parts.append(rows[["text", *JIGSAW.values()]].assign(spam=0, source="jigsaw"))
    found = pd.concat(parts, ignore_index=True).reindex(columns=["text", "source", *ATTRIBUTES])
    return found.assign(text=found["text"].str[:LONGEST])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=FOLDER)
    args = parser.parse_args()
    rows = examples(args.data)
    scorers = Scorers.load(Settings())
    scored = scorers.score([Text(text, "en") for text in rows["text"]])
    odds = [
        [np.nan if (score := one.scores.get(name)) is None else odds_of(score) for name in ATTRIBUTES] for one in scored
    ]
    seen = vectors(rows["text"].tolist(), [embedding_of(one) for one in scored])
    args.out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        args.out / FILE,
        vectors=seen.astype(np.float16),
        has=rows[list(ATTRIBUTES)].to_numpy(dtype=np.float16),
        odds=np.array(odds, dtype=np.float32),
    )
    card = {
        "name": NAME,
        "sha256": hashlib.sha256((args.out / FILE).read_bytes()).hexdigest(),
        "made_for": made_for(scorers.models),
        "examples": len(rows),
        "sources": rows["source"].value_counts().to_dict(),
        "with": {name: int((rows[name] == 1).sum()) for name in ATTRIBUTES},
    }
    (args.out / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(card, indent=2))


if __name__ == "__main__":
    main()
