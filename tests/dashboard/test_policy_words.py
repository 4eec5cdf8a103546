"""Versions of a policy, what differs and what is wrong, in words."""

from typing import Any

import pytest

from moderation.dashboard import policy_words
from moderation.policy_diff import Difference
from moderation.records import PolicyVersion
from tests.build import NOW


@pytest.mark.parametrize(
    ("difference", "shown"),
    [
        (Difference("thresholds.toxicity.hold", 0.6, None), ("Thresholds › Toxicity › Hold", "0.6", "–")),
        (Difference("mode", "pre", "post"), ("Mode", "pre", "post")),
        (
            Difference("words.banned", None, {"term": "trout", "deobfuscate": True}),
            ("Words › Banned", "–", "trout, also in disguise"),
        ),
        (Difference("limits", {"per": "author"}, None), ("Limits", '{"per": "author"}', "–")),
    ],
)
def test_a_difference_is_told_in_words(difference: Difference, shown: tuple[Any, ...]) -> None:
    """Where it is, and what was and is there."""
    (found,) = policy_words.changed([difference])

    assert (found.name, found.before, found.after) == shown


def test_the_version_in_force_is_told_from_earlier_ones() -> None:
    """Each with its number, when, and who."""
    shown = [policy_words.version(PolicyVersion(number, NOW, "kim"), 2) for number in (2, 1)]

    assert [(one.number, one.by, one.in_force) for one in shown] == [(2, "kim", True), (1, "kim", False)]


def test_what_is_wrong_is_told_by_the_name_of_the_field() -> None:
    """With the field's place on the page."""
    (found,) = policy_words.mistakes({"length.max": "too large"})

    assert (found.path, found.name, found.words) == ("length.max", "Length › Max", "too large")
