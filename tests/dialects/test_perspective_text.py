"""Texts as Perspective counts them: HTML, sentences, UTF-16."""

from itertools import pairwise

import pytest

from moderation.dialects.perspective_text import SENTENCES_AT_MOST, sentences, utf16
from moderation.markup import plain
from moderation.model import Span
from tests.proofs import Line, proves
from tests.timing import assert_linear


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Fish &amp; chips", "Fish & chips"),
        ("<p>One</p><p>two<br/>three</p>", "\nOne\n\ntwo\nthree\n"),
        ("<b class='x'>bold</b> <a href=\"https://x.example/?a=1\">link</a>", "bold link"),
        ("a<!-- idiot -->b<!doctype html><?xml?>c", "abc"),
        ("a<script>idiot()</script>b<STYLE>p{}</STYLE >c", "abc"),
        ("a<script>idiot", "aidiot"),
        ("1 < 2 and 3 > 2; a <3 b", "1 < 2 and 3 > 2; a <3 b"),
        ("an unclosed <a idiot", "an unclosed <a idiot"),
        ("an unclosed <!-- idiot", "an unclosed <!-- idiot"),
        ("&lt;b&gt; &#128545; &#x1F621; &nosuch; &copy &", "<b> 😡 😡 &nosuch; &copy &"),
        ("İ<b>x</b>", "İx"),
        ("", ""),
    ],
)
def test_markup_is_taken_away(html: str, text: str) -> None:
    """What a reader sees stays; what is not closed is text, so that nothing toxic can hide in it."""
    assert plain(html, is_html=True).text == text


def test_a_plain_text_stays_as_it_is() -> None:
    """Markup in it is text."""
    assert plain("<b>a &amp; b</b>", is_html=False).text == "<b>a &amp; b</b>"


def test_a_place_in_html_leads_back_to_the_original() -> None:
    """An entity counts as what was written."""
    html = "x &amp; <i>you 😡 idiot</i>!"
    found = plain(html, is_html=True)
    start = found.text.index("&")

    span = found.span(start, start + len("& you 😡 idiot"))

    assert html[span.start : span.end] == "&amp; <i>you 😡 idiot"
    assert utf16(span, html) == {"begin": 2, "end": span.end + 1}


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello there. You too!", ["Hello there.", "You too!"]),
        ("  One?! 'Two.' Three…\n\nFour ", ["One?!", "'Two.'", "Three…", "Four"]),
        ("3.14 is not a sentence, nor www.example.org", ["3.14 is not a sentence, nor www.example.org"]),
        ("一です。二です！三", ["一です。", "二です！", "三"]),
        ("one line\nanother", ["one line", "another"]),
        (" \n . ", ["."]),
        ("", []),
    ],
)
def test_a_text_has_sentences(text: str, pieces: list[str]) -> None:
    """They end with a mark before white space, or with the line; blanks around them are left out."""
    assert [text[span.start : span.end] for span in sentences(text)] == pieces


def test_a_text_of_very_many_sentences_has_fewer_spans() -> None:
    """Neighbours then share a span, and nothing is left out."""
    text = "No! " * 999

    found = sentences(text)

    assert len(found) <= SENTENCES_AT_MOST
    assert (found[0].start, found[-1].end) == (0, len(text) - 1)
    assert all(after.start - before.end == 1 for before, after in pairwise(found))


def test_positions_are_utf16_code_units() -> None:
    """An emoji is two; both ends are counted."""
    assert utf16(Span(1, 3), "😡😡é😡") == {"begin": 2, "end": 5}
    assert utf16(Span(0, 2), "ab") == {"begin": 0, "end": 2}


@proves(Line.INPUT)
@pytest.mark.parametrize("piece", ["<", "<a", "<!--", "&", "&amp;", "<script>", "</script", "<p>", "& <a -", "&#1"])
def test_taking_markup_away_takes_linear_time(piece: str) -> None:
    """Whatever is repeated, also if it is never closed."""
    assert_linear(lambda text: plain(text, is_html=True), str, piece * (200_000 // len(piece)))


@proves(Line.INPUT)
@pytest.mark.parametrize("piece", [".", ". ", "\n", " ", ".'", "。", "\u200b"])
def test_cutting_into_sentences_takes_linear_time(piece: str) -> None:
    """Whatever is repeated."""
    assert_linear(sentences, str, piece * (20_000 // len(piece)))
