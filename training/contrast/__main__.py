"""Write how the shipped model does on the contrast suite into `docs/accuracy.md`: `python -m training.contrast`."""

import argparse
from pathlib import Path

import pandas as pd

from training.contrast import cases, contrast_section
from training.evaluation.bench import score
from training.report import write_section
from workers.scoring import toxicity


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="compact-3")
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--page", type=Path, default=Path("docs/accuracy.md"))
    args = parser.parse_args()
    scorer = toxicity.load(args.model, "onnx", Path("data"))
    texts = pd.Series([case.text for case in cases()])
    scores = score(scorer, texts, "contrast")[:, scorer.attributes.index("toxicity")]
    section = contrast_section(scores.tolist(), args.threshold)
    write_section(args.page, "contrast", section)
    print(section)


if __name__ == "__main__":
    main()
