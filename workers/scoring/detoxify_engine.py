"""Toxicity scores from Detoxify itself on PyTorch: any checkpoint in its format, and its five official ones."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from detoxify import Detoxify
from detoxify.detoxify import MODEL_URLS
from tokenizers import Tokenizer
from transformers.utils.logging import disable_progress_bar

from workers.scoring import batches, windows
from workers.scoring.catalogue import (
    TOKENIZER,
    WEIGHTS,
    Card,
    ModelMissingError,
    check_file,
    check_golden,
    find_folder,
    read_card,
)
from workers.scoring.detoxify_checkpoint import Checkpoint, check_loaded, fetch_official, find_own, read, rebuild

MAX_TOKENS, OVERLAP = 512, 64
"""Windows of models without a card: what `Detoxify.predict` sees of a text, which is at most 512 tokens."""
ENGLISH = frozenset({"en"})
LANGUAGES = {"multilingual": frozenset({"en", "fr", "es", "it", "pt", "tr", "ru"})}
"""From Detoxify's README; the other models are English."""


class DetoxifyScorer:
    """Scores texts with the real `Detoxify` class."""

    def __init__(self, name: str, detoxify: Any, languages: frozenset[str], size: int, overlap: int) -> None:  # noqa: ANN401 - untyped
        """Take a loaded `Detoxify`, and the size and overlap of windows in tokens."""
        self.name = name
        self.attributes: tuple[str, ...] = tuple(detoxify.class_names)
        self.languages = languages
        self._detoxify, self._size, self._overlap = detoxify, size, overlap
        # A copy: Detoxify's own is left truncating and padding after each call.
        self.tokenizer = Tokenizer.from_str(detoxify.tokenizer.backend_tokenizer.to_str())
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return each text's scores (0 to 1); of a long text's windows the largest counts."""
        pieces = windows.split(texts, self.tokenizer, self._size, self._overlap)
        scores = [dict.fromkeys(self.attributes, 0.0) for _ in texts]
        for batch in batches.cut([len(piece.ids) for piece in pieces], batches.MAX_PADDED_TOKENS):
            found = self._detoxify.predict([pieces[index].text for index in batch])
            for attribute, values in found.items():
                # of one text `predict` returns a number, not a list
                numbers = values if isinstance(values, list) else [values]
                for index, value in zip(batch, numbers, strict=True):
                    score = scores[pieces[index].owner]
                    score[attribute] = max(score[attribute], value)
        return scores


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
    arch = checkpoint["config"]["arch"]["args"]
    base = arch.get("model_type", "its base model")
    local = str(config.resolve()) if (config / "config.json").is_file() else None
    with tempfile.TemporaryDirectory() as scratch:
        file = path
        if local is not None:
            arch["model_type"] = local  # is looked up on the hub unless it is a folder
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


def _shipped(folder: Path, card: Card) -> DetoxifyScorer:
    for name, sha256 in {WEIGHTS: card.sha256, **card.files}.items():
        check_file(folder / name, sha256)
    detoxify = open_detoxify(rebuild((folder / WEIGHTS).read_bytes()), folder / WEIGHTS, folder)
    scorer = DetoxifyScorer(
        f"{card.name}@sha256:{card.sha256[:12]}", detoxify, card.languages, card.max_tokens, card.overlap
    )
    check_golden(card, scorer.score([golden.text for golden in card.golden]))
    return scorer
