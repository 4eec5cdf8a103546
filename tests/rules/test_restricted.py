"""What a restricted author writes is held or rejected, and the finding says until when, but not why."""

from datetime import UTC, datetime

import pytest

from moderation.model import Action, Facts, Restriction, Verdict
from moderation.rules import restricted
from tests.build import NOW
from tests.rules.build import draft

END = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("restriction", "expected"),
    [
        # nobody said anything of the author
        (None, (Verdict.PASS, "the author is free to write")),
        # held, in every mode
        (
            Restriction(Action.HOLD, None, "a secret", "kim", NOW),
            (Verdict.HOLD_ALWAYS, "whatever this author writes is held"),
        ),
        # rejected, with an end
        (
            Restriction(Action.REJECT, END, "a secret", "kim", NOW),
            (Verdict.REJECT, "whatever this author writes is rejected until 2026-12-24 18:00 UTC"),
        ),
    ],
)
def test_a_restriction_is_what_the_facts_say(restriction: Restriction | None, expected: tuple[Verdict, str]) -> None:
    """One finding, whose code is the rule's name."""
    (found,) = restricted.check(draft(facts=Facts(restriction=restriction)))

    assert (found.verdict, found.detail) == expected
    assert (found.rule, found.code) == ("restricted", "restricted")
