"""Hashing is the same everywhere and always, and reads disguises as what they say."""

import os
import subprocess
import sys

import pytest

from workers.scoring.spam_features import read
from workers.scoring.spam_ngrams import CHAR_BUCKETS, WORD_BUCKETS, char_buckets, fold, word_buckets, word_places

CODE = """
from workers.scoring.spam_ngrams import char_buckets, word_buckets
print(word_buckets(["hello", "wörld"]).tolist(), char_buckets("hé!").tolist())
"""


def folded(text: str) -> str:
    """Return a text as its n-grams are taken from."""
    return fold(*read(text))


def test_places_are_those_the_weights_were_trained_for() -> None:
    """The hash of a word, a pair and a run of characters never changes."""
    assert word_places(["hello", "wörld"]).tolist() == [73581, 22308, 44716]
    assert char_buckets("hé!").tolist() == [131974, 249719, 309322, 435687, 468966, 501338]


@pytest.mark.parametrize("seed", ["0", "1"])
def test_places_do_not_depend_on_the_process(seed: str) -> None:
    """Python's own hash differs from process to process; these places do not."""
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == f"{word_buckets(['hello', 'wörld']).tolist()} {char_buckets('hé!').tolist()}"


def test_all_places_are_inside_the_space() -> None:
    """Every place is below the number of places."""
    text = "".join(map(chr, range(32, 5000)))

    assert word_buckets(text.split()).max() < WORD_BUCKETS
    assert char_buckets(text).max() < CHAR_BUCKETS


def test_a_text_without_words_has_no_words() -> None:
    """Nothing in, nothing out, and no error."""
    assert word_buckets([]).size == 0
    assert char_buckets("").size == 0


@pytest.mark.parametrize("disguised", ["FREE MONEY", "𝗙𝗥𝗘𝗘 𝗺𝗼𝗻𝗲𝘆", "fr\u200bee mo\u00adney", "ｆｒｅｅ  ｍｏｎｅｙ"])
def test_disguises_fold_to_what_is_read(disguised: str) -> None:
    """Case, alphabets made for formulas, unseen characters and wide blanks make no difference."""
    assert folded(disguised) == "free money"


def test_numbers_and_links_fold_to_one_each() -> None:
    """Any digit is any other, and where a link leads is not learnt."""
    assert folded("call 123 www.a.example") == folded("call 456 https://b.example/c?d=e")
    assert folded("call me") != folded("call me www.a.example")
