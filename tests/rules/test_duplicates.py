"""A text that was posted before is held, and the reason says by whom and how lately."""

import pytest

from moderation.model import Facts, Verdict
from moderation.policy_document import DuplicatesPolicy, Policy
from moderation.rules import duplicates
from tests.rules.build import draft


@pytest.mark.parametrize(
    ("author", "site", "expected"),
    [
        # nobody posted it
        (False, False, (Verdict.PASS, "duplicates", "not posted lately")),
        # the same author did
        (True, False, (Verdict.HOLD, "duplicate_author", "the author posted this in the last 1 d")),
        # somebody else did
        (False, True, (Verdict.HOLD, "duplicate_site", "somebody posted this in the last 90 min")),
        # both: the author's own repetition says more
        (True, True, (Verdict.HOLD, "duplicate_author", "the author posted this in the last 1 d")),
    ],
)
def test_a_repetition_is_held(author: bool, site: bool, expected: tuple[Verdict, str, str]) -> None:
    """The facts say what was posted; one finding says what that means."""
    policy = Policy(duplicates=DuplicatesPolicy(author_seconds=86_400, site_seconds=5400))
    (found,) = duplicates.check(draft(policy=policy, facts=Facts(author_has_same=author, site_has_same=site)))

    assert (found.verdict, found.code, found.detail) == expected
