"""Which passwords a moderator may choose."""

import pytest

from moderation.passwords import TRIED_FIRST, weakness
from tests.proofs import Line, proves

EMAIL = "kim.of.the.news@news.example"


@proves(Line.MODERATORS)
@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "fewer than 12"),
        ("elevenchars", "fewer than 12"),
        ("x" * 1001, "more than 1000"),
        (EMAIL, "your address"),
        ("Kim.Of.The.News", "your address"),
        ("Password 1234", "tried first"),
        ("19701231197012", "tried first"),
        ("abababababab", "tried first"),
        *((one, "tried first") for one in sorted(TRIED_FIRST)),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, why: str) -> None:
    """Too short, too long, the address, a pattern, or one that everybody tries."""
    assert why in (weakness(password, EMAIL) or "nothing")


@pytest.mark.parametrize("password", ["tram tea kettle", "пароль из слов", "vk2p7-9mfz4-xq8rt-h3ndw", "a1b2c3d4e5f6"])
def test_a_long_password_is_good(password: str) -> None:
    """Any characters, in any script, with or without digits."""
    assert weakness(password, EMAIL) is None
