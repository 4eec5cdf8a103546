"""Which attributes have scores, and for which languages."""

import pytest

from moderation.model import ATTRIBUTES, Language, Scored
from moderation.served import foreign, served
from tests.answering import CARDS

KNOWN = served(CARDS)


def test_what_is_served_is_what_the_models_say() -> None:
    """Each attribute has the languages of its model; a model without languages is for all."""
    assert set(KNOWN) == set(ATTRIBUTES)
    assert KNOWN["threat"] == frozenset({"en"})
    assert KNOWN["spam"] is None
    assert set(served([{"attributes": ["toxicity"], "languages": ["en"]}])) == {"toxicity"}


@pytest.mark.parametrize(
    ("main", "others", "found"),
    [("en", (), []), ("de", (), ["de"]), ("en", ("fr", "de"), ["fr", "de"]), (None, (), []), (None, ("de",), ["de"])],
)
def test_languages_that_an_attribute_is_not_for_are_foreign(
    main: str | None, others: tuple[str, ...], found: list[str]
) -> None:
    """The main one and those of parts; a language that nobody could tell is not foreign, and none is to spam."""
    scored = Scored({}, Language(main), other_languages=others)

    assert foreign(KNOWN, "toxicity", scored) == found
    assert foreign(KNOWN, "spam", scored) == []
