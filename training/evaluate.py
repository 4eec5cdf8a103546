"""Measure the shipped toxicity model on held-out comments, as it is served: int8, windows, normalisation and all.

    python -m training.evaluate --data ../shared/data

Writes the figures and plots into `docs/accuracy.md` and beside it, and the figures into the model's card and README.
Ends with status 1 if a figure is below what it must reach.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from training import card
from training.evaluation import accuracy, bias, calibration, clean, elsewhere, robustness, serving, spans
from training.evaluation.bench import Bench, Part, score
from training.measures import RESAMPLES, table
from training.report import write_section
from workers.scoring import toxicity
from workers.scoring.toxicity import ToxicityScorer

__all__ = ["main", "score"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--model", type=Path, default=Path("workers/scoring/models/compact-3"))
    parser.add_argument("--page", type=Path, default=Path("docs/accuracy.md"))
    args = parser.parse_args()
    scorer = toxicity.load(str(args.model), "onnx", Path("data"))
    parts = measure(Bench(scorer, args.data, args.page.parent), args.model)
    figures = [figure for part in parts for figure in part.figures]
    write_section(args.page, "toxicity", section(scorer, parts))
    document = card.read(args.model)
    document["figures"] = [one.document() for one in figures if one.low is not None]
    card.write(args.model, document)
    print(table(figures))
    if missed := [one.measure for one in figures if not one.reached]:
        sys.exit(f"Below what must be reached: {'; '.join(missed)}")


def measure(bench: Bench, folder: Path) -> list[Part]:
    """Return the parts of the page in their order; `folder` holds the model."""
    return [
        accuracy.measure(bench),
        spans.measure(bench),
        calibration.measure(bench),
        robustness.measure(bench),
        clean.measure(bench),
        bias.measure(bench),
        serving.int8(folder),
        serving.speed(bench, folder),
        elsewhere.measure(bench),
    ]


def section(scorer: ToxicityScorer, parts: Sequence[Part]) -> str:
    """Return the Markdown of the page's section on toxicity."""
    texts = "\n".join(part.text for part in parts)
    return f"""## Toxicity

`{scorer.name}`, the int8 file as it is served by ONNX Runtime: every comment whole, long ones in windows.
Languages: {", ".join(sorted(scorer.languages))}.

{table([figure for part in parts for figure in part.figures])}

Intervals are from {RESAMPLES} bootstrap resamples of the rows; those of time are of its rounds.
For comparison: Detoxify `original` (BERT, 110M parameters) states a mean AUC of 0.9864 on the whole Jigsaw test set.

{texts}"""


if __name__ == "__main__":
    main()
