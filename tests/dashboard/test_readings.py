"""What a page says that a disguised word is read as."""

import pytest

from moderation.dashboard.readings import LONGEST, SHOWN, readings
from moderation.model import Span


@pytest.mark.parametrize(
    ("text", "marked", "said"),
    [
        ("Buy v.1.a.g.r.a now", [], [("v.1.a.g.r.a", "viagra")]),
        ("cheap f u c k", [], [("f u c k", "fuck")]),
        ("What a 1d10t with an iPhone 5s", [Span(7, 12)], [("1d10t", "idiot")]),
        ("An iPhone 5s, 4th of May, covid19, b4 10:30", [], []),
        ("Café … wait… don’t, love❤️ so\u00adft  \n Straße", [], []),
        ("рауpаl", [], [("рауpаl", "paypal")]),
        ("v\u200biagra", [], [("v[U+200B]iagra", "viagra")]),
        ("so soooooo good, soooooo", [], [("soooooo", "so")]),
        ("GOOD  Morning", [], []),
        ("", [], []),
    ],
)
def test_what_is_read_otherwise_is_told(text: str, marked: list[Span], said: list[tuple[str, str]]) -> None:
    """Disguises are; case, white space, typography, part numbers and what is ordinary in a language are not."""
    found = [(one.written.rstrip(","), one.read.rstrip(",")) for one in readings(text, marked)]

    assert list(dict.fromkeys(found)) == said


def test_a_long_list_is_cut() -> None:
    """The first few words are told, and the end of a very long text is not looked at."""
    assert len(readings(" ".join(f"{letter}\u200b{letter}" for letter in "abcdefghijkl"), [])) == SHOWN
    assert readings("x" * LONGEST + " v\u200biagra", []) in {(), readings("x" * LONGEST, [])}
