"""Disguises: what each kind changes, how far, and what it leaves alone."""

from random import Random

import pytest

from training.obfuscate import (
    DISTRACTORS,
    GAPS,
    INVISIBLE,
    KINDS,
    STRENGTHS,
    WORD_KINDS,
    deletions,
    hidden_words,
    homoglyphs,
    invisible,
    leet,
    obfuscate,
    repeats,
    spacing,
    swaps,
)

TEXT = "You are a Moron, said he: a total fucker."
BAD = frozenset({"moron", "fucker"})
WORDS = ("moron", "fucker", "cunt", "ass", "Shit")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strength", STRENGTHS)
def test_the_same_seed_hides_the_same_way(kind: str, strength: int) -> None:
    """Every kind and strength changes the text, and does so again."""
    once, again = (obfuscate(TEXT, kind, strength, BAD, Random(5)) for _ in range(2))

    assert once == again != TEXT


@pytest.mark.parametrize("kind", WORD_KINDS)
def test_only_the_bad_words_change(kind: str) -> None:
    """What stands around them is as it was."""
    hidden = obfuscate(TEXT, kind, 3, BAD, Random(5))

    assert hidden.startswith("You are a ")
    assert ", said he: a total " in hidden
    assert hidden.endswith(".")
    assert "Moron" not in hidden
    assert "fucker" not in hidden


@pytest.mark.parametrize("kind", WORD_KINDS)
def test_a_text_without_words_stays(kind: str) -> None:
    """There is nothing to hide in it."""
    assert obfuscate("5 + 5 = 10 :-)", kind, 3, BAD, Random(5)) == "5 + 5 = 10 :-)"


def test_without_a_bad_word_up_to_three_longer_words_are_hidden() -> None:
    """Words of fewer than five letters are chosen only if there is no longer one."""
    text = "we did see another absolutely horrible person today"

    assert len(hidden_words(text, BAD, Random(5))) == 3
    assert all(text[at] in "ahpt" for at in hidden_words(text, BAD, Random(5)))
    assert hidden_words("be off now", BAD, Random(5)) == {3, 7}


@pytest.mark.parametrize("word", WORDS)
def test_strength_one_puts_one_thing_between_letters(word: str) -> None:
    """One sign, one invisible character."""
    assert len(spacing(word, 1, Random(5))) == len(word) + 1
    assert len(invisible(word, 1, Random(5))) == len(word) + 1


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("strength", STRENGTHS)
def test_spacing_and_invisible_characters_keep_every_letter(word: str, strength: int) -> None:
    """Without what was put in, the word is there again."""
    gaps, unseen = str.maketrans("", "", "".join(GAPS)), str.maketrans("", "", INVISIBLE)

    assert spacing(word, strength, Random(5)).translate(gaps) == word
    assert invisible(word, strength, Random(5)).translate(unseen) == word


def test_spacing_of_strength_three_parts_all_letters() -> None:
    """No two letters stand side by side."""
    assert all(not letter.isalnum() for letter in spacing("fucker", 3, Random(5))[1::2])


def test_leet_of_strength_three_replaces_every_letter_that_has_a_digit() -> None:
    """Others stay."""
    assert leet("moron", 3, Random(5)) == "m0r0n"
    assert leet("beef", 3, Random(5)) == "833f"


def test_strength_two_changes_half_and_at_least_two() -> None:
    """Of eight letters with a digit four, of two both."""
    changed = sum(letter.isdigit() for letter in leet("oeoeoeoe", 2, Random(5)))

    assert changed == 4
    assert leet("moron", 2, Random(5)) == "m0r0n"


@pytest.mark.parametrize("word", WORDS)
def test_homoglyphs_of_strength_three_leave_no_latin_letter_of_ascii(word: str) -> None:
    """Each letter has a look-alike, and the length stays."""
    hidden = homoglyphs(word, 3, Random(5))

    assert len(hidden) == len(word)
    assert not any(letter.isascii() for letter in hidden)


def test_repeats_of_strength_three_write_every_letter_three_to_five_times() -> None:
    """One after the other."""
    hidden = repeats("cunt", 3, Random(5))

    assert "".join(dict.fromkeys(hidden)) == "cunt"
    assert all(3 <= hidden.count(letter) <= 5 for letter in "cunt")


@pytest.mark.parametrize(
    ("word", "hidden"), [("moron", "mrn"), ("fucker", "fckr"), ("idiot", "idt"), ("ass", "as"), ("pie", "pi")]
)
def test_deletions_of_strength_three_leave_out_vowels_but_the_first_letter(word: str, hidden: str) -> None:
    """A word without a vowel inside loses one other letter, and two letters always stay."""
    assert deletions(word, 3, Random(5)) == hidden


@pytest.mark.parametrize(("strength", "hidden"), [(2, "fcuekr"), (3, "ufkcre")])
def test_swaps_change_places_of_neighbours(strength: int, hidden: str) -> None:
    """Up to strength 2 the first letter stays."""
    assert swaps("fucker", strength, Random(5)) == hidden


@pytest.mark.parametrize(("strength", "count"), [(1, 1), (2, 3), (3, 6)])
def test_distractors_stand_around_the_whole_text(strength: int, count: int) -> None:
    """The comment is in it as it was, after at least one kind sentence."""
    hidden = obfuscate(TEXT, "distractors", strength, BAD, Random(5))

    assert TEXT in hidden
    assert sum(sentence in hidden for sentence in DISTRACTORS) == count
    assert not hidden.startswith(TEXT)
