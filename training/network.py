"""The compact network with its three heads, what each is taught by, and how it is saved."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertForSequenceClassification

from training.data import HEADS, TASKS
from workers.scoring.toxicity_answer import ALONE

TASK_WEIGHTS = torch.tensor([2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0])
"""Toxicity, in either meaning, is what most sets have labels of, and what most thresholds are set on."""
ABUSIVE_SHARE = 0.7
"""How much of the served log-odds of toxicity are those of `abusive`; NOTES.md has what other shares give."""
ACTIVATION_LEVELS, WEIGHT_LEVELS = 255, 64
"""ONNX Runtime's dynamic quantisation with `reduce_range`: see `workers/scoring/onnx_export.py`."""


class QuantisedLinear(nn.Linear):
    """A layer that is trained as it is served: rounded to int8 on the way forward, as if not on the way back.

    (Jacob et al., Quantization and training of neural networks for efficient integer-arithmetic-only inference, 2018.)
    """

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the layer's outputs for inputs and weights rounded as ONNX Runtime rounds them."""
        exact = inputs.float()
        low, high = exact.detach().amin().clamp(max=0.0), exact.detach().amax().clamp(min=0.0)
        step = ((high - low) / ACTIVATION_LEVELS).clamp(min=1e-12)
        zero = torch.round(-low / step)
        rounded = (torch.round(exact.detach() / step + zero).clamp(0, ACTIVATION_LEVELS) - zero) * step
        return functional.linear(exact + (rounded - exact.detach()), self._rounded_weight(), self.bias)

    def _rounded_weight(self) -> Tensor:
        with torch.no_grad():
            step = (self.weight.abs().amax(dim=1, keepdim=True) / WEIGHT_LEVELS).clamp(min=1e-12)
            error = torch.round(self.weight / step) * step - self.weight
        return self.weight + error


class Compact(nn.Module):
    """Detoxify's classifier with two heads beside it on the same hidden states."""

    def __init__(self, base: str, *, quantised: bool = True) -> None:
        """Begin with the weights in the folder `base`; the embedding head begins as what changes nothing.

        The embeddings of word pieces stay as they are: half of all weights, and there are too few texts to
        change the rare ones for the better. `quantised` trains the layers as they are served.
        """
        super().__init__()
        self.network = BertForSequenceClassification.from_pretrained(
            base,
            num_labels=len(TASKS),
            dtype=torch.float32,
            attn_implementation="sdpa" if torch.cuda.is_available() else "eager",
            attention_probs_dropout_prob=0.0,
        )
        self.network.bert.embeddings.word_embeddings.requires_grad_(requires_grad=False)
        if quantised:
            for layer in self.network.bert.encoder.modules():
                if type(layer) is nn.Linear:
                    layer.__class__ = QuantisedLinear
        width = self.network.config.hidden_size
        self.token_head = nn.Linear(width, 1)
        self.embedding_head = nn.Linear(width, width, bias=False)
        nn.init.eye_(self.embedding_head.weight)

    def start_from(self, state: Mapping[str, Tensor]) -> None:
        """Begin with the weights of a `checkpoint`; both meanings of toxic begin with its one."""
        own = {name if "head." in name else f"network.{name}": weight.float() for name, weight in state.items()}
        for name in ("network.classifier.weight", "network.classifier.bias"):
            own[name] = torch.cat([own[name], own[name][HEADS.index("toxic")].unsqueeze(0)])
        self.load_state_dict(own)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits (windows x TASKS), token logits (windows x tokens), embeddings (windows x width, length 1)."""
        hidden = self.network.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        logits = self.network.classifier(self.network.dropout(self.network.bert.pooler(hidden)))
        return logits, self.token_head(hidden).squeeze(-1), pooled(self.embedding_head(hidden), mask)


def pooled(hidden: Tensor, mask: Tensor) -> Tensor:
    """Return the mean over tokens of `hidden`, scaled to unit length."""
    weights = mask.unsqueeze(-1).float()
    return functional.normalize((hidden.float() * weights).sum(1) / weights.sum(1), dim=-1)


def joined(logits: Tensor, owners: Tensor, texts: int) -> Tensor:
    """Return the logits of `texts` texts from those of their windows, as `toxicity_answer.joined` joins them.

    `logits` is windows x tasks; `owners` has the number of each window's text, and no text is without one.
    """
    logits = logits.float()
    index = owners.unsqueeze(1).expand_as(logits)
    empty = logits.new_zeros((texts, logits.shape[1]))
    number = empty[:, 0].scatter_add(0, owners, torch.ones_like(logits[:, 0])).unsqueeze(1)
    mean = empty.scatter_add(0, index, logits) / number
    largest = empty.scatter_reduce(0, index, logits, "amax", include_self=False)
    return torch.maximum(mean, largest - ALONE * (number > 1))


def losses(logits: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Return the mean loss over rows of what is known of each; a label that is NaN teaches nothing."""
    known = ~targets.isnan()
    each = functional.binary_cross_entropy_with_logits(logits.float(), targets.nan_to_num(), reduction="none")
    each = (each * known * TASK_WEIGHTS.to(each.device)).sum(1) / TASK_WEIGHTS.sum()
    return (each * weights).mean()


def token_loss(logits: Tensor, marks: Tensor) -> Tensor:
    """Return the mean loss over the tokens whose mark (0 to 1) is known, both windows x tokens; zero without any."""
    known = ~marks.isnan()
    each = functional.binary_cross_entropy_with_logits(logits.float(), marks.nan_to_num(), reduction="none")
    return (each * known).sum() / known.sum().clamp(min=1)


def checkpoint(model: Compact) -> dict:
    """Return the model as Detoxify's checkpoints are laid out; its class ignores the weights of the two heads.

    Both meanings of toxic become one output, `ABUSIVE_SHARE` of it `abusive`: the last layer is linear, so its
    weights can be mixed.
    """
    state = {
        name.removeprefix("network."): tensor.detach().cpu().float() for name, tensor in model.state_dict().items()
    }
    for name in ("classifier.weight", "classifier.bias"):
        toxic, abusive = state[name][TASKS.index("toxic")], state[name][TASKS.index("abusive")]
        state[name] = state[name][: len(HEADS)].clone()
        state[name][HEADS.index("toxic")] = (1 - ABUSIVE_SHARE) * toxic + ABUSIVE_SHARE * abusive
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
        "state_dict": state,
    }
