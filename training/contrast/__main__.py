"""Print how the shipped toxicity model does on the contrast suite: `python -m training.contrast`."""

import argparse
from pathlib import Path

import pandas as pd

from training.contrast import cases, contrast_section
from training.evaluate import score
from workers.scoring import toxicity


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="compact-1")
    parser.add_argument("--threshold", type=float, default=0.5)
    args = parser.parse_args()
    scorer = toxicity.load(args.model, "onnx", Path("data"))
    texts = pd.Series([case.text for case in cases()])
    scores = score(scorer, texts, "contrast")[:, scorer.attributes.index("toxicity")]
    print(contrast_section(scores.tolist(), args.threshold))


if __name__ == "__main__":
    main()
