"""The policies to begin with."""

import pytest

from moderation.model import ATTRIBUTES
from moderation.policy_document import LengthPolicy, Policy, Threshold, parse, render
from moderation.policy_presets import ABOUT, PRESETS, meaning


def test_balanced_is_what_a_new_site_has() -> None:
    """Whoever picks it has the default policy."""
    assert list(PRESETS) == ["calm", "balanced", "strict"]
    assert PRESETS["balanced"].applied_to(Policy()) == Policy()


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_changes_only_what_it_is_about(name: str) -> None:
    """Length, words and all else stay, and the policy is one that can be stored."""
    its = PRESETS[name].applied_to(Policy(length=LengthPolicy(max=77)))

    assert its.length.max == 77
    assert parse(render(its)) == its


def test_presets_rise_in_strictness() -> None:
    """What a preset holds, the next one holds too."""
    for milder, harsher in (("calm", "balanced"), ("balanced", "strict")):
        for attribute, threshold in PRESETS[milder].thresholds.items():
            other = PRESETS[harsher].thresholds[attribute]
            assert other.hold is not None
            assert threshold.hold is None or other.hold <= threshold.hold


@pytest.mark.parametrize(
    ("threshold", "words"),
    [
        (Threshold(hold=0.6), "held from 0.60"),
        (Threshold(hold=0.6, reject=0.95), "held from 0.60 and rejected from 0.95"),
        (Threshold(), "never held for it"),
    ],
)
def test_a_threshold_has_a_meaning(threshold: Threshold, words: str) -> None:
    """In a sentence: what the score is about, and what is done from where."""
    assert meaning("spam", threshold).endswith(f": {words}.")
    assert set(ABOUT) == set(ATTRIBUTES)
