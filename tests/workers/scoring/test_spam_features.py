"""What is read from a text and its comment, and how long that takes at worst."""

import pytest

from moderation.model import Author, Comment, Signals, Thread
from tests.timing import assert_linear
from workers.scoring.spam_features import (
    AUTHOR_FEATURES,
    FEATURES,
    MOST,
    author_features,
    features,
    read,
    scaled,
)
from workers.scoring.spam_ngrams import char_buckets, fold, word_buckets, words_of


def measured(text: str, comment: Comment | None = None) -> dict[str, float]:
    """Return the features of a text."""
    return features(text, *read(text), comment)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("see https://example.org/a and www.example.com", "links", 2),
        ("see https://example.org/a and https://example.org/b", "domains", 1),
        ("win at http://bit.ly/x now", "shorteners", 1),
        ("https://example.org", "link_share", 1.0),
        ("write to kim@example.org", "emails", 1),
        ("call +1 555 010 9999 today", "phones", 1),
        ("call 09061701461 today", "phones", 1),
        ("in 2004, 10,000 people at 192.168.10.254", "phones", 0),
        ("on WhatsApp or t.me/kim", "handles", 2),
        ("@kim and @sam", "mentions", 2),
        ('<a href="http://example.org">here</a> [url=x]', "anchors", 2),
        ("from $20 to 30 USD", "prices", 2),
        ("buy BTC and cryptocurrency", "crypto", 2),
        ("see https://en.wikipedia.org/wiki/Tea and http://www.example.org", "cited", 1),
        ("see https://en.wikipedia.org/wiki/Tea and http://www.example.org", "links", 1),
        ("as https://www.cs.example.edu and https://data.gov.uk say", "cited", 2),
        ("as https://wikipedia.org.example.com says", "cited", 0),
        ("check out my new channel and subscribe", "calls", 2),
        ("check out my new channel and subscribe", "own", 1),
        ("win a prize", "offers", 2),
        ("please like my song, thumbs up", "likes", 2),
        ("зарабoтай", "mixed_script", 1),
        ("𝗪𝗜𝗡 now", "stylised", 3),
        ("ＷＩＤＥ letters are ordinary", "stylised", 0),
        ("vi\u200bag\u2060ra", "invisible", 2),
        ("get f r e e and c.a.s.h now", "spaced", 2),
        ("so good 😂😂", "emoji", 2),
        ("THIS IS ALL ABOUT CAPITALS", "capital_share", 1.0),
        ("OK", "capital_share", 0.1),
        ("1234567890 1234567890", "digit_share", 1.0),
        ("buy buy buy buy now", "repeated_words", 0.8),
        ("soooooo gooood!!!!!!", "repeated_characters", 2),
        ("hello", "length_10", 1.0),
        ("", "length_10", 1.0),
        ("word " * 300, "length_more", 1.0),
    ],
)
def test_a_feature_counts_what_its_name_says(text: str, name: str, value: float) -> None:
    """Each feature is a count or share that a person can check by looking."""
    assert measured(text)[name] == pytest.approx(value)


def test_every_feature_has_its_place_and_a_bounded_size() -> None:
    """Whatever the text, each named feature is there and is brought to at most 2."""
    found = measured("http://a.example $1 😂 " * 500)

    assert set(found) == set(FEATURES)
    assert len(scaled(found)) == len(FEATURES)
    assert 0 <= min(scaled(found)) <= max(scaled(found)) <= 2


def test_a_text_without_a_comment_says_nothing_of_its_author() -> None:
    """What is unknown of the author is 0, not a guess."""
    assert set(author_features(None).values()) == {0.0}


@pytest.mark.parametrize(
    ("author", "signals", "name"),
    [
        (Author(url="https://example.org"), Signals(), "author_url"),
        (Author(name="www.example.com"), Signals(), "author_name_link"),
        (Author(name="Cheap Flights Dubai"), Signals(), "author_name_keyword"),
        (Author(), Signals(honeypot="x"), "honeypot"),
        (Author(), Signals(filled_in_ms=900), "too_fast"),
    ],
)
def test_the_author_and_the_form_are_looked_at(author: Author, signals: Signals, name: str) -> None:
    """One thing told of the author or the form raises its own feature and no other."""
    found = measured("hello", Comment("hello", Thread("t"), author, signals=signals))

    assert {feature for feature in AUTHOR_FEATURES if found[feature]} == {name}


def test_an_ordinary_author_raises_nothing() -> None:
    """A name, an empty hidden field and some seconds of writing are what people have."""
    author, signals = Author(name="Kim Best-Smith Jr."), Signals(honeypot="", filled_in_ms=5200)

    found = author_features(Comment("hello", Thread("t"), Author(name="Kim"), signals=signals))

    assert author.name
    assert set(found.values()) == {0.0}


@pytest.mark.parametrize(
    "piece",
    [
        "a", "a ", "a.", "1", "1 ", "+1", "+1 1", "@", "a@", "a@a.", "@a", "<a ", "[url", "$", "1$", "aя", "😀", "http://",
        "http://a.de ", "www.", "(", "+(1-", "\u0301", "ab.c-", "\ufdfa", "0x", "a_", " ", "aaaaaab", "Ａ",
        "a dot com ", "\u200b", "𝗔",
    ],
)  # fmt: skip
def test_no_text_takes_long(piece: str) -> None:
    """As much of anything as is looked at is read in linear time, features and n-grams together."""

    def work(text: str) -> None:
        normalised, links = read(text)
        folded = fold(normalised, links)
        features(text, normalised, links)
        word_buckets(words_of(folded))
        char_buckets(folded)

    assert_linear(work, str, piece * (MOST // len(piece)))


def test_what_follows_the_longest_comment_is_not_looked_at() -> None:
    """Only so much text is read as a comment can have."""
    assert measured("a" * MOST + " http://example.org")["links"] == 0
