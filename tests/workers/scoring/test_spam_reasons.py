"""Reasons are phrases that a moderator can check against the comment."""

import pytest

from workers.scoring.spam_features import FEATURES
from workers.scoring.spam_reasons import COUNTS, FLAGS, LINKS, NAMED_AT_MOST, NOTHING, SHARES, in_words


def said(found: dict[str, float], moved: dict[str, float], wording: float = 0.0, telling: tuple[str, ...] = ()) -> str:
    """Return the reasons for these features, all others being 0."""
    none = dict.fromkeys(FEATURES, 0.0)
    return in_words({**none, **found}, {**none, **moved}, wording, telling)


def test_links_and_contacts_are_counted_in_words() -> None:
    """The strongest come first, and shorteners are told with the links."""
    found = {"links": 3.0, "shorteners": 2.0, "phones": 1.0}
    moved = {"link_share": 2.0, "shorteners": 1.0, "phones": 1.5}

    assert said(found, moved) == "three links, two to shorteners; phone number"


@pytest.mark.parametrize(
    ("links", "shorteners", "phrase"),
    [
        (1, 0, "link"),
        (1, 1, "link to a shortener"),
        (2, 2, "two links to shorteners"),
        (2, 1, "two links, one to a shortener"),
        (12, 0, "12 links"),
    ],
)
def test_links_are_told_in_one_phrase(links: int, shorteners: int, phrase: str) -> None:
    """Number and shorteners make one phrase in good English."""
    assert said({"links": links, "shorteners": shorteners}, {"link_share": 1.0}) == phrase


def test_telling_words_are_named() -> None:
    """Words that weigh are quoted; without any that may be named, that there are some is said."""
    assert said({}, {}, 2.0, ("subscribe", "check out")) == "wording: subscribe, check out"
    assert said({}, {}, 2.0) == "wording like that of known spam"


def test_what_hardly_weighs_is_not_said() -> None:
    """A feature that moves little, or speaks for ham, is no reason."""
    assert said({"emoji": 3.0, "prices": 1.0}, {"emoji": 0.1, "prices": -1.0}, -2.0) == NOTHING


def test_a_share_is_told_only_when_it_is_large() -> None:
    """One capital letter is not "many capitals"."""
    assert said({"capital_share": 0.05}, {"capital_share": 0.5}) == NOTHING
    assert said({"capital_share": 0.8}, {"capital_share": 0.5}) == "many capitals"


def test_no_more_is_said_than_one_reads() -> None:
    """Only the strongest few are named."""
    found = dict.fromkeys(COUNTS, 2.0)

    assert len(said(found, found).split("; ")) == NAMED_AT_MOST


def test_every_phrase_belongs_to_a_feature() -> None:
    """No phrase is for a feature that is not there, and every feature has one, or tells nobody anything."""
    phrased = {*COUNTS, *SHARES, *FLAGS, *LINKS}
    unsaid = {name for name in FEATURES if name.startswith("length_")} | {"emoji_share", "cited"}

    assert phrased == set(FEATURES) - unsaid
