import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.learning.vectors import BIAS, EMBEDDING, NAME, PART, WIDTH, vector, vectors

GOLDEN = -0.2381
UNIT = np.full(EMBEDDING, EMBEDDING**-0.5, dtype=np.float32)


@given(st.text(max_size=300))
def test_no_part_outweighs_the_others(text: str) -> None:
    """Whatever the text, a vector has the same width and at most a bounded length."""
    row = vector(text, UNIT)

    assert row.shape == (WIDTH,)
    assert row.dtype == np.float32
    assert float(row @ row) <= 1 + 3 * PART**2 + BIAS**2 + 1e-4


def test_texts_that_share_words_are_near() -> None:
    """Near copies have a higher cosine than texts of other words, also without an embedding."""
    one, copy, other = vectors(
        [
            "Cheap watches and bags, write to my shop today",
            "Cheap watches and shoes, write to my shop tomorrow",
            "The council has moved the vote on the bridge to May",
        ],
        [None, None, None],
    )

    assert one @ copy > one @ other + PART**2 / 2


def test_an_embedding_of_another_width_is_left_out() -> None:
    """A converted model has embeddings of its own width; vectors have room for the shipped model's."""
    assert np.array_equal(vector("hello", np.ones(768, dtype=np.float32)), vector("hello", None))


@pytest.mark.parametrize("text", ["", " ", "\ud800", "x" * 100_000])
def test_any_text_has_a_vector(text: str) -> None:
    """Nothing, half a character or too much is no error."""
    assert np.isfinite(vector(text, None)).all()


def test_no_texts_have_no_rows() -> None:
    """A site that was taught nothing has an empty table of the right width."""
    assert vectors([], []).shape == (0, WIDTH)


def test_a_vector_that_changes_has_another_name() -> None:
    """Stored models and the shipped anchors mean these numbers: change `NAME`, and make the anchors anew."""
    row = vector("Check out my channel, 100% FREE at https://shop.example/deal 😂", UNIT)

    place = np.arange(WIDTH)
    assert (NAME, round(float(row @ np.sin(place)), 4)) == ("vectors-2", GOLDEN)
