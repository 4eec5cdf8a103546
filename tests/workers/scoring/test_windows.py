from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from workers.scoring.catalogue import SHIPPED, TOKENIZER
from workers.scoring.windows import cut, split


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Give the shipped tokenizer, neither truncating nor padding."""
    loaded = Tokenizer.from_file(str(Path(SHIPPED / "compact-3" / TOKENIZER)))
    loaded.no_truncation()
    loaded.no_padding()
    return loaded


def test_a_short_text_is_its_own_only_window(tokenizer: Tokenizer) -> None:
    """What fits is taken in as it is, special tokens included."""
    (window,) = split(["Good morning!"], tokenizer, 20, 4)

    assert (window.owner, window.text) == (0, "Good morning!")
    assert tokenizer.decode(list(window.ids), skip_special_tokens=False) == "[CLS] good morning! [SEP]"


def test_windows_of_a_long_text_overlap_and_miss_no_word(tokenizer: Tokenizer) -> None:
    """Each word of a long text stands in a window, and its last words stand in the next window again."""
    words = [f"w{number}x" for number in range(100)]
    windows = split(["short", " ".join(words)], tokenizer, 32, 8)

    assert [window.owner for window in windows] == [0] + [1] * (len(windows) - 1)
    assert all(len(window.ids) <= 32 for window in windows)
    assert {word for window in windows[1:] for word in window.text.split()} == set(words)
    assert all(set(first.text.split()) & set(second.text.split()) for first, second in pairwise(windows[1:]))


def test_a_window_reads_like_its_stretch_of_the_text(tokenizer: Tokenizer) -> None:
    """The tokens of a window are those of its text alone, so engines that take texts see the same."""
    text = "Straße und Café: it costs £5, doesn't it? 你好 " * 12

    for window in split([text], tokenizer, 40, 10):
        assert tokenizer.encode(window.text).ids == window.ids


def test_a_word_longer_than_a_window_is_cut() -> None:
    """A text without a break does not stop the cutting."""
    assert cut([0] * 25, 10, 3) == [(0, 10), (7, 17), (14, 24), (21, 25)]


@given(st.lists(st.integers(1, 12), max_size=30), st.integers(2, 20), st.data())
def test_ranges_cover_all_tokens_in_order(word_lengths: list[int], size: int, data: st.DataObject) -> None:
    """Whatever the words, no token is left out and no window is too long."""
    overlap = data.draw(st.integers(0, (size - 1) // 2))
    words = [number for number, length in enumerate(word_lengths) for _ in range(length)]
    ranges = cut(words, size, overlap)

    assert {token for first, last in ranges for token in range(first, last)} == set(range(len(words)))
    assert all(last - first <= size for first, last in ranges)
    assert all(a < b and c < d for (a, c), (b, d) in pairwise(ranges))


def test_words_as_long_as_windows_cost_no_more_windows() -> None:
    """A text made to fall apart badly, of words nearly as long as a window, takes windows in line with its length."""
    words = [number for number in range(100) for _ in range(100)]

    assert len(cut(words, 126, 32)) <= 10_000 / (126 - 2 * 32) + 1
