"""What people do to hide a word is undone, and ordinary text stays as it is."""

import pytest
from hypothesis import given, settings

from moderation.deobfuscation import deobfuscate, without_accents
from moderation.text import normalise
from tests.test_text import ANY, LONG, NASTY
from tests.timing import assert_linear

HIDDEN = [
    # how, as written, as meant
    ("spaced letters", "I sell s p a m here", "i sell spam here"),
    ("letters with dots", "s.p.a.m!", "spam!"),
    ("letters with hyphens", "s-p-a-m, ok", "spam, ok"),
    ("letters with underscores", "s_p_a_m", "spam"),
    ("letters with commas and blanks", "s, p, a, m", "spam"),
    ("letters with dots in a row", "s...p...a...m", "spam"),
    ("letters with emoji", "s 🔥 p 🔥 a 🔥 m", "spam"),
    ("letters on lines", "s\np\na\nm", "spam"),
    ("spaced letters of several words", "b u y   s p a m   n o w", "buy spam now"),
    ("letters with all kinds of signs", "@s#p%a*m$ b@u!y", "spam buy"),
    ("spaced and digits", "s p 4 m", "spam"),
    ("digits for letters", "5p4m v14gr4 fr33 c0ck7ail", "spam viagra free cocktail"),
    ("signs for letters", "@dult c@$ino, !diot, sh!p", "adult casino, idiot, ship"),
    ("repeated letters", "spaaaaam", "spam"),
    ("repeated letters at the end", "spammmm now", "spam now"),
    ("Cyrillic among Latin", "сasіno", "casino"),
    ("a whole word of Cyrillic", "call a сор", "call a cop"),
    ("Greek among Latin", "cαsιnο", "casino"),
    ("small capitals", "ᴄᴀꜱɪɴᴏ", "casino"),
    ("Canadian and Cherokee", "ᑕᗩᔕIᑎO ᏟᎪՏINO", "casino casino"),
    ("letters in squares", "🅲🅰🆂🅸🅽🅾", "casino"),
    ("struck through", "c\u0335a\u0335s\u0335i\u0335n\u0335o\u0335", "casino"),
]
PLAIN = [
    "Call 555 1234 or 1.2.3.4 at 10:30, $100!",
    "i.e. this, e.g. that, not a-b",
    "good book, all cool",
    "мусор и сор, пыль",
    "καλημέρα σου, φίλε",
    "größer, señor, łódź, naïve",
    "नमस्ते दुनिया का की के",
    "東京 は 大きい 町 です",
    "wow!!! yes!",
]


@pytest.mark.parametrize("row", HIDDEN, ids=lambda row: row[0])
def test_a_hidden_word_is_read_as_meant(row: tuple[str, str, str]) -> None:
    """Look-alikes, digits, gaps and repeats are undone."""
    assert row[2] == deobfuscate(normalise(row[1])).text


@pytest.mark.parametrize("text", PLAIN)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    """Numbers, abbreviations, other scripts and accents are left alone."""
    normalised = normalise(text)

    assert normalised.text == deobfuscate(normalised).text


@pytest.mark.parametrize(
    ("text", "stretch"),
    [
        ("so: s p a m!", "s p a m"),
        ("so: Ｓ.p.4.m", "Ｓ.p.4.m"),
        ("so: spaaaam", "spaaaam"),
        ("so: spammm!", "spammm"),
        ("ßß sраm", "sраm"),
        ("so: s\u0335p\u0335a\u0335m\u0335.", "s\u0335p\u0335a\u0335m\u0335"),
    ],
)
def test_a_span_is_where_the_hidden_word_stands(text: str, stretch: str) -> None:
    """A word found in the second reading leads to all of what was written for it."""
    found = deobfuscate(normalise(text))
    at = found.text.index("spam")
    span = found.span(at, at + 4)

    assert stretch == text[span.start : span.end]


def test_repeats_can_be_kept_visible() -> None:
    """A run of three or more becomes as many as asked for, and a pair stays a pair."""
    assert deobfuscate(normalise("coooool class"), run=3).text == "coool class"
    assert deobfuscate(normalise("coooool class"), run=2).text == "cool class"


@given(ANY)
@settings(deadline=None)
def test_places_stay_inside_the_original(text: str) -> None:
    """Whatever the text, every character stands for a stretch of it, in order."""
    found = deobfuscate(normalise(text))

    assert len(found.text) == len(found.starts) == len(found.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(found.starts, found.ends, strict=True))
    assert list(found.starts) == sorted(found.starts)
    assert list(found.ends) == sorted(found.ends)


@pytest.mark.parametrize(
    "text",
    [
        *NASTY.values(),
        *(
            unit * (LONG // len(unit))
            for unit in (
                "a.",
                "a ",
                "a.b.cd.",
                "a. . .b",
                "aaab",
                "a1",
                "a!",
                "!",
                "аa ",
                "сор ",
                "s.p.a.m no ",
                "s#p%a@m no ",
            )
        ),
        "a" * LONG,
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_no_text_takes_long(text: str) -> None:
    """64,000 characters of any kind are read in linear time."""
    assert_linear(deobfuscate, normalise, text)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("fête", "fete"),
        ("łódź", "lodz"),
        ("smørrebrød", "smorrebrod"),
        ("plain", "plain"),
        ("йод", "йод"),
        ("한", "한"),
    ],
)
def test_accents_can_be_taken_off_latin_words(word: str, expected: str) -> None:
    """A Latin word loses accents and strokes; a word of another script is left alone."""
    assert expected == without_accents(word)
