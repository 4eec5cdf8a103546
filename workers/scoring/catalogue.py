"""Where toxicity models are, what their cards say, and whether their files are the ones meant.

A model folder holds `card.json`, the ONNX file, the tokenizer and Detoxify's configuration. It is
looked for beside this file (the shipped ones), then under `models/` of the data folder, then as a path.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from io import BufferedReader
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

SHIPPED = Path(__file__).parent / "models"
CARD, WEIGHTS, TOKENIZER = "card.json", "model.onnx", "tokenizer.json"
PUBLIC = ("name", "version", "licence", "base", "attributes", "languages", "language_figures", "figures")
MIN_DIGITS = 8
"""Hex digits of a SHA-256 that are enough: Detoxify's own file names carry eight."""


class ModelError(Exception):
    """A toxicity model cannot be served; the message says what to do."""


class ModelMissingError(ModelError):
    """There is no such model here, and it could not be fetched."""


class ModelIntegrityError(ModelError):
    """A file or a model is not what its card or hash says."""


class Golden(BaseModel):
    """A harmless or mild text and the scores that the model gave it when it was made."""

    model_config = ConfigDict(frozen=True)

    text: str
    scores: Mapping[str, float]


class Card(BaseModel):
    """What serving needs of a model card; the rest of the card is for people."""

    model_config = ConfigDict(frozen=True)

    name: str
    sha256: str
    """Of the ONNX file."""
    files: Mapping[str, str]
    """SHA-256 of every other file that is read."""
    attributes: tuple[str, ...]
    """Detoxify's names, in the order of the model's outputs."""
    languages: frozenset[str]
    max_tokens: int
    """Longest window that the model takes in, special tokens included."""
    overlap: int
    """Tokens that a window shares with the one before."""
    pad_id: int = 0
    """The token that fills short rows of a batch."""
    calibration: Mapping[str, tuple[float, float]] = {}
    """By attribute, slope and intercept on log-odds that make a score a probability; see `toxicity_answer.py`."""
    golden: tuple[Golden, ...]
    golden_tolerance: float
    """How far a golden score may be off: kernels of other processors round otherwise."""


def find_folder(model: str, data: Path) -> Path | None:
    """Return the folder of the model of that name or path, if there is one with a card."""
    places = (SHIPPED / model, data / "models" / model, Path(model))
    return next((place for place in places if (place / CARD).is_file()), None)


def read_card(folder: Path) -> Card:
    """Return the card in `folder`; raises `ModelIntegrityError` if it is no card."""
    try:
        return Card.model_validate_json((folder / CARD).read_bytes())
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, item["loc"])) or "the file" for item in error.errors())
        raise ModelIntegrityError(
            f"{folder / CARD} is not a model card (see: {wrong}). Install the service again, or make the model again"
        ) from error


def public_card(folder: Path) -> Mapping[str, Any]:
    """Return what people are told of the model in `folder`: its card without hashes, golden texts and curves."""
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return {field: card[field] for field in PUBLIC if field in card}


def check_file(path: Path, sha256: str) -> str:
    """Return the SHA-256 of the file at `path` after comparing it with `sha256`, of which 8 digits are enough.

    Raises `ModelMissingError`, or `ModelIntegrityError` if it differs.
    """
    with _open(path) as file:
        return _compare(path, hashlib.file_digest(file, "sha256").hexdigest(), sha256)


def read_checked(path: Path, sha256: str) -> bytes:
    """Return the content of a small file after comparing its hash as `check_file` does."""
    with _open(path) as file:
        content = file.read()
    _compare(path, hashlib.sha256(content).hexdigest(), sha256)
    return content


def _open(path: Path) -> BufferedReader:
    if not path.is_file():
        raise ModelMissingError(f"{path} is not there. Install the service again, or make the model again")
    return path.open("rb")


def _compare(path: Path, found: str, sha256: str) -> str:
    if len(sha256) < MIN_DIGITS or not found.startswith(sha256.lower()):
        raise ModelIntegrityError(
            f"{path} has SHA-256 {found[:12]}…, not {sha256[:12]}… as recorded: it is damaged or was changed. "
            "Fetch it again from where it came; if the change is meant, record the new hash"
        )
    return found


def check_golden(card: Card, scores: Sequence[Mapping[str, float]]) -> None:
    """Compare `scores` of the card's golden texts with the card; raises `ModelIntegrityError`.

    A library that does not fit the weights loads random ones without a word (transformers 4.18 did);
    this is what notices.
    """
    for number, (golden, found) in enumerate(zip(card.golden, scores, strict=True)):
        for attribute, expected in golden.scores.items():
            # a NaN is off, too
            if not abs(found[attribute] - expected) <= card.golden_tolerance:
                raise ModelIntegrityError(
                    f"{card.name} gives its golden text {number} {attribute} {found[attribute]:.3f}, "
                    f"not {expected:.3f}: the model or a library it runs on is not the one it was made with. "
                    "Install the service again with its pinned versions"
                )
