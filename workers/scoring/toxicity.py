"""Toxicity scores of texts: two engines behind one interface, and the only place that loads a model.

`onnx` runs an exported int8 model on ONNX Runtime, without PyTorch in the process. `detoxify` runs
Detoxify itself, for any checkpoint in its format. Every file is compared with its recorded SHA-256
before it is loaded, and the card's golden texts must score as they did when the model was made.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from workers.scoring import batches, windows
from workers.scoring.catalogue import (
    TOKENIZER,
    WEIGHTS,
    ModelMissingError,
    check_file,
    check_golden,
    find_folder,
    read_card,
)

ERRORS_ONLY = 3


class ToxicityScorer(Protocol):
    """What an engine gives: texts in, scores out."""

    name: str
    """The model's name and the first 12 hex digits of its SHA-256, `compact-1@sha256:…`."""
    attributes: tuple[str, ...]
    languages: frozenset[str]
    """ISO 639-1 codes of the languages that the model was made for."""

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return for each text, in order, a score from 0 to 1 for each attribute."""
        ...


def load(model: str, engine: Literal["onnx", "detoxify"], data: Path) -> ToxicityScorer:
    """Return the scorer for a model's name or path; `data` is the folder for downloaded models.

    Raises `ModelMissingError` if it is not there, `ModelIntegrityError` if it is not the one meant.
    """
    if engine == "detoxify":
        # PyTorch comes only with the extra, and takes seconds
        from workers.scoring import detoxify_engine

        return detoxify_engine.load(model, data)
    folder = find_folder(model, data)
    if folder is None:
        raise ModelMissingError(
            f"There is no ONNX model '{model}'. Use MODERATION_MODEL=compact-1, or serve a Detoxify checkpoint "
            "on PyTorch with MODERATION_ENGINE=detoxify"
        )
    return OnnxScorer(folder)


class OnnxScorer:
    """Scores texts with ONNX Runtime on one thread: one process is started for each core."""

    def __init__(self, folder: Path) -> None:
        """Load the model in `folder`; raises `ModelError`."""
        card = read_card(folder)
        self.name = f"{card.name}@sha256:{card.sha256[:12]}"
        self.attributes = card.attributes
        self.languages = card.languages
        self._card = card
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        check_file(folder / TOKENIZER, card.files[TOKENIZER])
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        check_file(folder / WEIGHTS, card.sha256)
        self._session = _session(folder / WEIGHTS)
        check_golden(card, self.score([golden.text for golden in card.golden]))

    def score(self, texts: Sequence[str]) -> list[dict[str, float]]:
        """Return each text's scores (0 to 1); of a long text's windows the largest counts."""
        pieces = windows.split(texts, self._tokenizer, self._card.max_tokens, self._card.overlap)
        best = np.zeros((len(texts), len(self.attributes)))
        for batch in batches.cut([len(piece.ids) for piece in pieces], batches.MAX_PADDED_TOKENS):
            scores = self._run([pieces[index].ids for index in batch])
            np.maximum.at(best, [pieces[index].owner for index in batch], scores)
        return [dict(zip(self.attributes, row, strict=True)) for row in best.tolist()]

    def _run(self, rows: Sequence[Sequence[int]]) -> np.ndarray:
        ids = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        (logits,) = self._session.run(["logits"], {"input_ids": ids, "attention_mask": mask})
        scores: np.ndarray = 1 / (1 + np.exp(-logits[:, : len(self.attributes)].astype(np.float64)))
        return scores


def _session(model: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # lengths differ from batch to batch, so an arena costs 75 MB and gains no time
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = ERRORS_ONLY
    # by path: from bytes the session would keep a copy of them
    return ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
