"""Make the shipped model folder of a checkpoint: int8 ONNX, tokenizer, card, README.

    python -m training.export --checkpoint build/toxicity --out workers/scoring/models/compact-1

It loads the checkpoint with Detoxify itself, holds the fp32 export to `Detoxify.predict`,
measures what int8 changes, and writes both into the card. `training.evaluate` adds the figures.
"""

import argparse
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from training.card import ABOUT, write
from training.data import jigsaw_test_six
from workers.scoring import toxicity
from workers.scoring.catalogue import TOKENIZER, WEIGHTS
from workers.scoring.detoxify_checkpoint import read
from workers.scoring.detoxify_engine import DetoxifyScorer, open_detoxify
from workers.scoring.onnx_export import export, quantise

COMPANIONS = (TOKENIZER, "config.json", "tokenizer_config.json")
"""What Detoxify needs beside the weights to load without the model hub."""
MAX_TOKENS, OVERLAP = 128, 32
"""Windows as long as what the model was trained on. In windows of 512 the same model ranks the test sets 0.0006 to
0.0018 AUC better, but an insult amid 1,000 harmless characters goes unseen: it scores 0.2 there, 0.6 here."""
PARITY, PARITY_TEXTS = 1e-4, 400
TOLERANCE_TEXTS = 3000
GOLDEN_TOLERANCE = 0.1
"""More than int8 and other processors' kernels move these scores; random weights are off by 0.5."""
GOLDEN = (
    "Thank you, that was a helpful answer and I learnt something from it.",
    "The bus leaves at nine and takes about forty minutes.",
    "I do not agree with this article; the figures in it are two years old.",
    "What a load of rubbish.",
    "You are an idiot and nobody wants you here.",
    "Shut up, you stupid clown.",
    "I will find you and break your arm.",
    "Naïve café owners say: £5 for a coffee is 'fair' 😀",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--checkpoint", type=Path, default=Path("build/toxicity"), help="the file, or its folder")
    parser.add_argument("--out", type=Path, default=Path("workers/scoring/models/compact-1"))
    args = parser.parse_args()
    file = args.checkpoint / "checkpoint.ckpt" if args.checkpoint.is_dir() else args.checkpoint
    texts = jigsaw_test_six(args.data)["comment_text"].astype(str).tolist()[:TOLERANCE_TEXTS]

    checkpoint = read(file)
    detoxify = open_detoxify(checkpoint, file, file.parent)
    config = public_config(checkpoint["config"], args.out.name)
    reference = DetoxifyScorer("reference", detoxify, frozenset(ABOUT["languages"]), MAX_TOKENS, OVERLAP)
    lengths = [len(encoding) for encoding in reference.tokenizer.encode_batch_fast(texts)]
    short = [text for text, length in zip(texts, lengths, strict=True) if length <= MAX_TOKENS][:PARITY_TEXTS]
    expected = np.array(list(detoxify.predict(short).values())).T
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "fp32"
        plain.mkdir()
        export(detoxify.model, config, plain / WEIGHTS)
        args.out.mkdir(parents=True, exist_ok=True)
        quantise(plain / WEIGHTS, args.out / WEIGHTS)
        for folder in (plain, args.out):
            for name in COMPANIONS:
                shutil.copyfile(file.parent / name, folder / name)
            write(folder, card(folder, args.out.name, reference.attributes))
        parity = float(np.abs(table(toxicity.OnnxScorer(plain).score(short)) - expected).max())
        if parity > PARITY:
            sys.exit(f"The fp32 export differs from Detoxify.predict by {parity:.2e}, more than {PARITY:.0e}.")
        scorer = toxicity.OnnxScorer(args.out)
        change = np.abs(table(scorer.score(texts)) - table(toxicity.OnnxScorer(plain).score(texts)))
    golden = [
        {"text": text, "scores": {name: round(score, 4) for name, score in scores.items()}}
        for text, scores in zip(GOLDEN, scorer.score(GOLDEN), strict=True)
    ]
    tolerance = {
        "texts": len(texts),
        "max": round(float(change.max()), 4),
        "p999": round(float(np.quantile(change, 0.999)), 4),
        "mean": round(float(change.mean()), 5),
        "fp32_parity": parity,
    }
    final = card(args.out, args.out.name, reference.attributes) | {"int8_tolerance": tolerance, "golden": golden}
    write(args.out, final)
    size = final["bytes"] / 1e6
    print(f"{args.out}: {size:.1f} MB; fp32 within {parity:.1e} of Detoxify; int8 moves scores by {tolerance}")


def public_config(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a checkpoint's `config` with what serving needs of it, and no path of the machine that made it."""
    arch = config["arch"]
    return {
        "arch": {"type": arch.get("type", ""), "args": {**arch["args"], "model_type": name}},
        "dataset": {"args": {"classes": list(config["dataset"]["args"]["classes"])}},
    }


def card(folder: Path, name: str, attributes: tuple[str, ...]) -> dict[str, Any]:
    """Return a card without golden texts and figures for the files in `folder`."""
    hashes = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in (WEIGHTS, *COMPANIONS)}
    return {
        "name": name,
        **ABOUT,
        "attributes": list(attributes),
        "max_tokens": MAX_TOKENS,
        "overlap": OVERLAP,
        "bytes": (folder / WEIGHTS).stat().st_size,
        "sha256": hashes.pop(WEIGHTS),
        "files": hashes,
        "int8_tolerance": {"texts": 0, "max": 0.0, "p999": 0.0, "mean": 0.0, "fp32_parity": 0.0},
        "figures": [],
        "golden_tolerance": GOLDEN_TOLERANCE,
        "golden": [],
    }


def table(scores: list[dict[str, float]]) -> np.ndarray:
    """Return scores as an array, one row a text, one column an attribute."""
    return np.array([list(row.values()) for row in scores])


if __name__ == "__main__":
    main()
