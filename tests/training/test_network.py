import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from training.network import HEAD_WEIGHTS, losses, pooled, token_loss

HEADS = len(HEAD_WEIGHTS)


def test_a_label_that_is_not_known_teaches_nothing() -> None:
    """The loss of a row is that of its known labels; its gradient leaves the other outputs alone."""
    logits = torch.zeros((1, HEADS), requires_grad=True)
    targets = torch.full((1, HEADS), float("nan"))
    targets[0, 0] = 1.0
    loss = losses(logits, targets, torch.ones(1))
    loss.backward()  # type: ignore[no-untyped-call] # torch has no types here
    expected = binary_cross_entropy_with_logits(torch.zeros(1), torch.ones(1)) * HEAD_WEIGHTS[0] / HEAD_WEIGHTS.sum()

    assert loss.item() == pytest.approx(expected.item())
    assert logits.grad is not None
    assert logits.grad[0, 0] < 0
    assert logits.grad[0, 1:].abs().sum() == 0


def test_rows_count_by_their_weight() -> None:
    """A row with twice the weight has twice the loss."""
    logits, targets = torch.zeros((1, HEADS)), torch.ones((1, HEADS))

    assert losses(logits, targets, torch.tensor([2.0])) == 2 * losses(logits, targets, torch.tensor([1.0]))


def test_tokens_are_taught_only_where_words_are_marked() -> None:
    """Rows without marks, and the padding of rows with them, do not count."""
    logits = torch.tensor([[3.0, -3.0, 50.0], [50.0, 50.0, 50.0]])
    found = token_loss(logits, [torch.tensor([1.0, 0.0]), None])

    assert found == pytest.approx(binary_cross_entropy_with_logits(torch.tensor([3.0]), torch.ones(1)).item())
    assert token_loss(logits, [None, None]) == 0


def test_embeddings_have_length_one_and_leave_padding_out() -> None:
    """The mean over the tokens of a text, whatever stands in its padding."""
    hidden = torch.tensor([[[3.0, 0.0], [0.0, 3.0], [99.0, 99.0]]])
    found = pooled(hidden, torch.tensor([[1, 1, 0]]))

    assert found[0].tolist() == pytest.approx([0.5**0.5, 0.5**0.5])
