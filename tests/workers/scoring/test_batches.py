from hypothesis import given
from hypothesis import strategies as st

from workers.scoring.batches import cut


def test_like_lengths_stand_together() -> None:
    """Texts of like length share a batch, so that little padding is computed."""
    assert cut([3, 50, 4, 48], 100) == [[0, 2], [3, 1]]


def test_a_text_longer_than_a_batch_is_a_batch_of_its_own() -> None:
    """No text is left out for being long."""
    assert cut([10, 900], 64) == [[0], [1]]


def test_nothing_gives_no_batch() -> None:
    """Without texts there is nothing to run."""
    assert cut([], 64) == []


@given(st.lists(st.integers(1, 600), max_size=60), st.integers(1, 2048))
def test_every_text_is_in_one_batch_within_the_budget(lengths: list[int], budget: int) -> None:
    """Each text is scored once, and no batch of several costs more padded tokens than allowed."""
    batches = cut(lengths, budget)

    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[index] for index in batch) <= budget for batch in batches)
