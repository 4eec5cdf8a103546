"""Make the table that `moderation thresholds --from perspective` reads, and its section of docs/accuracy.md.

    python -m training.perspective_thresholds --data ../shared/data

For each attribute and each threshold of Perspective's, ours is the score that as many of the comments reach.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from moderation.translation import FILE, translate
from training.evaluation.bench import score
from training.measures import INTERVAL, RESAMPLES, SEED, ranks
from training.report import write_section
from workers.scoring import spam, toxicity
from workers.scoring.text import Text

SET = "perspective-scores/wikipedia_2k_perspective_scores_2018.csv.gz"
COLUMNS = {
    "TOXICITY": ("TOXICITY@6", "toxicity"),
    "SEVERE_TOXICITY": ("SEVERE_TOXICITY@2", "severe_toxicity"),
    "IDENTITY_ATTACK": ("IDENTITY_ATTACK", "identity_attack"),
    "INSULT": ("INSULT", "insult"),
    "PROFANITY": ("PROFANITY", "obscene"),
    "OBSCENE": ("OBSCENE", "obscene"),
    "THREAT": ("THREAT", "threat"),
    "SEXUALLY_EXPLICIT": ("SEXUALLY_EXPLICIT", "sexual_explicit"),
    "SPAM": ("SPAM", "spam"),
}
"""For each attribute of Perspective's, its column in the set and the attribute of ours."""
GRID = [round(0.01 * step, 2) for step in range(5, 100)]
WHAT = (
    "the threshold of ours (`hold` in the policy) that holds as many of them, with its 95 % interval, and the share of "
    "what Perspective's threshold holds that ours holds too."
)
SHOWN = (0.5, 0.6, 0.7, 0.8, 0.9)


def same_rate(theirs: np.ndarray, ours: np.ndarray, threshold: float) -> float | None:
    """Return the score of ours that as many comments reach as reach `threshold` of theirs; None if none or all do."""
    held = int((theirs >= threshold).sum())
    return None if held in {0, len(theirs)} else float(np.sort(ours)[-held])


def points(theirs: np.ndarray, ours: np.ndarray) -> dict[str, list[float]]:
    """Return for each threshold ours, its interval, how many are held, and the share of them that both hold."""
    rng = np.random.default_rng(SEED)
    samples = rng.integers(0, len(theirs), (RESAMPLES, len(theirs)))
    found = {}
    for threshold in GRID:
        value = same_rate(theirs, ours, threshold)
        if value is None:
            continue
        again = [same_rate(theirs[rows], ours[rows], threshold) for rows in samples]
        low, high = np.percentile([one for one in again if one is not None], INTERVAL)
        held = theirs >= threshold
        both = float((ours[held] >= value).mean())
        found[f"{threshold:.2f}"] = [
            round(value, 4), round(min(low, value), 4), round(max(high, value), 4), int(held.sum()), round(both, 3),
        ]  # fmt: skip
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--model", type=Path, default=Path("workers/scoring/models/compact-3"))
    parser.add_argument("--page", type=Path, default=Path("docs/accuracy.md"))
    args = parser.parse_args()
    rows = pd.read_csv(args.data / SET)
    scorer, linear = toxicity.load(str(args.model), "onnx", Path("data")), spam.SpamScorer.load()
    scores = dict(zip(scorer.attributes, score(scorer, rows["comment_text"], "Perspective's comments").T, strict=True))
    scores["spam"] = np.array([one for one, _ in linear.score([Text(text) for text in rows["comment_text"]])])
    document: dict[str, Any] = {
        "models": {"toxicity": scorer.name.partition("@")[0], "spam": linear.name.partition("@")[0]},
        "rows": len(rows),
        "attributes": {},
    }
    for name, (column, attribute) in COLUMNS.items():
        theirs, ours = rows[column].to_numpy(dtype=float), scores[attribute].astype(float)
        correlation = float(np.corrcoef(ranks(theirs), ranks(ours))[0, 1])
        document["attributes"][name] = {
            "attribute": attribute, "correlation": round(correlation, 3), "points": points(theirs, ours)
        }  # fmt: skip
    FILE.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
    plot(document, args.page.parent / "accuracy-perspective.png")
    write_section(args.page, "perspective", section(document))


def section(document: dict[str, Any]) -> str:
    """Return the page's section as Markdown."""
    lines = [
        "## From Perspective's scores to ours",
        "",
        f"Of {document['rows']:,} Wikipedia comments that Perspective scored in 2018: {WHAT}",
        "`moderation thresholds --from perspective` translates any threshold.",
        "",
        f"| Perspective | ours | {' | '.join(f'{threshold:.1f}' for threshold in SHOWN)} | rank correlation |",
        f"|---|---|{'---|' * len(SHOWN)}---|",
    ]
    for name, found in document["attributes"].items():
        cells = []
        for threshold in SHOWN:
            if f"{threshold:.2f}" not in found["points"]:
                cells.append("–")
                continue
            one = translate(document, name, threshold)
            few = "*" if one.is_guess else ""
            cells.append(f"{one.ours:.3f} ({one.low:.3f} to {one.high:.3f}), {100 * one.both:.0f} %{few}")
        lines.append(f"| {name} | `{found['attribute']}` | {' | '.join(cells)} | {found['correlation']:.2f} |")
    lines += [
        "",
        "\\* Fewer than 20 of the comments are above it.",
        "",
        "![Thresholds of ours that hold as many comments as Perspective's](accuracy-perspective.png)",
    ]
    return "\n".join(lines)


def plot(document: dict[str, Any], path: Path) -> None:
    """Draw ours over Perspective's, with the interval as a band."""
    figure, axes = plt.subplots(3, 3, figsize=(9, 8), sharex=True, sharey=True, layout="constrained")
    for ax, (name, found) in zip(axes.flat, document["attributes"].items(), strict=True):
        x = [float(point) for point in found["points"]]
        values = np.array([one[:3] for one in found["points"].values()])
        ax.plot([0, 1], [0, 1], color="0.8", linewidth=1)
        ax.fill_between(x, values[:, 1], values[:, 2], alpha=0.25)
        ax.plot(x, values[:, 0])
        ax.set_title(f"{name} → {found['attribute']}", fontsize=9)
    figure.supxlabel("threshold on Perspective's score")
    figure.supylabel("threshold of ours that holds as many")
    figure.savefig(path, dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    main()
