"""The compact network with its three heads, what each is taught by, and how it is saved."""

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertForSequenceClassification

from training.data import HEADS

HEAD_WEIGHTS = torch.tensor([2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
"""Toxicity is what most sets have labels of, and what most thresholds are set on."""


class Compact(nn.Module):
    """Detoxify's classifier with two heads beside it on the same hidden states."""

    def __init__(self, base: str) -> None:
        """Begin with the weights in the folder `base`; the embedding head begins as what changes nothing."""
        super().__init__()
        self.network = BertForSequenceClassification.from_pretrained(
            base, num_labels=len(HEADS), attn_implementation="eager", attention_probs_dropout_prob=0.0
        )
        width = self.network.config.hidden_size
        self.token_head = nn.Linear(width, 1)
        self.embedding_head = nn.Linear(width, width, bias=False)
        nn.init.eye_(self.embedding_head.weight)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits (texts x HEADS), token logits (texts x tokens), embeddings (texts x width, unit length)."""
        hidden = self.network.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        logits = self.network.classifier(self.network.dropout(self.network.bert.pooler(hidden)))
        return logits, self.token_head(hidden).squeeze(-1), pooled(self.embedding_head(hidden), mask)


def pooled(hidden: Tensor, mask: Tensor) -> Tensor:
    """Return the mean over tokens of `hidden`, scaled to unit length."""
    weights = mask.unsqueeze(-1).float()
    return functional.normalize((hidden.float() * weights).sum(1) / weights.sum(1), dim=-1)


def losses(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Return the mean loss over rows of what is known of each; a label that is NaN teaches nothing."""
    known = ~targets.isnan()
    each = functional.binary_cross_entropy_with_logits(logits.float(), targets.nan_to_num(), reduction="none")
    each = (each * known * HEAD_WEIGHTS.to(each.device)).sum(1) / HEAD_WEIGHTS.sum()
    return (each * weights).mean()


def token_loss(logits: Tensor, marks: list[Tensor | None]) -> Tensor:
    """Return the mean loss over tokens of the rows whose marks are known; zero without any."""
    rows = [(logits[at, : len(one)], one) for at, one in enumerate(marks) if one is not None]
    if not rows:
        return logits.sum() * 0
    found = torch.cat([row for row, _ in rows]).float()
    return functional.binary_cross_entropy_with_logits(found, torch.cat([one for _, one in rows]).to(found.device))


def checkpoint(model: Compact) -> dict:
    """Return the model as Detoxify's checkpoints are laid out; its class ignores the weights of the two heads."""
    state = {name.removeprefix("network."): tensor for name, tensor in model.state_dict().items()}
    arguments = {
        "num_classes": len(HEADS),
        "model_type": "all-MiniLM-L6-v2",
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
    }
    return {
        "config": {
            "arch": {"type": "BERT", "args": arguments},
            "dataset": {"type": "JigsawDataOriginal", "args": {"classes": list(HEADS)}},
        },
        "state_dict": {name: tensor.detach().cpu().float() for name, tensor in state.items()},
    }
