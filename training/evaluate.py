"""Measure the shipped toxicity model on held-out comments, as it is served: int8, windows, normalisation and all.

    python -m training.evaluate --data ../shared/data

Writes the figures and plots into `docs/accuracy.md` and beside it, and the figures into the model's card and README.
Ends with status 1 if a figure is below what it must reach. With `--speed` the time alone is measured again, for which
the machine must have nothing else to do.
"""

import argparse
import re
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
    parser.add_argument("--speed", action="store_true", help="measure the time again, and leave the rest as it is")
    args = parser.parse_args()
    scorer = toxicity.load(str(args.model), "onnx", Path("data"))
    if args.speed:
        renew(args.page, args.model, serving.speed(Bench(scorer, args.data, args.page.parent), args.model))
        return
    parts = measure(Bench(scorer, args.data, args.page.parent), args.model)
    figures = [figure for part in parts for figure in part.figures]
    write_section(args.page, "toxicity", section(scorer, parts))
    document = card.read(args.model)
    document["figures"] = [one.document() for one in figures if one.low is not None]
    card.write(args.model, document)
    print(table(figures))
    if missed := [one.measure for one in figures if not one.reached]:
        sys.exit(f"Below what must be reached: {'; '.join(missed)}")


def renew(page: Path, model: Path, part: Part) -> None:
    """Put a part's figures and text in the place of those that the page and the model's card have of it."""
    text, document = page.read_text(encoding="utf-8"), card.read(model)
    for figure, row in zip(part.figures, table(part.figures).splitlines()[2:], strict=True):
        text = re.sub(rf"^\| {re.escape(figure.measure)} \|.*$", lambda _, row=row: row, text, flags=re.MULTILINE)
        document["figures"] = [
            figure.document() if one["measure"] == figure.measure else one for one in document["figures"]
        ]
    heading = part.text.splitlines()[0]
    text = re.sub(rf"^{heading}\n.*?(?=^### )", lambda _: f"{part.text}\n", text, flags=re.MULTILINE | re.DOTALL)
    page.write_text(text, encoding="utf-8")
    card.write(model, document)
    print(table(part.figures))


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
