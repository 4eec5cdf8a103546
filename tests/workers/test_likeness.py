import random

import numpy as np
import pytest
from hypothesis import given, settings

from tests.test_text import ANY, LONG, NASTY
from tests.timing import assert_linear
from workers.likeness import ALIKE, BANDS, BYTES, HASHES, bands, plain_words, signature

ADVERT = "Join our private trading group today and earn five thousand dollars a week from home, no experience needed"
OTHER = "The council moved the bus stop again, so my grandmother now walks half a mile to church on Sundays"


def likeness(one: str, other: str) -> float:
    """Return the share of equal hashes of two texts."""
    pair = [np.frombuffer(signature(text) or b"", dtype="<u4") for text in (one, other)]
    assert len(pair[0]) == len(pair[1]) == HASHES
    return float((pair[0] == pair[1]).mean())


@pytest.mark.parametrize(
    "copy",
    [
        ADVERT.upper(),
        ADVERT.replace("a", "а").replace("e", "е"),
        f"@kim {ADVERT}!!! https://t.example/u/8812?ref=kim",
        f"Kim, {ADVERT} www.earn-now.top",
        ADVERT.replace("private trading", "exclusive investment").replace("from home", "at home"),
        " ".join("\u200b".join(word) for word in ADVERT.split()),
    ],
    ids=["capitals", "look-alikes", "a name and a link", "another link", "other words", "zero-width"],
)
def test_a_copy_is_told_through_what_is_done_to_it(copy: str) -> None:
    """Names, links, numbers, look-alikes and a few other words leave two texts alike, and they share a band."""
    assert likeness(ADVERT, copy) >= ALIKE
    assert set(bands(signature(ADVERT) or b"")) & set(bands(signature(copy) or b""))


def test_other_texts_are_not_alike() -> None:
    """Two ordinary sentences have next to nothing in common."""
    assert likeness(ADVERT, OTHER) < 0.1


@pytest.mark.parametrize(
    "text", ["yes", "great article, thank you", "https://a.example/b " * 9, "😀" * 60, "", "1 2 3 4 5 6 7"]
)
def test_what_many_people_write_has_no_signature(text: str) -> None:
    """Short texts, and texts without words, are never copies of each other."""
    assert signature(text) is None


def test_what_changes_from_copy_to_copy_is_left_out() -> None:
    """Links, mentions, numbers and punctuation are not compared."""
    assert plain_words("@kim see https://example.org/x?y=1 for 5,000 $ - now!") == "see for now"


def test_bands_are_parts_of_the_signature() -> None:
    """There are as many as are looked up, each with its number, so that equal hashes at other places do not meet."""
    found = bands(bytes(HASHES * BYTES))

    assert len(set(found)) == BANDS


@given(ANY)
@settings(deadline=None)
def test_any_text_has_a_signature_or_none(text: str) -> None:
    """Whatever the text, it is a signature of one length, the same each time."""
    found = signature(text)

    assert found is None or len(found) == HASHES * BYTES
    assert signature(text) == found


@pytest.mark.parametrize("name", NASTY)
def test_no_text_takes_long(name: str) -> None:
    """Only the beginning of a long text is looked at."""
    assert_linear(signature, str, NASTY[name])
    assert len(NASTY[name]) > LONG / 2


def test_pairs_with_much_in_common_share_a_band() -> None:
    """Of copies with one word in eight exchanged nearly all are found by their bands."""
    rng = random.Random(3)
    words = ADVERT.split()
    own = set(bands(signature(ADVERT) or b""))
    copies = [" ".join(word if rng.random() > 1 / 8 else "something" for word in words) for _ in range(200)]

    assert np.mean([bool(own & set(bands(signature(copy) or b""))) for copy in copies]) > 0.97
