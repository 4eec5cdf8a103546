"""Comments without text, too short and too long are refused with the bound that they crossed."""

import pytest

from moderation.model import Finding, LengthUnit, Verdict
from moderation.policy_document import LengthPolicy, Policy
from moderation.rules import length
from tests.rules.build import draft

FLAG = "\U0001f1e9\U0001f1ea"


@pytest.mark.parametrize(
    ("text", "policy", "expected"),
    [
        # white space at both ends does not count
        ("  hello \n", LengthPolicy(1, 5), Finding("length", Verdict.PASS, "length", "5 of 5 graphemes")),
        # a comment has at least one visible character
        (" \n ", LengthPolicy(), Finding("length", Verdict.REFUSE, "empty", "nothing to read", limit=1)),
        ("\u200b\ufeff", LengthPolicy(), Finding("length", Verdict.REFUSE, "empty", "nothing to read", limit=1)),
        # fewer than min
        (
            "abcd",
            LengthPolicy(5, 9),
            Finding("length", Verdict.REFUSE, "too_short", "4 of at least 5 graphemes", limit=5),
        ),
        # exactly min, exactly max
        ("abcde", LengthPolicy(5, 9), Finding("length", Verdict.PASS, "length", "5 of 9 graphemes")),
        ("abcdefghi", LengthPolicy(5, 9), Finding("length", Verdict.PASS, "length", "9 of 9 graphemes")),
        # more than max
        ("x" * 301, LengthPolicy(), Finding("length", Verdict.REFUSE, "too_long", "301 of 300 graphemes", limit=300)),
        # in the site's unit
        (FLAG * 3, LengthPolicy(1, 3), Finding("length", Verdict.PASS, "length", "3 of 3 graphemes")),
        (
            FLAG * 3,
            LengthPolicy(1, 5, LengthUnit.CODE_POINTS),
            Finding("length", Verdict.REFUSE, "too_long", "6 of 5 code_points", limit=5),
        ),
        (
            FLAG * 3,
            LengthPolicy(1, 11, LengthUnit.UTF16),
            Finding("length", Verdict.REFUSE, "too_long", "12 of 11 utf16", limit=11),
        ),
    ],
)
def test_a_comment_has_the_length_that_the_site_wants(text: str, policy: LengthPolicy, expected: Finding) -> None:
    """One finding tells count, bound and unit."""
    assert length.check(draft(text, Policy(length=policy))) == (expected,)
