"""Whoever has posted as much as allowed is refused, and told which limit it was."""

import pytest

from moderation.model import Facts, Verdict, WindowUse
from moderation.policy_document import Policy
from moderation.rules import limits
from tests.rules.build import draft


def use(per: str, count: int, limit: int = 60, seconds: int = 60) -> WindowUse:
    """Return a window with `count` of `limit` comments."""
    return WindowUse(per, count, limit, seconds, retry_after=7)


@pytest.mark.parametrize(
    ("facts", "most", "expected"),
    [
        # nothing is limited
        (Facts(), None, [(Verdict.PASS, "none")]),
        # one below the limit: this comment fills it
        (Facts((use("author", 59),)), None, [(Verdict.PASS, "author: 59/60 in 60 s")]),
        # the limit is reached: this comment would be one too many
        (Facts((use("author", 60),)), None, [(Verdict.REFUSE, "author: 60 in 60 s")]),
        (Facts((use("author", 70),)), None, [(Verdict.REFUSE, "author: 60 in 60 s")]),
        # every full window is named
        (
            Facts((use("author", 60), use("address", 3), use("site", 9, 9, 3600))),
            None,
            [(Verdict.REFUSE, "author: 60 in 60 s"), (Verdict.REFUSE, "site: 9 in 3600 s")],
        ),
        # the fullest window is told when all pass
        (Facts((use("author", 1), use("address", 30))), None, [(Verdict.PASS, "address: 30/60 in 60 s")]),
        # a thread takes so many in all
        (Facts(thread_total=99), 100, [(Verdict.PASS, "thread: 99/100 in all")]),
        (Facts(thread_total=100), 100, [(Verdict.REFUSE, "thread: 100 in all")]),
        (Facts(thread_total=300), 100, [(Verdict.REFUSE, "thread: 100 in all")]),
    ],
)
def test_a_full_window_refuses(facts: Facts, most: int | None, expected: list[tuple[Verdict, str]]) -> None:
    """At most as many comments as the limit says are taken in any window, and for a thread."""
    found = limits.check(draft(policy=Policy(thread_total=most), facts=facts))

    assert [(finding.verdict, finding.detail) for finding in found] == expected
    assert {finding.code for finding in found} == {"limits" if expected[0][0] is Verdict.PASS else "too_many"}
