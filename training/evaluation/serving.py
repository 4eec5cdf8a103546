"""What serving costs: the change that int8 makes, and the time beside Detoxify's own architecture, in one run."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch
from detoxify import Detoxify
from tokenizers import Tokenizer
from tqdm import tqdm
from transformers import BertConfig, BertForSequenceClassification

from training import card
from training.data import LABELS
from training.evaluation.bench import Bench, Part
from training.measures import Figure, interval
from workers.scoring.catalogue import TOKENIZER

TEXTS, TOKENS, SPREAD = 64, 32, 4
ROUNDS = 7
INT8_FLOOR, INT8_AIM = 0.10, 0.05
SPEED_FLOOR, SPEED_AIM = 30.0, 50.0


def int8(folder: Path) -> Part:
    """Return how far int8 moves a score, as the export measured it and wrote it into the card of `folder`."""
    tolerance = card.read(folder)["int8_tolerance"]
    figure = Figure(
        "int8 against fp32: change of a score, 99.9th percentile",
        tolerance["texts"],
        None,
        tolerance["p999"],
        None,
        None,
        INT8_FLOOR,
        INT8_AIM,
        less_is_better=True,
    )
    return Part(
        [figure],
        f"""### What int8 changes

The export measures it over {tolerance["texts"]:,} Jigsaw test comments: the largest change of any score is
{tolerance["max"]:.3f}, the mean {tolerance["mean"]:.4f}.
""",
    )


def speed(bench: Bench, folder: Path) -> Part:
    """Return how many times faster the model is than BERT-base in Detoxify on PyTorch, one thread each.

    The weights of that are random, which takes the same time as Detoxify's own, and its tokenizer is that of the
    model in `folder`: the vocabulary of bert-base-uncased, which Detoxify's `original` has too.
    """
    texts = typical(bench.six.texts.astype(str).tolist(), folder)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        detoxify = _detoxify(folder, Path(scratch))
    rivals: tuple[Callable[[list[str]], Any], ...] = (bench.scorer.score, detoxify.predict)
    for run in rivals:
        run(texts)
    rounds = np.array([[_seconds(run, texts) for run in rivals] for _ in tqdm(range(ROUNDS), desc="speed")])
    ratios, milliseconds = rounds[:, 1] / rounds[:, 0], 1000 * rounds / len(texts)
    ours, theirs = np.median(milliseconds, axis=0)
    goals = (SPEED_FLOOR, SPEED_AIM)
    return Part(
        [
            Figure("speed against BERT-base in Detoxify on PyTorch", len(texts), None, *_median(ratios), *goals, "×"),
            Figure(
                f"time of a comment of {TOKENS} tokens on one core",
                len(texts),
                None,
                *_median(milliseconds[:, 0]),
                3.0,
                unit="ms",
                less_is_better=True,
            ),
        ],
        f"""### Speed

{len(texts)} comments of {TOKENS - SPREAD} to {TOKENS + SPREAD} tokens, in one call, one thread each, by turns in
{ROUNDS} rounds of the same run; the median counts.
A comment takes {ours:.2f} ms here and {theirs:.1f} ms in Detoxify with its `original` architecture (BERT-base, 110M
parameters, random weights) on PyTorch {torch.__version__}.
""",
    )


def typical(texts: Sequence[str], folder: Path) -> list[str]:
    """Return the first `TEXTS` texts that have about `TOKENS` tokens."""
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    lengths = [len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts))]
    return [text for text, length in zip(texts, lengths, strict=True) if abs(length - TOKENS) <= SPREAD][:TEXTS]


def _detoxify(folder: Path, scratch: Path) -> Detoxify:
    """Return a `Detoxify` with BERT-base, its random weights written to `scratch` in Detoxify's format."""
    torch.manual_seed(47)
    config = BertConfig(num_labels=len(LABELS))
    config.save_pretrained(scratch)
    for name in (TOKENIZER, "tokenizer_config.json"):
        shutil.copyfile(folder / name, scratch / name)
    names = {"model_type": str(scratch), "model_name": "BertForSequenceClassification"}
    arch = {"args": {"num_classes": len(LABELS), "tokenizer_name": "BertTokenizer", **names}}
    weights = BertForSequenceClassification(config).state_dict()
    checkpoint = scratch / "original.ckpt"
    document = {"config": {"arch": arch, "dataset": {"args": {"classes": list(LABELS)}}}, "state_dict": weights}
    torch.save(document, checkpoint)
    return Detoxify(checkpoint=str(checkpoint), huggingface_config_path=str(scratch))


def _seconds(run: Callable[[list[str]], Any], texts: list[str]) -> float:
    start = perf_counter()
    run(texts)
    return perf_counter() - start


def _median(values: np.ndarray) -> tuple[float, float, float]:
    return float(np.median(values)), *interval(np.median, values)
