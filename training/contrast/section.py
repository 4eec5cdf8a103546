"""The table of the contrast suite: how a model does on each group and on all."""

from collections.abc import Sequence

import numpy as np

from training.contrast.suite import GROUPS, cases
from training.measures import auc


def contrast_section(scores: Sequence[float], threshold: float) -> str:
    """Return the Markdown for the scores of `cases()`, in their order; a score of at least `threshold` says toxic."""
    suite = cases()
    values = np.asarray(scores, dtype=float)
    group_of = np.array([case.group for case in suite])
    toxic = np.array([case.toxic for case in suite])
    right = (values >= threshold) == toxic
    accuracies: list[float] = []
    rows: list[str] = []
    for name, group in GROUPS.items():
        mine = group_of == name
        compared = mine | (toxic != group.toxic)
        accuracies.append(right[mine].mean())
        rows.append(
            f"| {name} | {'yes' if group.toxic else 'no'} | {mine.sum()} | {right[mine].mean():.1%} | "
            f"{values[mine].mean():.3f} | {auc(toxic[compared], values[compared]):.3f} | {group.tests} |"
        )
    return "\n".join(
        [
            "## Contrast suite",
            "",
            f"{len(suite)} comments in {len(GROUPS)} groups, {toxic.sum()} of them toxic.",
            "They are filled from templates that no training sees (`training/contrast/`), and were read one by one.",
            "Many have a partner of the other label that uses the same words, so that counting words does not help.",
            f"Right means: a toxic comment scores at least {threshold:g}, another one less.",
            "The AUC of a group is against all groups of the other label.",
            "",
            "| over all cases | value |",
            "|---|---|",
            f"| AUC | **{auc(toxic, values):.3f}** |",
            f"| right at {threshold:g} | **{right.mean():.1%}** |",
            f"| mean over groups of right at {threshold:g} | **{np.mean(accuracies):.1%}** |",
            "",
            "| group | toxic | cases | right | mean score | AUC | what it tests |",
            "|---|---|---|---|---|---|---|",
            *rows,
        ]
    )
