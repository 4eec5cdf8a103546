import random
from itertools import pairwise

import pytest
import torch
from tokenizers import Tokenizer

from training.examples import MAX_TOKENS, MAX_WINDOWS, Batches, Example, encode, plan
from training.fit import tokenizer


@pytest.fixture(scope="module")
def pieces() -> Tokenizer:
    """The base model's tokenizer."""
    return tokenizer()


def test_marks_are_shares_of_the_tokens_they_stand_in(pieces: Tokenizer) -> None:
    """A token counts by the share of its characters that is marked; the special ones at both ends are not."""
    text = "you utter fool, go home"
    (example,) = encode([text], [[(4, 14)]], pieces)

    assert [pieces.id_to_token(number) for number in example.windows[0]][1:4] == ["you", "utter", "fool"]
    assert example.marks is not None
    assert example.marks[0] == [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]


def test_marks_of_long_texts_follow_their_windows(pieces: Tokenizer) -> None:
    """Every window has a mark for each of its tokens, and a marked word is found in the window it stands in."""
    text = "word " * 200 + "fool " + "word " * 900
    (example,) = encode([text], [[(1000, 1004)]], pieces)

    assert example.marks is not None
    assert len(example.windows) == len(example.marks) == MAX_WINDOWS
    assert [len(one) for one in example.marks] == [len(one) for one in example.windows]
    fool = pieces.token_to_id("fool")
    marked = [
        token
        for window, marks in zip(example.windows, example.marks, strict=True)
        for token, mark in zip(window, marks, strict=True)
        if mark
    ]
    assert marked
    assert set(marked) == {fool}


def test_batches_hold_every_example_once_and_stay_small() -> None:
    """No batch is over the number of padded tokens, unless one text alone is."""
    rng = random.Random(2)
    examples = [Example([[7] * rng.randint(3, MAX_TOKENS)] * rng.randint(1, 4)) for _ in range(500)]
    batches = plan(examples, 2048, random.Random(1))

    assert sorted(row for batch in batches for row in batch) == list(range(500))
    for batch in batches:
        windows = sum(len(examples[row].windows) for row in batch)
        assert windows * max(examples[row].longest for row in batch) <= 2048
    assert any(examples[one[0]].longest > examples[next_[0]].longest for one, next_ in pairwise(batches))


def test_a_batch_pads_and_tells_whose_window_is_whose() -> None:
    """Padding is masked, marks of texts without any and of padding are unknown."""
    examples = [Example([[5, 6, 7], [8]]), Example([[9, 9]], [[0.0, 1.0]])]
    batch = Batches(examples, [[1, 0]], pad=0)[0]

    assert batch.ids.tolist() == [[9, 9, 0], [5, 6, 7], [8, 0, 0]]
    assert batch.mask.tolist() == [[1, 1, 0], [1, 1, 1], [1, 0, 0]]
    assert batch.owners.tolist() == [0, 1, 1]
    assert batch.marks[0, :2].tolist() == [0.0, 1.0]
    assert torch.isnan(batch.marks).sum() == 7
