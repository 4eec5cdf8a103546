"""Anchors: examples that ship with the models and keep a site's model from forgetting what those know.

A site that approves twenty wrongly held comments says nothing of spam; without examples of it, the least that fits
would be to hold less of everything. Only their vectors ship, not their texts; `training/anchors.py` makes them. They
hold for the shipped models alone: with other models nothing is learnt.
"""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from moderation.model import ATTRIBUTES
from workers.learning.vectors import WIDTH
from workers.scoring.catalogue import CARD, SHIPPED, ModelIntegrityError, read_checked

FOLDER = SHIPPED / "anchors-1"
FILE = "anchors.npz"


class AnchorCard(BaseModel):
    """What the anchors were made of and for."""

    model_config = ConfigDict(frozen=True)

    name: str
    sha256: str
    """Of the file with the vectors."""
    made_for: str
    """The models that scored them, as `made_for` of a site's model."""


@dataclass(frozen=True)
class Anchors:
    """Examples: a row each, a column for each of `ATTRIBUTES`."""

    vectors: npt.NDArray[np.float32]
    has: npt.NDArray[np.float64]
    """1 or 0; nan is unknown."""
    odds: npt.NDArray[np.float64]
    """Of the shipped models; nan is unknown."""


def load(made_for: str, folder: Path = FOLDER) -> Anchors | None:
    """Return the anchors, or None if they were made for other models than `made_for`.

    Raises:
        ModelIntegrityError: they are not what their card says.
    """
    try:
        card = AnchorCard.model_validate_json((folder / CARD).read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelIntegrityError(f"{folder / CARD} is not a card. Install the service again") from error
    if card.made_for != made_for:
        return None
    with np.load(io.BytesIO(read_checked(folder / FILE, card.sha256)), allow_pickle=False) as file:
        found = Anchors(
            file["vectors"].astype(np.float32), file["has"].astype(np.float64), file["odds"].astype(np.float64)
        )
    if found.vectors.shape[1] != WIDTH or found.has.shape[1] != len(ATTRIBUTES):
        raise ModelIntegrityError(f"{card.name} was made for other vectors. Install the service again")
    return found
