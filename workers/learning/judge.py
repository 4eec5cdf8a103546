"""Is a site's new model surely better than what is in force? Pure.

Compared on the labels of people: what is in force against the new model's cross-validated answers. The new one must
put more labels right than it puts wrong, by McNemar's exact test (one-sided). It may not contradict moderators more
often than before, whatever API keys said, nor hold ordinary comments, nor let through what the shipped models find.
"""

from dataclasses import dataclass
from math import comb
from typing import Any

import numpy as np
import numpy.typing as npt

SURE = 0.05
"""The largest probability that a model which is no better looks as good by chance."""
ORDINARY_HELD = 0.005
"""The largest share of ordinary comments that a model may newly hold; one may always be."""
ANCHORS_LOST = 0.05
"""The largest share of the shipped anchors with the attribute that a model may newly let through."""

Mask = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a model goes in force, why or why not, and the figures as JSON can hold them."""

    better: bool
    why: str
    evaluation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """What a model is judged on, a value for each text: `label`, `ordinary` and `anchor` say which kind it is."""

    has: Mask
    label: Mask
    person: Mask
    """Labels of moderators."""
    fresh: Mask
    """Labels that the model in force has not learnt from: only these compare fairly."""
    ordinary: Mask
    anchor: Mask
    before: Doubles
    """Log-odds of what is in force."""
    after: Doubles
    """Log-odds of the new model, of fits without the text."""


def judge(rows: Rows, threshold: float) -> Judged:
    """Return the verdict on a model for an attribute that is held from `threshold` (a probability)."""
    bound = float(np.log(threshold / (1 - threshold))) if threshold < 1 else np.inf
    held_before, held_after = rows.before >= bound, rows.after >= bound
    right_before, right_after = held_before == rows.has, held_after == rows.has
    fixed = int((rows.label & rows.fresh & right_after & ~right_before).sum())
    broken = int((rows.label & rows.fresh & right_before & ~right_after).sum())
    chance = by_chance(fixed, broken)
    by_people = [int((rows.person & rows.fresh & (held == rows.has)).sum()) for held in (held_before, held_after)]
    ordinary = int(rows.ordinary.sum())
    newly_held = int((rows.ordinary & held_after & ~held_before).sum())
    known = rows.anchor & rows.has & held_before
    lost = int((known & ~held_after).sum())
    evaluation = {
        "threshold": threshold,
        "compared": int((rows.label & rows.fresh).sum()),
        "fixed": fixed,
        "broken": broken,
        "chance": round(chance, 4),
        "before": _tally(rows, held_before),
        "after": _tally(rows, held_after),
        "ordinary": {"comments": ordinary, "newly_held": newly_held},
        "anchors": {"known": int(known.sum()), "lost": lost},
    }
    if fixed == broken == 0:
        return Judged(False, "it decides the labelled comments as before", evaluation)
    if chance > SURE:
        return Judged(False, f"not surely better: {fixed} put right, {broken} put wrong", evaluation)
    if by_people[1] < by_people[0]:
        return Judged(False, "it contradicts moderators more often than what is in force", evaluation)
    if newly_held > max(1, ORDINARY_HELD * ordinary):
        return Judged(False, f"it would hold {newly_held} of {ordinary} ordinary comments", evaluation)
    if lost > max(1, ANCHORS_LOST * known.sum()):
        return Judged(False, f"it would let through {lost} of {int(known.sum())} known examples", evaluation)
    return Judged(True, f"{fixed} put right, {broken} put wrong", evaluation)


def by_chance(fixed: int, broken: int) -> float:
    """Return how likely at least `fixed` of all that changed are put right if either is as likely as the other."""
    changed = fixed + broken
    ways: int = sum(comb(changed, number) for number in range(fixed, changed + 1))
    return ways / 2.0**changed


def _tally(rows: Rows, held: Mask) -> dict[str, int]:
    """Return of all labels how many the threshold puts right, misses and holds by mistake."""
    return {
        "right": int((rows.label & (held == rows.has)).sum()),
        "missed": int((rows.label & rows.has & ~held).sum()),
        "held_by_mistake": int((rows.label & ~rows.has & held).sum()),
    }
