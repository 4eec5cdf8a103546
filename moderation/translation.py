"""Translates a threshold on Perspective's scores into one on ours that holds as many comments.

The table was made by `training/perspective_thresholds.py`, of 2,000 Wikipedia comments that Perspective scored in 2018
(conversationai/perspectiveapi, Apache-2.0). It is true for the models that it names, on comments like those.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("perspective_thresholds.json")
FEW = 20
"""Comments above a threshold, below which its translation says little."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A threshold of Perspective's and ours, with what is known of how alike they are."""

    name: str
    """Perspective's attribute."""
    attribute: str
    perspective: float
    ours: float
    low: float
    high: float
    """The 95 % interval of `ours`, from resampled comments."""
    held: int
    """Comments of the data that Perspective's threshold holds, and ours too."""
    of: int
    both: float
    """The share of them that both hold."""
    correlation: float
    """Between the ranks of both scores (Spearman), for the attribute."""

    @property
    def is_guess(self) -> bool:
        """Whether so few comments are above it that it says little."""
        return self.held < FEW


class NotTranslatedError(ValueError):
    """There is no translation; the message says which there are."""


@cache
def table() -> Mapping[str, Any]:
    """Return the table as it was written."""
    document: Mapping[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document


def names(document: Mapping[str, Any]) -> Sequence[str]:
    """Return the attributes of Perspective's that can be translated."""
    return sorted(document["attributes"])


def translate(document: Mapping[str, Any], name: str, threshold: float) -> Translation:
    """Return what is ours of a threshold, at the two digits that Perspective's scores of the data have.

    Raises:
        NotTranslatedError: the attribute is not in the data, or nothing or all of it is above the threshold.
    """
    base = name.partition("@")[0].removesuffix("_EXPERIMENTAL").upper()
    found = document["attributes"].get(base)
    if found is None:
        raise NotTranslatedError(f"There is no translation for {name}; there is for {', '.join(names(document))}")
    points = found["points"]
    point = points.get(f"{threshold:.2f}")
    if point is None:
        raise NotTranslatedError(
            f"{name}: no comment of the data tells what {threshold:.2f} is; "
            f"translations go from {min(points)} to {max(points)}"
        )
    ours, low, high, held, both = point
    return Translation(
        base, found["attribute"], threshold, ours, low, high, held, document["rows"], both, found["correlation"]
    )
