"""Which sentence of a text is looked at by itself."""

import numpy as np
import pytest

from workers.scoring.focus import sentence
from workers.scoring.windows import Window

DOT, MARK = 1012, 999
WINDOW = Window(3, "a text", [101, 7, 8, 9, DOT, 10, 11, 12, MARK, MARK, 13, 14, 102], first=20)


def tokens(**at: float) -> np.ndarray:
    """Return the scores of the window's tokens, all harmless but these."""
    found = np.full(len(WINDOW.ids), 0.01)
    for place, score in at.items():
        found[int(place[1:])] = score
    return found


@pytest.mark.parametrize(
    ("scores", "ids", "first"),
    [
        ({"t2": 0.9}, [101, 7, 8, 9, DOT, 102], 20),
        ({"t6": 0.9, "t2": 0.8}, [101, 10, 11, 12, MARK, MARK, 102], 24),
        ({"t4": 0.9}, [101, 7, 8, 9, DOT, 102], 20),  # a mark is of the sentence that it ends
        ({"t11": 0.9}, None, None),  # two words
        ({"t6": 0.19}, None, None),
        ({"t0": 0.9, "t12": 0.9}, None, None),  # special tokens are no words
    ],
)
def test_the_sentence_with_the_worst_word_is_looked_at(
    scores: dict[str, float], ids: list[int] | None, first: int | None
) -> None:
    """With the marks that end it, and where it begins; nothing if no word looks toxic, or too few are left."""
    found = sentence(WINDOW, tokens(**scores), frozenset({DOT, MARK}))

    assert (found and list(found.ids), found and found.first, found and found.owner) == (ids, first, ids and 3)


def test_a_text_of_one_sentence_is_looked_at_once() -> None:
    """Whether or not a mark ends it; an empty one, too."""
    one = Window(0, "a text", [101, 7, 8, 9, DOT, 102])

    assert sentence(one, np.full(6, 0.9), frozenset({DOT})) is None
    assert sentence(one, np.full(6, 0.9), frozenset()) is None
    assert sentence(Window(0, "", [101, 102]), np.full(2, 0.9), frozenset()) is None
