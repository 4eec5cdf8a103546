"""A small random checkpoint in Detoxify's own format, for taking the whole way of a real one."""

import hashlib
import string
from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

CLASSES = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
"""As the checkpoints have them; Detoxify renames three of them when it loads one."""
TEXTS = ("a kind word", "z", "", "What is this, then? A longer text of words: it has several.", "no no no", "yes 123")


def make(folder: Path, positions: int = 40) -> Path:
    """Write a checkpoint, its configuration and its tokenizer to `folder`; return the checkpoint's path."""
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *string.ascii_lowercase,
        *string.digits,
        *string.punctuation,
    ]
    pieces += [f"##{letter}" for letter in string.ascii_lowercase + string.digits]
    tokenizer = BertTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, model_max_length=positions)
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=positions,
        initializer_range=0.3,
    )
    config.num_labels = len(CLASSES)
    network = BertForSequenceClassification(config)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(torch.randn_like(weight) * 0.1)  # as after training: no bias is zero, no two weights are equal
    args = {
        "num_classes": len(CLASSES),
        "model_type": "bert-base-uncased",
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiny.ckpt"
    torch.save(
        {
            "config": {"arch": {"type": "BERT", "args": args}, "dataset": {"args": {"classes": list(CLASSES)}}},
            "state_dict": network.state_dict(),
        },
        path,
    )
    config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return path


def write_sidecar(path: Path) -> str:
    """Write the hash of `path` beside it, as `sha256sum` does, and return it."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name(path.name + ".sha256").write_text(f"{digest}  {path.name}\n")
    return digest
