"""The contrast suite: enough cases, none twice, and a table that counts right."""

import random
import re
from collections import Counter

import pytest

from training.contrast import GROUPS, cases, contrast_section, keys
from training.contrast.suite import Deck
from training.data import text_key


def row(section: str, name: str) -> list[str]:
    """Return the cells of the table row that begins with `name`."""
    line = next(line for line in section.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_there_are_enough_cases_in_enough_groups() -> None:
    """The suite has at least 600 cases in 20 groups, no group fewer than 15, and both labels about as often."""
    suite = cases()
    sizes = Counter(case.group for case in suite)

    assert len(suite) >= 600
    assert set(sizes) == set(GROUPS)
    assert len(sizes) >= 20
    assert min(sizes.values()) >= 15
    assert 0.4 <= sum(case.toxic for case in suite) / len(suite) <= 0.6


def test_no_case_stands_there_twice() -> None:
    """No two cases are the same text but for case and punctuation, and `keys` has every one."""
    found = [text_key(case.text) for case in cases()]

    assert len(set(found)) == len(found)
    assert keys() == set(found)


def test_the_seed_decides() -> None:
    """The same seed gives the same cases, another seed gives others."""
    assert cases(3) == cases(3)
    assert cases(3) != cases(4)


@pytest.mark.parametrize("seed", range(5))
def test_a_case_is_a_filled_template(seed: int) -> None:
    """No case has a brace or a bar left, a word twice in a row, or `a` before a vowel."""
    odd = re.compile(r"[{}|]|\b(\w{3,}) \1\b|\b[Aa] [aeio]\w|  | [,.?!]")

    assert [case.text for case in cases(seed) if odd.search(case.text)] == []


def test_a_deck_deals_every_choice_before_one_comes_again() -> None:
    """The choices of a slot come evenly, with and without a capital."""
    deck = Deck(random.Random(1))

    assert sorted(deck.fill("{a|b|c}") for _ in range(3)) == ["a", "b", "c"]
    people = [deck.fill("{people}" if even else "{People}").lower() for even in [True, False] * 10]
    assert len(set(people)) == 20


def test_perfect_scores_are_all_right() -> None:
    """Scores that say the label give 100 % and an AUC of 1 in every group and over all."""
    section = contrast_section([float(case.toxic) for case in cases()], 0.5)

    assert "| AUC | **1.000** |" in section
    assert "| right at 0.5 | **100.0%** |" in section
    for name, group in GROUPS.items():
        toxic, count, right, mean, auc, tests = row(section, name)[1:]
        assert (toxic, right, auc) == ("yes" if group.toxic else "no", "100.0%", "1.000")
        assert (mean, tests) == ("1.000" if group.toxic else "0.000", group.tests)
        assert int(count) == sum(case.group == name for case in cases())


def test_one_group_scored_wrong_is_wrong_in_its_row_alone() -> None:
    """A group whose scores say the opposite has 0 % and an AUC of 0.5 against perfect ones of the other label."""
    wrong = "violence_told"
    suite = cases()
    section = contrast_section([float(case.toxic or case.group == wrong) for case in suite], 0.5)
    share = 1 - sum(case.group == wrong for case in suite) / len(suite)

    assert row(section, wrong)[3:6] == ["0.0%", "1.000", "0.500"]
    assert row(section, "identity_neutral")[3:6] == ["100.0%", "0.000", "1.000"]
    assert f"| right at 0.5 | **{share:.1%}** |" in section
    assert f"| mean over groups of right at 0.5 | **{1 - 1 / len(GROUPS):.1%}** |" in section


def test_a_score_at_the_threshold_says_toxic() -> None:
    """With every score at the threshold all toxic cases are right and no other is."""
    section = contrast_section([0.8] * len(cases()), 0.8)

    assert row(section, "direct_threat")[3] == "100.0%"
    assert row(section, "friendly_banter")[3] == "0.0%"
