"""How likely a text is spam: a linear model on hashed words and characters and on features that people can name.

The weights are made by `training/spam.py`. Their file is compared with its card's SHA-256 before it is read,
and the card's golden texts must then score as they did when the model was made.
"""

import hashlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from workers.scoring.catalogue import CARD, SHIPPED, ModelIntegrityError, read_checked
from workers.scoring.spam_features import FEATURES, features, read, scaled
from workers.scoring.spam_ngrams import char_buckets, fold, word_buckets, word_places, words_of
from workers.scoring.spam_reasons import in_words
from workers.scoring.text import Text

FOLDER = SHIPPED / "spam-linear-2"
WEIGHTS = "weights.npz"
TELLING_AT_MOST = 3
GOLDEN_TOLERANCE = 0.002
"""How far a golden score may be off: the order of float32 sums differs between processors."""

Floats = npt.NDArray[np.float32]


class Golden(BaseModel):
    """A text and the score that the model gave it when it was made."""

    model_config = ConfigDict(frozen=True)

    text: str
    score: float


class SpamCard(BaseModel):
    """What serving needs of the card; the rest of it is for people."""

    model_config = ConfigDict(frozen=True)

    name: str
    sha256: str
    """Of the file with the weights."""
    features: tuple[str, ...]
    golden: tuple[Golden, ...]


@dataclass(frozen=True)
class Weights:
    """What moves the log-odds by how much; a place's weight is divided by the root of how many places a text has."""

    words: Floats
    characters: Floats
    features: Floats
    intercept: float
    telling: frozenset[str]
    """Words and pairs that an explanation may name: common ones of several training sets, nobody's own."""


class SpamScorer:
    """Scores texts; immutable once loaded."""

    def __init__(self, name: str, weights: Weights) -> None:
        """Take the name that goes with every score, and the weights."""
        self.name = name
        self._weights = weights

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "SpamScorer":
        """Return the scorer in `folder`.

        Raises:
            ModelMissingError: there are no weights.
            ModelIntegrityError: the weights, or what they score, is not what the card says.
        """
        try:
            card = SpamCard.model_validate_json((folder / CARD).read_bytes())
        except (OSError, ValidationError) as error:
            raise ModelIntegrityError(f"{folder / CARD} is not a model card. Install the service again") from error
        content = read_checked(folder / WEIGHTS, card.sha256)
        if card.features != FEATURES:
            raise ModelIntegrityError(f"{card.name} was made for other features. Install the service again")
        digits = hashlib.sha256(content).hexdigest()[:12]
        scorer = cls(f"{card.name}@sha256:{digits}", _unpack(content))
        scores = scorer.score([Text(golden.text) for golden in card.golden])
        for number, (golden, (score, _)) in enumerate(zip(card.golden, scores, strict=True)):
            if not abs(score - golden.score) <= GOLDEN_TOLERANCE:  # a NaN is off, too
                raise ModelIntegrityError(
                    f"{card.name} gives its golden text {number} {score:.3f}, not {golden.score:.3f}: how texts are "
                    "read has changed since it was made. Install the service again, or train the model again"
                )
        return scorer

    def score(self, texts: Sequence[Text]) -> list[tuple[float, str]]:
        """Return for each text, in order, the probability (0 to 1) that it is spam, and in words what weighed most."""
        return [self._score(text) for text in texts]

    def _score(self, text: Text) -> tuple[float, str]:
        normalised, links = read(text.text)
        folded = fold(normalised, links)
        words = words_of(folded)
        found = features(text.text, normalised, links, text.comment)
        moved = self._weights.features * np.array(scaled(found), dtype=np.float32)
        wording = _sum(self._weights.words, word_buckets(words)) + _sum(self._weights.characters, char_buckets(folded))
        odds = float(moved.sum()) + wording + self._weights.intercept
        by_name = dict(zip(FEATURES, moved.tolist(), strict=True))
        telling = self._telling(words)
        if not telling and wording + self._weights.intercept < 0:
            wording = 0.0  # most ordinary texts have some, which alone makes no spam and cannot be shown
        return 1 / (1 + math.exp(-max(odds, -50.0))), in_words(found, by_name, wording, telling)

    def _telling(self, words: Sequence[str]) -> list[str]:
        """Return the words, and pairs of them, of this text that weigh most, of those that may be named."""
        pairs = [f"{one} {two}" for one, two in pairwise(words)]
        weights = self._weights.words[word_places(words)].tolist()
        named = {
            term: weight
            for term, weight in zip((*words, *pairs), weights, strict=True)
            if weight > 0 and term in self._weights.telling
        }
        return sorted(named, key=named.__getitem__, reverse=True)[:TELLING_AT_MOST]


def _unpack(content: bytes) -> Weights:
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return Weights(
            words=file["words"].astype(np.float32),
            characters=file["characters"].astype(np.float32),
            features=file["features"].astype(np.float32),
            intercept=float(file["intercept"]),
            telling=frozenset(file["telling"].tolist()),
        )


def _sum(weights: Floats, places: npt.NDArray[np.uint32]) -> float:
    return float(weights[places].sum()) / math.sqrt(len(places)) if len(places) else 0.0
