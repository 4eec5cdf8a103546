"""Lengths as readers count, and one text for what reads the same."""

from collections.abc import Callable
from unicodedata import normalize

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.model import LengthUnit, Span
from moderation.text import Normalised, check_encodable, compare_key, count, normalise
from tests.timing import assert_linear

UNITS = (LengthUnit.GRAPHEMES, LengthUnit.CODE_POINTS, LengthUnit.UTF16)
LENGTHS = [
    # what, text, graphemes, code points, UTF-16 units
    ("nothing", "", 0, 0, 0),
    ("letters", "hello", 5, 5, 5),
    ("white space at both ends", " \u2003\n hello \t\u00a0 ", 5, 5, 5),
    ("white space between", "a  b", 4, 4, 4),
    ("only white space", " \t\r\n\u00a0\u2003\u3000\u2800\u3164 ", 0, 0, 0),
    ("only invisible characters", "\u200b\u200d\ufeff\u2060\u00ad\ufe0f\U000e0067", 0, 0, 0),
    ("invisible characters at both ends", "\ufeff\u200bhello\u200b\u200f", 5, 5, 5),
    ("an invisible character between", "a\u200bb", 3, 3, 3),
    ("an accent in one piece", "caf\u00e9", 4, 4, 4),
    ("a combining accent", "cafe\u0301", 4, 5, 5),
    ("three combining marks", "a\u0301\u0323\u0308", 1, 4, 4),
    ("a mark alone", "\u0301", 1, 1, 1),
    ("31 characters in one cluster", "e" + "\u0301" * 30, 1, 31, 31),
    ("more marks than mean something", "e" + "\u0301" * 32_000, 1 + 31_970, 32_001, 32_001),
    ("an emoji", "\U0001f600", 1, 1, 2),
    ("a skin tone", "\U0001f44d\U0001f3fd", 1, 2, 4),
    ("a family", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466", 1, 7, 11),
    ("a flag", "\U0001f1e9\U0001f1ea", 1, 2, 4),
    ("three flags", "\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7\U0001f1ee\U0001f1f9", 3, 6, 12),
    ("half a flag after a flag", "\U0001f1e9\U0001f1ea\U0001f1eb", 2, 3, 6),
    ("a flag with a mark", "\U0001f1e9\U0001f1ea\u0301", 1, 3, 5),
    ("the flag of Scotland", "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 1, 7, 14),
    ("a keycap", "1\ufe0f\u20e3", 1, 3, 3),
    ("a red heart", "\u2764\ufe0f", 1, 2, 2),
    ("Hangul in syllables", "\ud55c\uae00", 2, 2, 2),
    ("Hangul in letters", "\u1112\u1161\u11ab\u1100\u1173\u11af", 2, 6, 6),
    ("Devanagari with a conjunct", "\u0928\u092e\u0938\u094d\u0924\u0947", 3, 6, 6),
    ("Thai", "\u0e01\u0e33", 1, 2, 2),
    ("a line end of Windows", "a\r\nb", 3, 4, 4),
    ("a line end of Unix", "a\nb", 3, 3, 3),
    ("a letter beyond the first plane", "\U0001d4d0", 1, 1, 2),
    ("half a surrogate pair", "a\ud83d", 2, 2, 2),
]
LONG = 64_000
NASTY = {
    "marks": "e" + "\u0301" * LONG,
    "marks of two kinds": "e" + "\u0301\u0323" * (LONG // 2),
    "flags": "\U0001f1e9\U0001f1ea" * (LONG // 2),
    "joined emoji": "\U0001f468\u200d" * (LONG // 2),
    "Hangul leads": "\u1100" * LONG,
    "Hangul vowels": "\u1161" * LONG,
    "Hangul letters": "\u1100\u1161\u11a8" * (LONG // 3),
    "Hangul compatibility letters": "\u314b\u314f" * (LONG // 2),
    "conjuncts": "\u0915\u094d" * (LONG // 2),
    "a conjunct of marks": "\u0915" + "\u0300\u094d" * (LONG // 2) + "\u0915",
    "prepended": "\u0600" * LONG,
    "spaces": " " * LONG + "x",
    "spaces and letters": "a  " * (LONG // 3),
    "zero-width": "a\u200b" * (LONG // 2),
    "line ends": "x" + "\r\n" * (LONG // 2) + "x",
    "growing": "\ufdfa" * LONG,
    "full width": "\uff21" * LONG,
    "half-width marks": "\uff76\uff9e" * (LONG // 2),
    "sharp s": "ß" * LONG,
    "accents": "e\u0301" * (LONG // 2),
    "all different": "".join(map(chr, range(0xA0, 0xD7FF))),
}
MIXED = st.text(
    st.sampled_from(
        "aAbZ 1.@\n\r\t\u00a0\u200b\u200d\u00adé\u0301\u0323\u0335\u0345ßİIıǰﬁ…’´“Ａ㋿ﷻㅋㅏ가\u1100\u1161\u11a8ｶﾞ\u3099"
        "कि\u094d\U0001f1e9\U0001f1ea\U0001f468\U0001f3fd\ufe0fсор①Σςᾳ"
    ),
    max_size=40,
)
ANY = st.one_of(st.text(), MIXED, st.text(st.characters(), max_size=20))


@pytest.mark.parametrize("row", LENGTHS, ids=lambda row: row[0])
@pytest.mark.parametrize("unit", UNITS)
def test_a_text_is_as_long_as_its_unit_says(unit: LengthUnit, row: tuple[str, str, int, int, int]) -> None:
    """Length is counted in grapheme clusters, code points or UTF-16 units, without blanks at both ends."""
    assert row[2:][UNITS.index(unit)] == count(row[1], unit)


def test_invisible_is_what_unicode_calls_so() -> None:
    """Everything that Unicode has as white space or to be ignored counts for nothing."""
    every = "".join(map(chr, range(0x110000)))
    invisible = regex.findall(r"[\p{White_Space}\p{Default_Ignorable_Code_Point}]", every)

    assert [character for character in invisible if count(character, LengthUnit.CODE_POINTS)] == []


@given(MIXED)
@settings(deadline=None)
def test_graphemes_are_those_of_unicode(text: str) -> None:
    """Counting flags and plain text in a faster way gives what Unicode's own rules give."""
    framed = f"x{text}x"

    assert len(regex.findall(r"\X", framed)) == count(framed, LengthUnit.GRAPHEMES)


@pytest.mark.parametrize(
    "work", [lambda text: count(text, LengthUnit.GRAPHEMES), normalise], ids=["count", "normalise"]
)
@pytest.mark.parametrize("name", NASTY)
def test_no_text_takes_long(work: Callable[[str], object], name: str) -> None:
    """64,000 characters of any kind are counted and made comparable in linear time; quadratic takes 3 to 30 s."""
    assert_linear(work, str, NASTY[name])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello", "hello"),
        ("  a \n\t b  ", "a b"),
        ("a \u200b b", "a b"),
        ("v\u200bi\u00ada\u2060gra\u202e", "viagra"),
        ("ＦＲＥＥ\u3000ｍｏｎｅｙ", "free money"),
        ("𝓯𝓻𝓮𝓮 ⓕⓡⓔⓔ", "free free"),
        ("cafe\u0301", "café"),
        ("STRASSE straße", "strasse strasse"),
        ("ΣΑΣ ςας", "σασ σασ"),
        ("İstanbul", "istanbul"),
        ("It’s “so” – good…", 'it\'s "so" - good...'),
        ("it´s", "it's"),
        ("\u1112\u1161\u11ab", "한"),
        ("ㅎㅏㄴ", "하\u1102"),
        ("ｶﾞ", "ガ"),
        ("❤\ufe0f 👨\u200d👩", "❤ 👨👩"),
        ("e" + "\u0335" * 100, "e" + "\u0335" * 30),
        ("\ufdfa", "صلى الله"),
        ("\u200b \u2800", ""),
        ("\ud800", "\ud800"),
    ],
)
def test_what_reads_the_same_is_the_same(text: str, expected: str) -> None:
    """Case, width, style, invisible characters, white space and quotes make no difference."""
    assert expected == normalise(text).text


@given(MIXED)
@settings(deadline=None)
def test_normalising_is_nfkc_of_the_whole(text: str) -> None:
    """Working piece by piece, so that places are known, gives what working on the whole text gives."""
    visible = regex.sub(r"[\p{Default_Ignorable_Code_Point}]", "", text)
    quoted = visible.translate(str.maketrans("’´“", "''\""))
    folded = "".join("i" if character == "İ" else character.casefold() for character in normalize("NFKC", quoted))

    assert " ".join(folded.split()) == normalise(text).text


@given(ANY)
@settings(deadline=None)
def test_places_stay_inside_the_original(text: str) -> None:
    """Every character stands for a stretch of the original, and the stretches are in order."""
    normalised = normalise(text)

    assert len(normalised.text) == len(normalised.starts) == len(normalised.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(normalised.starts, normalised.ends, strict=True))
    assert list(normalised.starts) == sorted(normalised.starts)
    assert list(normalised.ends) == sorted(normalised.ends)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("say  Ｓ\u200bＰＡＭ now", "Ｓ\u200bＰＡＭ"),
        ("…… \u00a0 spam", "spam"),
        ("ßßß SPAM ßß", "SPAM"),
        ("e\u0301e\u0301 spam\ufe0f", "spam"),
    ],
)
def test_a_span_leads_back_to_the_original(text: str, word: str) -> None:
    """Where a word was found in the normalised text is where it stands in the original."""
    normalised = normalise(text)
    at = normalised.text.index("spam")
    span = normalised.span(at, at + 4)

    assert word == text[span.start : span.end]


def test_an_empty_span_has_a_place() -> None:
    """Nothing at all still stands somewhere."""
    assert Span(2, 2) == normalise("  a").span(0, 0)
    assert Span(3, 3) == normalise("  a").span(1, 1)
    assert Span(0, 0) == normalise("").span(0, 0)


def test_a_rewritten_text_keeps_its_places() -> None:
    """What replaces a stretch stands for all of it, and the rest for what it stood for."""
    rewritten = normalise("one two three").rewrite([(0, 3, "1"), (3, 4, ""), (4, 7, "zwei")])

    assert rewritten.text == "1zwei three"
    assert Span(0, 3) == rewritten.span(0, 1)
    assert Span(4, 7) == rewritten.span(2, 3)
    assert Span(8, 13) == rewritten.span(6, 11)


def test_nothing_to_rewrite_is_no_work() -> None:
    """Without changes the very same text comes back."""
    normalised = Normalised("a", (0,), (1,))

    assert normalised.rewrite([]) is normalised


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Buy now!!!", "buy, NOW"),
        ("Great post 👍", "great post👍"),
        ("नमस्ते दुनिया", "नमस्ते, दुनिया।"),
        ("ＳＰＡＭ s\u200bpam", "spam spam"),
    ],
)
def test_texts_that_say_the_same_have_one_key(one: str, other: str) -> None:
    """Punctuation, white space, case and style do not make another comment of it."""
    assert compare_key(normalise(one)) == compare_key(normalise(other)) != ""


@pytest.mark.parametrize(("one", "other"), [("Great 👍", "Great 👎"), ("room 1", "room 2"), ("किताब", "कतब")])
def test_texts_that_say_something_else_have_another_key(one: str, other: str) -> None:
    """Letters, digits, vowel signs and emoji count."""
    assert compare_key(normalise(one)) != compare_key(normalise(other))


def test_signs_alone_have_no_key() -> None:
    """A row of signs is empty, so that it is too short to be a repetition."""
    assert compare_key(normalise("?!? ... -- ")) == ""


def test_what_cannot_be_stored_is_named() -> None:
    """NUL and half a surrogate pair are problems with a code and a place; other text has none."""
    assert check_encodable("Grüße 👍") == []
    assert check_encodable("a\0b\ud83d") == [
        {"code": "nul", "message": "has the character U+0000 at 1"},
        {"code": "surrogate", "message": "has half a surrogate pair at 3"},
    ]
