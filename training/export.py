"""Make the shipped model folder of a checkpoint: int8 ONNX, tokenizer, calibration, card, README.

    python -m training.export --checkpoint build/toxicity --out workers/scoring/models/compact-3

It loads the checkpoint with Detoxify itself, holds the fp32 export to `Detoxify.predict`, quantises, fits
the calibration on held-back comments as they are served, and measures what int8 changes.
`training.evaluate` adds the figures.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from training.calibrate import curves
from training.card import ABOUT, write
from training.data import jigsaw_test_six, jigsaw_train
from training.evaluation.bench import score
from training.examples import MAX_TOKENS, OVERLAP
from workers.scoring import toxicity
from workers.scoring.catalogue import CARD, TOKENIZER, WEIGHTS
from workers.scoring.detoxify_checkpoint import public_config, read
from workers.scoring.detoxify_convert import GOLDEN, GOLDEN_TOLERANCE
from workers.scoring.detoxify_engine import DetoxifyScorer, open_detoxify
from workers.scoring.onnx_export import export, quantise

COMPANIONS = (TOKENIZER, "config.json", "tokenizer_config.json")
"""What Detoxify needs beside the weights to load without the model hub."""
KEEP = tuple(f"bert.encoder.layer.{layer}.output.dense.weight" for layer in range(2))
"""Weights left in fp32: what comes before the first layers' second norm has outliers that 8 bits of activations cut.
See NOTES.md for what other choices cost and gain."""
PARITY, PARITY_TEXTS = 1e-4, 400
TOLERANCE_TEXTS = 3000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--checkpoint", type=Path, default=Path("build/toxicity"), help="the folder of the checkpoint")
    parser.add_argument("--out", type=Path, default=Path("workers/scoring/models/compact-3"))
    args = parser.parse_args()
    file = args.checkpoint / "checkpoint.ckpt"
    texts = jigsaw_test_six(args.data)["comment_text"].astype(str)[:TOLERANCE_TEXTS]
    _, natural = jigsaw_train(args.data)

    checkpoint = read(file)
    detoxify = open_detoxify(checkpoint, file, file.parent)
    reference = DetoxifyScorer("reference", detoxify, frozenset(ABOUT["languages"]), MAX_TOKENS, OVERLAP)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "fp32"
        plain.mkdir()
        args.out.mkdir(parents=True, exist_ok=True)
        config = public_config(checkpoint["config"], args.out.name)
        export(detoxify.model, config, plain / WEIGHTS, checkpoint["state_dict"])
        quantise(plain / WEIGHTS, args.out / WEIGHTS, KEEP)
        rows = json.loads((args.checkpoint / "rows.json").read_text(encoding="utf-8"))
        for folder in (plain, args.out):
            for name in COMPANIONS:
                shutil.copyfile(file.parent / name, folder / name)
            write(folder, card(folder, args.out.name, reference.attributes) | {"training_rows": rows})
        parity = hold_to_detoxify(plain, detoxify, reference, texts.tolist())
        calibration = curves(score(toxicity.OnnxScorer(args.out), natural["text"], "calibrate"), natural)
        for folder in (plain, args.out):
            write(folder, stored(folder) | {"calibration": calibration})
        scorer = toxicity.OnnxScorer(args.out)
        change = np.abs(score(scorer, texts, "int8") - score(toxicity.OnnxScorer(plain), texts, "fp32"))
    golden = [
        {"text": text, "scores": {name: round(score, 4) for name, score in one.scores.items()}}
        for text, one in zip(GOLDEN, scorer.score(GOLDEN), strict=True)
    ]
    tolerance = {
        "texts": len(texts),
        "max": round(float(change.max()), 4),
        "p999": round(float(np.quantile(change, 0.999)), 4),
        "mean": round(float(change.mean()), 5),
        "fp32_parity": parity,
    }
    final = stored(args.out) | {"int8_tolerance": tolerance, "golden": golden}
    write(args.out, final)
    size = final["bytes"] / 1e6
    print(f"{args.out}: {size:.1f} MB; fp32 within {parity:.1e} of Detoxify; int8 moves scores by {tolerance}")


def hold_to_detoxify(plain: Path, detoxify: Any, reference: DetoxifyScorer, texts: list[str]) -> float:
    """Return how far the fp32 export is from `Detoxify.predict`; ends the program if that is too far."""
    lengths = [len(encoding) for encoding in reference.tokenizer.encode_batch_fast(texts)]
    short = [text for text, length in zip(texts, lengths, strict=True) if length <= MAX_TOKENS][:PARITY_TEXTS]
    expected = np.array(list(detoxify.predict(short).values())).T
    found = np.array([list(one.scores.values()) for one in toxicity.OnnxScorer(plain).score(short, undo=False)])
    parity = float(np.abs(found - expected).max())
    if parity > PARITY:
        sys.exit(f"The fp32 export differs from Detoxify.predict by {parity:.2e}, more than {PARITY:.0e}.")
    return parity


def card(folder: Path, name: str, attributes: tuple[str, ...]) -> dict[str, Any]:
    """Return a card without calibration, golden texts and figures for the files in `folder`."""
    hashes = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in (WEIGHTS, *COMPANIONS)}
    return {
        "name": name,
        **ABOUT,
        "attributes": list(attributes),
        "max_tokens": MAX_TOKENS,
        "overlap": OVERLAP,
        "pad_id": 0,
        "bytes": (folder / WEIGHTS).stat().st_size,
        "sha256": hashes.pop(WEIGHTS),
        "files": hashes,
        "calibration": {},
        "int8_tolerance": {"texts": 0, "max": 0.0, "p999": 0.0, "mean": 0.0, "fp32_parity": 0.0},
        "figures": [],
        "language_figures": [],
        "golden_tolerance": GOLDEN_TOLERANCE,
        "golden": [],
    }


def stored(folder: Path) -> dict[str, Any]:
    """Return the card as it stands in `folder`."""
    document: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return document


if __name__ == "__main__":
    main()
