"""Small random checkpoints in Detoxify's own format, one of each architecture, to be taken the whole way."""

import hashlib
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch
import transformers
from tokenizers.pre_tokenizers import ByteLevel
from torch import Tensor

CLASSES = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
"""As the checkpoints have them; Detoxify renames three of them when it loads one."""
MORE_OUTPUTS = 2
"""Outputs without a name, as Detoxify's `unbiased` has nine for the identities that a comment names."""
TEXTS = ("a kind word", "z", "", "What is this, then? A longer text of words: it has several.", "no no no", "yes 123")
WIDTH, EMBEDDING = 32, 8
CHARACTERS = (*string.ascii_letters, *string.digits, *string.punctuation)
BERT_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
ROBERTA_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
ALBERT_SPECIAL = ("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]")


def _word_pieces() -> dict[str, Any]:
    inside = (f"##{letter}" for letter in CHARACTERS)
    return {"vocab": {piece: number for number, piece in enumerate((*BERT_SPECIAL, *CHARACTERS, *inside))}}


def _byte_pairs() -> dict[str, Any]:
    pieces = (*ROBERTA_SPECIAL, *sorted(ByteLevel.alphabet()), "th", "the", "<mask>")
    return {"vocab": {piece: number for number, piece in enumerate(pieces)}, "merges": [("t", "h"), ("th", "e")]}


def _unigrams(special: tuple[str, ...], *last: str) -> dict[str, Any]:
    pieces = [(piece, -4.0) for piece in ("▁", *CHARACTERS)] + [("▁the", -2.0), ("ing", -3.0)]
    return {"vocab": [*((piece, 0.0) for piece in special), *pieces, *((piece, 0.0) for piece in last)]}


@dataclass(frozen=True, slots=True)
class Architecture:
    """What sets the checkpoints of one architecture apart."""

    base: str
    """The model that Detoxify's own is made from; names the configuration and tokenizer that it asks the hub for."""
    vocabulary: Callable[[], dict[str, Any]]
    settings: Mapping[str, Any] = field(default_factory=dict)
    before_first: int = 0
    """Positions that no token takes: a RoBERTa counts from the padding's id on."""


ROBERTA = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "type_vocab_size": 1}
ARCHITECTURES = {
    "Bert": Architecture("bert-base-uncased", _word_pieces),
    "Albert": Architecture("albert-base-v2", lambda: _unigrams(ALBERT_SPECIAL), {"embedding_size": 16}),
    "Roberta": Architecture("roberta-base", _byte_pairs, ROBERTA, 2),
    "XLMRoberta": Architecture("xlm-roberta-base", lambda: _unigrams(ROBERTA_SPECIAL, "<mask>"), ROBERTA, 2),
}
"""By the beginning of the names of their classes in transformers."""


def make(
    folder: Path, name: str = "Bert", positions: int = 40, heads: Mapping[str, Tensor] = MappingProxyType({})
) -> Path:
    """Write a checkpoint, its configuration and its tokenizer to `folder`; return the checkpoint's path.

    `name` is one of `ARCHITECTURES`; `heads` stand in the checkpoint beside the weights of Detoxify's network.
    """
    architecture = ARCHITECTURES[name]
    vocabulary = architecture.vocabulary()
    tokenizer = getattr(transformers, f"{name}Tokenizer")(**vocabulary, model_max_length=positions)
    model_class = getattr(transformers, f"{name}ForSequenceClassification")
    torch.manual_seed(5)
    config = model_class.config_class(
        vocab_size=len(vocabulary["vocab"]),
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=positions + architecture.before_first,
        initializer_range=0.3,
        **architecture.settings,
    )
    config.num_labels = len(CLASSES) + MORE_OUTPUTS
    network = model_class(config)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(torch.randn_like(weight) * 0.1)  # as after training: no bias is zero, no two weights are equal
    args = {
        "num_classes": config.num_labels,
        "model_type": architecture.base,
        "model_name": model_class.__name__,
        "tokenizer_name": f"{name}Tokenizer",
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiny.ckpt"
    torch.save(
        {
            "config": {"arch": {"type": name, "args": args}, "dataset": {"args": {"classes": list(CLASSES)}}},
            "state_dict": {**network.state_dict(), **heads},
        },
        path,
    )
    config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return path


def random_heads() -> dict[str, Tensor]:
    """Return weights of a token head and an embedding head, as a checkpoint of our own carries them."""
    draw = torch.Generator().manual_seed(6)
    shapes = {"token_head.weight": (1, WIDTH), "token_head.bias": (1,), "embedding_head.weight": (EMBEDDING, WIDTH)}
    return {name: torch.randn(shape, generator=draw) for name, shape in shapes.items()}


def write_sidecar(path: Path) -> str:
    """Write the hash of `path` beside it, as `sha256sum` does, and return it."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_name(path.name + ".sha256").write_text(f"{digest}  {path.name}\n")
    return digest
