import random

import pytest

from training.noise import KINDS, noisy

TEXT = "The committee met on Tuesday and called the writer an idiot."


def test_the_same_chance_gives_the_same_noise() -> None:
    """All chance comes from the generator that is passed in."""
    first, again = (noisy(TEXT, random.Random(5), lambda _: False) for _ in range(2))

    assert first == again


def test_words_that_are_aimed_at_are_changed() -> None:
    """Where words are named, each text either has them changed or harmless sentences around it."""
    for seed in range(60):
        found = noisy(TEXT, random.Random(seed), lambda word: word == "idiot")

        assert found != TEXT or TEXT in found
        assert "an idiot." not in found or TEXT in found or "idiot" not in found.split()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_leaves_a_word_of_about_its_length(kind: object) -> None:
    """A kind of noise takes away at most one letter of a word, and never all of it."""
    assert callable(kind)
    for seed in range(30):
        for word in ("fool", "nobody", "Incredible"):
            assert len(kind(word, random.Random(seed))) >= len(word) - 1


def test_a_text_without_words_stays() -> None:
    """There is nothing to disguise in numbers and short words."""
    assert {noisy("1 2 3 ok", random.Random(seed), lambda _: True) for seed in (1, 2, 3)} == {"1 2 3 ok"}
