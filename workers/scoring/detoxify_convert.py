"""Detoxify checkpoints of all four architectures made into model folders, which ONNX Runtime serves.

A checkpoint is unpickled once: the real `Detoxify` loads it, its export must score as it does, and what
is left is a folder with ONNX file, tokenizer and card, without a pickle. Needs the extra `detoxify`.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from detoxify.detoxify import MODEL_URLS
from onnxruntime import InferenceSession
from tokenizers import Tokenizer

from workers.scoring import toxicity
from workers.scoring.catalogue import CARD, TOKENIZER, WEIGHTS, ModelError, ModelIntegrityError, ModelMissingError
from workers.scoring.detoxify_checkpoint import fetch_official, find_own, public_config, read
from workers.scoring.detoxify_engine import ENGLISH, LANGUAGES, MAX_TOKENS, OVERLAP, open_detoxify
from workers.scoring.onnx_export import export, quantise

COMPANIONS = (TOKENIZER, "config.json", "tokenizer_config.json")
"""What is read beside the weights."""
ARCHITECTURES = ("Bert", "Albert", "Roberta", "XLMRoberta")
"""Beginnings of the names of the classes in transformers that can be exported."""
PARITY = 1e-4
"""How far a score of the fp32 export may be from `Detoxify.predict`."""
MOST_CHANGE = 0.1
"""How far int8 may move a score of `TEXTS`; where it moves one further, the fp32 file is served."""
GOLDEN_TOLERANCE = 0.1
"""More than other processors' kernels move a score; random weights are off by 0.5."""
GOLDEN = (
    "Thank you, that was a helpful answer and I learnt something from it.",
    "The bus leaves at nine and takes about forty minutes.",
    "I do not agree with this article; the figures in it are two years old.",
    "What a load of rubbish.",
    "You are an idiot and nobody wants you here.",
    "Shut up, you stupid clown.",
    "I will find you and break your arm.",
    "This is a fucking great film, go and see it.",
)
TEXTS = (
    *GOLDEN,
    "",
    "ok",
    "   \n\t ",
    "Naïve café owners say: £5 for a coffee is 'fair' 😀",
    "STOP SHOUTING AT ME!!!!!!",
    "You people are all the same and should go back to where you came from.",
    "He said that calling someone an idiot is not an argument, and he is right.",
    "See https://example.org/a/b?c=d#e and write to me@example.org, thanks :-)",
    "def f(x): return [i ** 2 for i in range(x)]  # 3.14",
    "Quel imbécile ! Personne ne veut de toi ici.",
    "Eres un payaso estúpido, cállate.",
    "Что за глупости ты пишешь, идиот?",
    "Sen tam bir aptalsın, kimse seni sevmiyor.",
    "今天天气很好，我们去公园吧。",
    "أنت غبي",
    "y o u  a r e  an  id1ot",
)
"""Short texts of many kinds, on which an export is compared with Detoxify, and int8 with fp32."""
LONG = ("The market on the square was full of people, and somebody called you a fool. " * 60,)
"""Longer than any model takes in: what is compared is cut at its maximum."""
ABOUT = {
    "original": "Jigsaw Toxic Comment Classification Challenge (2018): comments of English Wikipedia",
    "unbiased": "Jigsaw Unintended Bias in Toxicity Classification (2019): Civil Comments",
    "multilingual": "Jigsaw Multilingual Toxic Comment Classification (2020): the two others, translated",
}
"""What Detoxify's own models were trained on, from its README; a `-small` one on the same as its larger."""


@dataclass(frozen=True, slots=True)
class Source:
    """A checkpoint whose hash was checked, and what is known of it."""

    name: str
    """Of the model that it becomes."""
    path: Path
    sha256: str
    companions: Path
    """The folder that may hold configuration and tokenizer, for which the model hub is asked otherwise."""
    official: bool


def find(model: str, data: Path) -> Source:
    """Return the checkpoint of that name, downloaded into `data` if need be, or of that path; raises `ModelError`."""
    if model in MODEL_URLS:
        path, sha256 = fetch_official(model, data)
        return Source(model, path, sha256, data / "models" / model, official=True)
    path = Path(model)
    if not path.is_file():
        raise ModelMissingError(f"There is no file '{model}', and Detoxify's own models are {', '.join(MODEL_URLS)}")
    return Source(path.stem, path, find_own(path), path.parent, official=False)


def convert(source: Source, data: Path, begin: Callable[[str], None]) -> dict[str, Any]:
    """Make the folder `data/models/NAME` of a checkpoint, and return its card.

    `begin` is called with the name of each step. The folder appears when it is whole and was loaded as a worker
    loads it, in the place of an older one. Then the file of an official checkpoint is removed; one's own stays.
    Raises `ModelError` if the checkpoint is in another format or its export does not score as Detoxify does.
    """
    begin("Load the checkpoint")
    checkpoint = read(source.path)
    arch = dict(checkpoint["config"]["arch"]["args"])
    if arch["model_name"].removesuffix("ForSequenceClassification") not in ARCHITECTURES:
        raise ModelError(f"{source.path} is a {arch['model_name']}; one of {', '.join(ARCHITECTURES)} can be converted")
    detoxify = open_detoxify(checkpoint, source.path, source.companions)
    size = min(MAX_TOKENS, detoxify.tokenizer.model_max_length, _positions(detoxify.model))
    detoxify.tokenizer.model_max_length = size
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="adding-", dir=data) as scratch:  # where a rename moves all at once
        plain, made = Path(scratch) / WEIGHTS, Path(scratch) / source.name
        made.mkdir()
        detoxify.tokenizer.save_pretrained(made)
        detoxify.model.config.save_pretrained(made)
        begin("Export to ONNX")
        export(detoxify.model, public_config(checkpoint["config"], source.name), plain, checkpoint["state_dict"])
        begin("Compare with Detoxify")
        pad = int(detoxify.tokenizer.pad_token_id)
        scores = _onnx_scores(plain, made, size, pad, len(detoxify.class_names))
        parity = float(np.abs(scores - _detoxify_scores(detoxify)).max())
        if not parity <= PARITY:  # a NaN is no parity, too
            raise ModelIntegrityError(
                f"The export of {source.path.name} gives a score that is {parity:.2g} off Detoxify's, more than "
                f"{PARITY:g}: the installed torch, transformers or onnxscript does not fit. "
                "Install the service again with its pinned versions"
            )
        begin("Quantise to int8")
        quantise(plain, made / WEIGHTS)
        small = _onnx_scores(made / WEIGHTS, made, size, pad, len(detoxify.class_names))
        change = np.abs(small - scores)
        if change.max() <= MOST_CHANGE:
            scores = small
        else:
            shutil.move(plain, made / WEIGHTS)
        card = {
            "name": source.name,
            **_about(source, arch.get("model_type", "")),
            "attributes": list(detoxify.class_names),
            "languages": sorted(LANGUAGES.get(source.name, ENGLISH) if source.official else ENGLISH),
            "max_tokens": size,
            "overlap": min(OVERLAP, size // 4),
            "pad_id": pad,
            "precision": "int8" if scores is small else "fp32",
            "int8_tolerance": {
                "texts": len(change),
                "max": round(float(change.max()), 4),
                "p999": round(float(np.quantile(change, 0.999)), 4),
                "mean": round(float(change.mean()), 5),
                "fp32_parity": parity,
            },
            "golden_tolerance": GOLDEN_TOLERANCE,
            "golden": _golden(detoxify.class_names, scores, made, size),
        }
        _write_card(made, card)
        begin("Load it as a worker does")
        toxicity.load(str(made), "onnx", data)
        _move(made, data / "models" / source.name, Path(scratch))
    if source.official:
        source.path.unlink()
    return card


def _positions(network: Any) -> int:  # noqa: ANN401 - any transformers model
    """Return how many tokens there are positions for: a RoBERTa's begin after the id of the padding."""
    table = network.base_model.embeddings.position_embeddings
    return int(table.num_embeddings) - (0 if table.padding_idx is None else table.padding_idx + 1)


def _detoxify_scores(detoxify: Any) -> np.ndarray:  # noqa: ANN401 - untyped
    """Return Detoxify's scores of all texts, texts x attributes."""
    # of one text `predict` returns numbers, not lists
    found = [np.column_stack(list(detoxify.predict(list(texts)).values())) for texts in (TEXTS, LONG)]
    return np.concatenate(found)


def _onnx_scores(weights: Path, folder: Path, size: int, pad: int, classes: int) -> np.ndarray:
    """Return the scores of all texts by an ONNX file with the tokenizer in `folder`, texts x attributes."""
    session = InferenceSession(weights, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.enable_truncation(size)
    tokenizer.enable_padding(pad_id=pad)
    logits = []
    for texts in (TEXTS, LONG):
        encodings = tokenizer.encode_batch(list(texts))
        feed = {
            "input_ids": np.array([one.ids for one in encodings], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in encodings], dtype=np.int64),
        }
        logits += session.run(["logits"], feed)
    scores: np.ndarray = 1 / (1 + np.exp(-np.concatenate(logits)[:, :classes].astype(np.float64)))
    return scores


def _golden(attributes: Sequence[str], scores: np.ndarray, folder: Path, size: int) -> list[dict[str, Any]]:
    """Return the golden texts that the model takes in whole, with their scores."""
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_truncation()
    return [
        {"text": text, "scores": {name: round(score, 4) for name, score in zip(attributes, row, strict=True)}}
        for text, row in zip(GOLDEN, scores[: len(GOLDEN)].tolist(), strict=True)
        if len(tokenizer.encode(text)) <= size
    ]


def _about(source: Source, base: str) -> Mapping[str, str]:
    """Return what the card tells people of where the model comes from."""
    told = {"base": base, "recipe": f"converted from {source.path.name}, SHA-256 {source.sha256}"}
    if not source.official:
        return {"version": source.sha256[:12], **told}
    return {
        "version": Path(MODEL_URLS[source.name]).parent.name,
        "licence": "Apache-2.0",
        "training_data": ABOUT[source.name.removesuffix("-small")],
        **told,
    }


def _write_card(folder: Path, card: dict[str, Any]) -> None:
    """Add size and hashes of the files in `folder` to `card`, and write it there."""
    hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (WEIGHTS, *COMPANIONS)}
    card["bytes"] = (folder / WEIGHTS).stat().st_size
    card["sha256"] = hashes.pop(WEIGHTS)
    card["files"] = hashes
    (folder / CARD).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _move(made: Path, target: Path, scratch: Path) -> None:
    """Move the folder `made` to `target`; what was there goes to `scratch`."""
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        target.rename(scratch / "before")
    made.rename(target)
