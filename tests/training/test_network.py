import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from training.data import HEADS, TASKS
from training.fit import base
from training.network import (
    ABUSIVE_SHARE,
    TASK_WEIGHTS,
    Compact,
    QuantisedLinear,
    checkpoint,
    joined,
    losses,
    pooled,
    token_loss,
)
from workers.scoring import toxicity_answer

TOXIC, ABUSIVE = TASKS.index("toxic"), TASKS.index("abusive")


@pytest.fixture(scope="module")
def compact() -> Compact:
    """A network of the base model's weights."""
    torch.manual_seed(3)
    return Compact(str(base())).eval()


def test_a_label_that_is_not_known_teaches_nothing() -> None:
    """The loss of a row is that of its known labels; its gradient leaves the other outputs alone."""
    logits = torch.zeros((1, len(TASKS)), requires_grad=True)
    targets = torch.full((1, len(TASKS)), float("nan"))
    targets[0, 0] = 1.0
    loss = losses(logits, targets, torch.ones(1))
    loss.backward()  # type: ignore[no-untyped-call] # torch has no types here
    expected = binary_cross_entropy_with_logits(torch.zeros(1), torch.ones(1)) * TASK_WEIGHTS[0] / TASK_WEIGHTS.sum()

    assert loss.item() == pytest.approx(expected.item())
    assert logits.grad is not None
    assert logits.grad[0, 0] < 0
    assert logits.grad[0, 1:].abs().sum() == 0


def test_rows_count_by_their_weight() -> None:
    """A row with twice the weight has twice the loss."""
    logits, targets = torch.zeros((1, len(TASKS))), torch.ones((1, len(TASKS)))

    assert losses(logits, targets, torch.tensor([2.0])) == 2 * losses(logits, targets, torch.tensor([1.0]))


def test_tokens_are_taught_only_where_words_are_marked() -> None:
    """Rows without marks, and the padding of rows with them, do not count."""
    unknown = float("nan")
    logits = torch.tensor([[3.0, -3.0, 50.0], [50.0, 50.0, 50.0]])
    found = token_loss(logits, torch.tensor([[1.0, 0.0, unknown], [unknown] * 3]))

    assert found == pytest.approx(binary_cross_entropy_with_logits(torch.tensor([3.0]), torch.ones(1)).item())
    assert token_loss(logits, torch.full((2, 3), unknown)) == 0


def test_embeddings_have_length_one_and_leave_padding_out() -> None:
    """The mean over the tokens of a text, whatever stands in its padding."""
    hidden = torch.tensor([[[3.0, 0.0], [0.0, 3.0], [99.0, 99.0]]])
    found = pooled(hidden, torch.tensor([[1, 1, 0]]))

    assert found[0].tolist() == pytest.approx([0.5**0.5, 0.5**0.5])


def test_windows_are_joined_in_training_as_they_are_served() -> None:
    """For texts of one window and of several the log-odds are those of the serving code."""
    logits = torch.randn((7, len(TASKS)), generator=torch.Generator().manual_seed(5)) * 4
    owners = torch.tensor([0, 1, 1, 1, 2, 3, 3])
    served = [toxicity_answer.joined(logits[owners == text].double().numpy()) for text in range(4)]

    assert joined(logits, owners, 4).tolist() == [pytest.approx(one.tolist(), abs=1e-5) for one in served]


def test_layers_are_rounded_forward_and_exact_backward() -> None:
    """Outputs are near those of the exact layer, and gradients reach the inputs as if nothing was rounded."""
    torch.manual_seed(1)
    layer = nn.Linear(64, 16)
    inputs = torch.randn((8, 64), requires_grad=True)
    exact = layer(inputs)
    layer.__class__ = QuantisedLinear
    rounded: Tensor = layer(inputs)
    rounded.sum().backward()  # type: ignore[no-untyped-call] # torch has no types here

    assert 0 < (rounded - exact).abs().max() < 0.1 * exact.abs().max()
    assert inputs.grad is not None
    assert torch.allclose(inputs.grad[0], layer.weight.sum(0), atol=0.05)


def test_only_the_encoder_is_rounded_and_word_embeddings_stay(compact: Compact) -> None:
    """Six layers of six matrices; what serving keeps in fp32 is exact in training."""
    rounded = [name for name, layer in compact.named_modules() if isinstance(layer, QuantisedLinear)]

    assert len(rounded) == 36
    assert all(".encoder." in name for name in rounded)
    assert not compact.network.bert.embeddings.word_embeddings.weight.requires_grad


def test_a_checkpoint_mixes_both_meanings_of_toxic_and_can_be_begun_with(compact: Compact) -> None:
    """It has one output for each label, toxicity is the mixture, and a network begun with it says the same."""
    ids = torch.tensor([[101, 2017, 2024, 102]])
    with torch.no_grad():
        before = compact(ids, torch.ones_like(ids))[0][0]
        state = checkpoint(compact)["state_dict"]
        again = Compact(str(base())).eval()
        again.start_from(state)
        after = again(ids, torch.ones_like(ids))[0][0]

    mixture = (1 - ABUSIVE_SHARE) * before[TOXIC] + ABUSIVE_SHARE * before[ABUSIVE]
    assert state["classifier.weight"].shape[0] == len(HEADS)
    assert after[TOXIC].item() == pytest.approx(mixture.item(), abs=1e-4)
    assert after[ABUSIVE].item() == pytest.approx(mixture.item(), abs=1e-4)
    assert after[1 : len(HEADS)].tolist() == pytest.approx(before[1 : len(HEADS)].tolist(), abs=1e-4)
