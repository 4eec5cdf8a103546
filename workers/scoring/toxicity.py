"""Toxicity scores of texts: two engines behind one interface, and the only place that loads a model.

`onnx` runs an exported int8 model on ONNX Runtime, without PyTorch in the process. `detoxify` runs
Detoxify itself, for any checkpoint in its format. Every file is compared with its recorded SHA-256
before it is loaded, and the card's golden texts must score as they did when the model was made.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from moderation.model import ScoredSpan
from workers.scoring import batches, readings, windows
from workers.scoring.catalogue import (
    TOKENIZER,
    WEIGHTS,
    ModelMissingError,
    check_file,
    check_golden,
    find_folder,
    public_card,
    read_card,
)
from workers.scoring.readings import Reading
from workers.scoring.toxicity_answer import (
    SPAN_THRESHOLD,
    Toxicity,
    calibrated,
    joined,
    merged,
    sigmoid,
    toxic_stretches,
)

ERRORS_ONLY = 3
OUTPUTS = ("logits", "embedding", "token_logits")
"""See `onnx_export.py`; a model may lack the last two."""
TOXICITY = "toxicity"
SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""ONNX Runtime has no vector code for what this makes of an Add and a LayerNormalization: a third of a text's time."""


class ToxicityScorer(Protocol):
    """What an engine gives: texts in, scores out."""

    name: str
    """The model's name and the first 12 hex digits of its SHA-256, `compact-3@sha256:…`."""
    attributes: tuple[str, ...]
    languages: frozenset[str]
    """ISO 639-1 codes of the languages that the model was made for."""
    about: Mapping[str, Any]
    """What people are told of the model: the public part of its card."""

    def score(self, texts: Sequence[str], *, undo: bool = True) -> list[Toxicity]:
        """Return what each text, in order, is scored; without `undo` disguises are left as they are."""
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
            f"There is no ONNX model '{model}'. Use MODERATION_MODEL=compact-3, or make one of a "
            "Detoxify checkpoint: moderation model add NAME"
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
        self.about = public_card(folder)
        self._card = card
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        check_file(folder / TOKENIZER, card.files[TOKENIZER])
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._known = readings.knows(self._tokenizer)
        check_file(folder / WEIGHTS, card.sha256)
        self._session = _session(folder / WEIGHTS)
        there = {output.name for output in self._session.get_outputs()}
        self._outputs = [name for name in OUTPUTS if name in there]
        check_golden(card, [one.scores for one in self.score([golden.text for golden in card.golden])])

    def score(self, texts: Sequence[str], *, undo: bool = True) -> list[Toxicity]:
        """Return each text's scores; of its readings the larger counts, the windows of a long one are `joined`."""
        found = readings.read(texts, self._known, undo=undo)
        pieces = windows.split([one.text for one in found], self._tokenizer, self._card.max_tokens, self._card.overlap)
        passed: list[list[_Pass]] = [[] for _ in found]
        for one in self._passes(_worth_scoring(pieces, found)):
            passed[one.window.owner].append(one)
        best = np.full((len(texts), len(self.attributes)), -np.inf)
        spans: list[list[ScoredSpan]] = [[] for _ in texts]
        embeddings: list[np.ndarray | None] = [None] * len(texts)
        for reading, parts in zip(found, passed, strict=True):
            if not parts:
                continue
            logits = joined(np.array([part.logits for part in parts]))
            if reading.undone is None:
                embeddings[reading.owner] = _mean([part.embedding for part in parts if part.embedding is not None])
            spans[reading.owner] += self._spans(reading, parts)
            best[reading.owner] = np.maximum(best[reading.owner], logits)
        rows = calibrated(best, self.attributes, self._card.calibration).tolist()
        return [
            Toxicity(dict(zip(self.attributes, row, strict=True)), merged(marked), embedding)
            for row, marked, embedding in zip(rows, spans, embeddings, strict=True)
        ]

    def _passes(self, pieces: Sequence[windows.Window]) -> Iterator["_Pass"]:
        """Run the network on all windows, those of like length together."""
        for batch in batches.cut([len(piece.ids) for piece in pieces], batches.MAX_PADDED_TOKENS):
            rows = [pieces[index].ids for index in batch]
            ids = np.full((len(rows), max(map(len, rows))), self._card.pad_id, dtype=np.int64)
            mask = np.zeros_like(ids)
            for number, row in enumerate(rows):
                ids[number, : len(row)] = row
                mask[number, : len(row)] = 1
            answers = self._session.run(self._outputs, {"input_ids": ids, "attention_mask": mask})
            _, embeddings, tokens = map(dict(zip(self._outputs, answers, strict=True)).get, OUTPUTS)
            logits = answers[0][:, : len(self.attributes)].astype(np.float64)
            for number, index in enumerate(batch):
                yield _Pass(
                    pieces[index],
                    logits[number],
                    None if embeddings is None else embeddings[number],
                    None if tokens is None else sigmoid(tokens[number, : len(rows[number])]),
                )

    def _spans(self, reading: Reading, parts: Sequence["_Pass"]) -> tuple[ScoredSpan, ...]:
        """Return the toxic stretches of a reading, as they stand in the text."""
        if not any(part.tokens is not None and part.tokens.max() >= SPAN_THRESHOLD for part in parts):
            return ()
        encoding = self._tokenizer.encode(reading.text)
        inner = [at for at, special in enumerate(encoding.special_tokens_mask) if not special]
        scores = np.zeros(len(inner))
        for part in parts:
            if part.tokens is not None:
                here = slice(part.window.first, part.window.first + len(part.tokens) - len(encoding.ids) + len(inner))
                scores[here] = np.maximum(scores[here], part.tokens[inner[0] :][: here.stop - here.start])
        stretches = toxic_stretches(
            scores, [encoding.offsets[at] for at in inner], [encoding.word_ids[at] for at in inner]
        )
        found = [(reading.original(start, end), score) for start, end, score in stretches]
        return tuple(ScoredSpan(TOXICITY, span.start, span.end, round(score, 4)) for span, score in found)


@dataclass(frozen=True, slots=True)
class _Pass:
    """What the network says of one window: log-odds by attribute, the embedding, and how toxic each token is."""

    window: windows.Window
    logits: np.ndarray
    embedding: np.ndarray | None
    tokens: np.ndarray | None


def _worth_scoring(pieces: Sequence[windows.Window], found: Sequence[Reading]) -> list[windows.Window]:
    """Return the windows without those of a reading that the tokenizer does not tell from the text as written."""
    written = {(found[piece.owner].owner, tuple(piece.ids)) for piece in pieces if found[piece.owner].undone is None}
    return [
        piece
        for piece in pieces
        if found[piece.owner].undone is None or (found[piece.owner].owner, tuple(piece.ids)) not in written
    ]


def _mean(embeddings: Sequence[np.ndarray]) -> np.ndarray | None:
    """Return the mean of the windows' embeddings, of length 1 again; None without any."""
    if not embeddings:
        return None
    mean: np.ndarray = np.mean(embeddings, axis=0)
    unit: np.ndarray = mean / np.linalg.norm(mean)
    return unit


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
    return ort.InferenceSession(
        str(model), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS
    )
