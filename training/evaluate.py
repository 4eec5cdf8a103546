"""Measure the shipped toxicity model on held-out comments, as it is served: int8, windows, truncation and all.

    python -m training.evaluate --data ../shared/data

Writes the figures into `docs/accuracy.md` and into the model's card and README.
Ends with status 1 if a figure is below what it must reach.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from training import card
from training.data import LABELS, jigsaw_test_binary, jigsaw_test_six
from training.measures import Figure, auc, figure, mean_auc, recall_at_one_percent, table
from training.report import write_section
from workers.scoring import toxicity
from workers.scoring.toxicity import ToxicityScorer

CHUNK = 64
MEAN_FLOOR, BINARY_FLOOR = 0.965, 0.968


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--model", type=Path, default=Path("workers/scoring/models/compact-1"))
    parser.add_argument("--page", type=Path, default=Path("docs/accuracy.md"))
    args = parser.parse_args()
    scorer = toxicity.load(str(args.model), "onnx", Path("data"))
    figures = measure(scorer, args.data)
    write_section(args.page, "toxicity", section(scorer, figures))
    document = card.read(args.model)
    document["figures"] = [one.document() for one in figures]
    card.write(args.model, document)
    print(table(figures))
    if missed := [one.measure for one in figures if not one.reached]:
        sys.exit(f"Below what must be reached: {', '.join(missed)}")


def measure(scorer: ToxicityScorer, data: Path) -> list[Figure]:
    """Return all figures of the model; scoring some 10,700 comments takes about two minutes."""
    six, binary = jigsaw_test_six(data), jigsaw_test_binary(data)
    youtube = pd.read_csv(data / "youtoxic/youtoxic_english_1000.csv.gz")
    labels = six[list(LABELS)].to_numpy(dtype=float)
    scores = score(scorer, six["comment_text"], "six labels")
    natural = (six["natural"] == 1).to_numpy()
    toxic = scores[:, 0]
    return [
        figure("mean AUC of six labels, Jigsaw test", mean_auc, labels, scores, MEAN_FLOOR),
        *(
            figure(f"AUC {name}, Jigsaw test", auc, labels[:, i], scores[:, i])
            for i, name in enumerate(scorer.attributes)
        ),
        figure(
            "AUC toxicity, Jigsaw test at half toxic",
            auc,
            binary["toxic"].to_numpy(dtype=float),
            score(scorer, binary["comment_text"], "half toxic")[:, 0],
            BINARY_FLOOR,
        ),
        figure(
            "recall of toxicity at 1 % false positives, Jigsaw test at natural rate",
            recall_at_one_percent,
            labels[natural, 0],
            toxic[natural],
        ),
        figure(
            "AUC toxicity, YouTube comments (youtoxic)",
            auc,
            youtube["IsToxic"].to_numpy(dtype=float),
            score(scorer, youtube["Text"], "YouTube")[:, 0],
        ),
    ]


def score(scorer: ToxicityScorer, texts: pd.Series, what: str) -> np.ndarray:
    """Return scores, one row a text, one column an attribute in the scorer's order."""
    rows: list[list[float]] = []
    with tqdm(total=len(texts), unit="comment", desc=what) as bar:
        for start in range(0, len(texts), CHUNK):
            chunk = texts.iloc[start : start + CHUNK].astype(str).tolist()
            rows.extend([list(found.values()) for found in scorer.score(chunk)])
            bar.update(len(chunk))
    return np.array(rows)


def section(scorer: ToxicityScorer, figures: list[Figure]) -> str:
    """Return the Markdown of the page's section on toxicity."""
    return f"""## Toxicity

`{scorer.name}`, the int8 file as it is served by ONNX Runtime: every comment whole, long ones in windows.
Languages: {", ".join(sorted(scorer.languages))}.

{table(figures)}

What the sets are:

- **Jigsaw test**: English Wikipedia talk pages, from the test set of the Toxic Comment Classification Challenge.
  The model learnt from none of these texts.
  Threat and severe toxicity have few positives, so their intervals are wide.
- **at half toxic**: another part of that test set, with as many toxic comments as others.
- **at natural rate**: the rows of the first that were drawn as they come.
  The recall is the share of toxic comments above the score that 1 % of the others are above.
- **youtoxic**: 1,000 YouTube comments, another place than the model learnt from.

Intervals are from 500 bootstrap resamples of the rows.
For comparison: Detoxify `original` (BERT, 110M parameters) states a mean AUC of 0.9864 on the whole Jigsaw test set.
"""


if __name__ == "__main__":
    main()
