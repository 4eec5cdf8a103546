"""Keyed hashes of authors, addresses and texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.hashing import HEX_DIGITS, AddressKeys, Hasher
from moderation.model import Author
from tests.build import NOW

ONE, OTHER = Hasher("a secret of at least 32 characters"), Hasher("another secret of 32 characters..")


@given(st.text(), st.text())
def test_a_hash_is_the_same_for_the_same_only(one: str, other: str) -> None:
    """Equal values have equal hashes and different ones different, whatever characters they hold."""
    assert (ONE.hash("text", one) == ONE.hash("text", other)) == (one == other)


def test_a_hash_tells_nothing_without_the_secret() -> None:
    """Another secret gives another hash, and each is 32 hexadecimal digits."""
    hashed = ONE.hash("author", "kim")

    assert hashed != OTHER.hash("author", "kim")
    assert len(hashed) == HEX_DIGITS
    int(hashed, 16)


def test_a_kind_cannot_be_taken_for_another() -> None:
    """The same value as an author's id, as an e-mail address and as a text has three hashes."""
    assert len({ONE.hash(kind, "kim@news.example") for kind in ("author", "email", "text")}) == 3


def test_a_hash_stays_what_it_is() -> None:
    """Stored hashes are found again by every later version."""
    assert ONE.hash("author", "kim") == "759855618adafb5062b244c8d4634aab"


@pytest.mark.parametrize(
    ("author", "key"),
    [
        (Author(id="kim", email="kim@news.example"), ONE.author_id("kim")),
        (Author(email=" Kim@News.example "), ONE.hash("email", "kim@news.example")),
        (Author(name="Kim", ip="203.0.113.9", url="https://kim.example"), None),
        (Author(id="", email=""), None),
    ],
)
def test_an_author_is_known_by_id_or_else_by_address(author: Author, key: str | None) -> None:
    """The site's id comes first, then the e-mail address whatever its case; a name is no identity."""
    assert ONE.author(author) == key


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.0", "203.0.113.255", True),
        ("203.0.113.9", "203.0.114.9", False),
        ("2001:db8:1::1", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("::ffff:203.0.113.9", "203.0.113.200", True),
        ("2001:DB8:1::", "2001:db8:1:0:0:0:0:1", True),
    ],
)
def test_addresses_are_known_by_their_network(one: str, other: str, same: bool) -> None:
    """A /24 of IPv4 and a /48 of IPv6 have one key each, also where IPv4 is written as IPv6."""
    assert (ONE.addresses(one, NOW) == ONE.addresses(other, NOW)) is same


def test_no_address_has_no_key() -> None:
    """An author without an address shares a key with nobody."""
    assert ONE.addresses(None, NOW) == (None, None)
    assert ONE.addresses("", NOW) == (None, None)


def test_networks_are_hashed_with_a_key_that_changes() -> None:
    """Another key or another secret gives another hash; what it was under the key before is told beside it."""
    made = Hasher("a secret of at least 32 characters", lambda _: AddressKeys("second", "first"))
    before = Hasher("a secret of at least 32 characters", lambda _: AddressKeys("first"))

    now, then = made.addresses("203.0.113.9", NOW)
    assert now != then == before.addresses("203.0.113.200", NOW)[0]
    assert len({now, then, *ONE.addresses("203.0.113.9", NOW), *OTHER.addresses("203.0.113.9", NOW)}) == 5
