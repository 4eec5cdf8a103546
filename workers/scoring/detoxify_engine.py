"""Toxicity scores from Detoxify itself on PyTorch: any checkpoint in its format, and its five official ones."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from detoxify import Detoxify
from detoxify.detoxify import MODEL_URLS
from tokenizers import Tokenizer
from transformers.utils.logging import disable_progress_bar, set_verbosity_error

from workers.scoring import batches, readings, windows
from workers.scoring.catalogue import (
    TOKENIZER,
    WEIGHTS,
    Card,
    ModelMissingError,
    check_file,
    check_golden,
    find_folder,
    public_card,
    read_card,
)
from workers.scoring.detoxify_checkpoint import Checkpoint, check_loaded, fetch_official, find_own, read, rebuild
from workers.scoring.toxicity_answer import Toxicity, calibrated, joined, log_odds

MAX_TOKENS, OVERLAP = 512, 64
"""Windows of models without a card: what `Detoxify.predict` sees of a text, which is at most 512 tokens."""
ENGLISH = frozenset({"en"})
LANGUAGES = {"multilingual": frozenset({"en", "fr", "es", "it", "pt", "tr", "ru"})}
"""From Detoxify's README; the other models are English."""


class DetoxifyScorer:
    """Scores texts with the real `Detoxify` class."""

    def __init__(
        self,
        name: str,
        detoxify: Any,  # noqa: ANN401 - untyped
        languages: frozenset[str],
        size: int,
        overlap: int,
        card: Card | None = None,
    ) -> None:
        """Take a loaded `Detoxify`, the size and overlap of windows in tokens, and the card if the model has one."""
        self.name = name
        self.attributes: tuple[str, ...] = tuple(detoxify.class_names)
        self.languages = languages
        self.about: Mapping[str, Any] = {"name": name, "attributes": self.attributes, "languages": sorted(languages)}
        self._curves = card.calibration if card else {}
        self._detoxify, self._size, self._overlap = detoxify, size, overlap
        # A copy: Detoxify's own is left truncating and padding after each call.
        self.tokenizer = Tokenizer.from_str(detoxify.tokenizer.backend_tokenizer.to_str())
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self._known = readings.knows(self.tokenizer)

    def score(self, texts: Sequence[str], *, undo: bool = True) -> list[Toxicity]:
        """Return each text's scores; of its readings the larger counts, the windows of a long one are `joined`.

        `Detoxify.predict` gives scores alone, so there are neither spans nor embeddings.
        """
        found = readings.read(texts, self._known, undo=undo)
        pieces = windows.split([one.text for one in found], self.tokenizer, self._size, self._overlap)
        logits: list[list[np.ndarray]] = [[] for _ in found]
        for batch in batches.cut([len(piece.ids) for piece in pieces], batches.MAX_PADDED_TOKENS):
            predicted = self._detoxify.predict([pieces[index].text for index in batch])
            # of one text `predict` returns numbers, not lists
            scores = np.array([np.atleast_1d(predicted[attribute]) for attribute in self.attributes]).T
            for index, row in zip(batch, log_odds(scores), strict=True):
                logits[pieces[index].owner].append(row)
        best = np.full((len(texts), len(self.attributes)), -np.inf)
        for reading, parts in zip(found, logits, strict=True):
            best[reading.owner] = np.maximum(best[reading.owner], joined(np.array(parts)))
        rows = calibrated(best, self.attributes, self._curves).tolist()
        return [Toxicity(dict(zip(self.attributes, row, strict=True))) for row in rows]


def load(model: str, data: Path) -> DetoxifyScorer:
    """Return the scorer for a name or checkpoint path; raises `ModelError`.

    PyTorch is set to one thread: one process is started for each core.
    """
    torch.set_num_threads(1)
    folder = find_folder(model, data)
    if folder is not None:
        return _shipped(folder, read_card(folder))
    if model in MODEL_URLS:
        path, sha256 = fetch_official(model, data)
        config = data / "models" / model
    elif Path(model).is_file():
        path = Path(model)
        sha256, config = find_own(path), path.parent
    else:
        raise ModelMissingError(
            f"There is no toxicity model '{model}'. MODERATION_MODEL takes the name of a shipped model, the path of a "
            f"checkpoint in Detoxify's format, or one of {', '.join(sorted(MODEL_URLS))}"
        )
    detoxify = open_detoxify(read(path), path, config)
    size = min(MAX_TOKENS, detoxify.tokenizer.model_max_length)
    return DetoxifyScorer(
        f"{Path(model).stem}@sha256:{sha256[:12]}",
        detoxify,
        LANGUAGES.get(model, ENGLISH),
        size,
        min(OVERLAP, size // 4),
    )


def open_detoxify(checkpoint: Checkpoint, path: Path, config: Path) -> Any:  # noqa: ANN401 - untyped
    """Return a `Detoxify` that holds `checkpoint`, which came from `path`; raises `ModelError`.

    If the folder `config` has configuration and tokenizer, the model hub is not asked.
    """
    disable_progress_bar()  # type: ignore[no-untyped-call] # a service's log is no terminal
    set_verbosity_error()  # type: ignore[no-untyped-call] # what was not loaded is found by `check_loaded`
    arch = checkpoint["config"]["arch"]["args"]
    base = arch.get("model_type", "its base model")
    with tempfile.TemporaryDirectory() as scratch:
        file, local = path, None
        if (config / "config.json").is_file():
            _copy_companions(config, Path(scratch), arch["num_classes"])
            arch["model_type"] = local = scratch  # is looked up on the hub unless it is a folder
            file = Path(scratch) / "checkpoint.ckpt"
            torch.save(checkpoint, file)
        try:
            detoxify = Detoxify(checkpoint=str(file), huggingface_config_path=local)
        except OSError as error:
            raise ModelMissingError(
                f"{path.name} needs the configuration and tokenizer of {base}, and the model hub does not answer. "
                f"Put config.json, {TOKENIZER} and tokenizer_config.json of {base} into {config}, and start again"
            ) from error
    check_loaded(detoxify.model, checkpoint["state_dict"])
    return detoxify


def _copy_companions(config: Path, target: Path, classes: int) -> None:
    """Copy configuration and tokenizer to `target`; a base model's own configuration has two classes, not all."""
    for name in (TOKENIZER, "tokenizer_config.json"):
        if (config / name).is_file():
            shutil.copyfile(config / name, target / name)
    settings = json.loads((config / "config.json").read_text(encoding="utf-8"))
    if len(settings.get("id2label", ())) != classes:
        settings = {key: value for key, value in settings.items() if key not in {"id2label", "label2id"}}
        settings["num_labels"] = classes
    (target / "config.json").write_text(json.dumps(settings), encoding="utf-8")


def _shipped(folder: Path, card: Card) -> DetoxifyScorer:
    for name, sha256 in {WEIGHTS: card.sha256, **card.files}.items():
        check_file(folder / name, sha256)
    detoxify = open_detoxify(rebuild((folder / WEIGHTS).read_bytes()), folder / WEIGHTS, folder)
    name = f"{card.name}@sha256:{card.sha256[:12]}"
    scorer = DetoxifyScorer(name, detoxify, card.languages, card.max_tokens, card.overlap, card)
    scorer.about = public_card(folder)
    check_golden(card, [one.scores for one in scorer.score([golden.text for golden in card.golden])])
    return scorer
