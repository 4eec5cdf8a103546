import numpy as np
import pytest

from workers.learning.judge import Rows, by_chance, judge

LOW, HIGH = -3.0, 3.0


def made(*groups: tuple[str, int, bool, float, float]) -> Rows:
    """Return rows from groups of (kind, number, has the attribute, log-odds before, after)."""
    flat = [(kind, has, before, after) for kind, number, has, before, after in groups for _ in range(number)]
    kinds = np.array([kind for kind, *_ in flat])
    return Rows(
        has=np.array([has for _, has, _, _ in flat]),
        label=np.isin(kinds, ["person", "key", "old"]),
        person=kinds == "person",
        fresh=np.isin(kinds, ["person", "key"]),
        ordinary=kinds == "ordinary",
        anchor=kinds == "anchor",
        before=np.array([before for _, _, before, _ in flat]),
        after=np.array([after for *_, after in flat]),
    )


SAME = ("person", 10, True, HIGH, HIGH)
ORDINARY = ("ordinary", 200, False, LOW, LOW)
ANCHORS = ("anchor", 100, True, HIGH, HIGH)


@pytest.mark.parametrize(
    ("groups", "better", "why"),
    [
        # It must put right what was wrong, and surely.
        ([("person", 5, True, LOW, HIGH)], True, "5 put right, 0 put wrong"),
        ([("person", 5, False, HIGH, LOW)], True, "5 put right, 0 put wrong"),
        ([("key", 5, True, LOW, HIGH)], True, "5 put right, 0 put wrong"),
        ([("person", 4, True, LOW, HIGH)], False, "not surely better: 4 put right, 0 put wrong"),
        (
            [("person", 9, True, LOW, HIGH), ("person", 5, False, LOW, HIGH)],
            False,
            "not surely better: 9 put right, 5 put wrong",
        ),
        ([("person", 5, True, LOW, LOW)], False, "it decides the labelled comments as before"),
        # What the model in force learnt from says nothing of it.
        ([("old", 20, True, LOW, HIGH)], False, "it decides the labelled comments as before"),
        # API keys cannot outvote people.
        (
            [("key", 50, True, LOW, HIGH), ("person", 1, False, LOW, HIGH)],
            False,
            "it contradicts moderators more often than what is in force",
        ),
        # It must leave the rest alone.
        (
            [("person", 20, True, LOW, HIGH), ("ordinary", 2, False, LOW, HIGH)],
            False,
            "it would hold 2 of 202 ordinary comments",
        ),
        ([("person", 20, True, LOW, HIGH), ("ordinary", 1, False, LOW, HIGH)], True, "20 put right, 0 put wrong"),
        (
            [("person", 20, False, HIGH, LOW), ("anchor", 6, True, HIGH, LOW)],
            False,
            "it would let through 6 of 106 known examples",
        ),
    ],
)
def test_a_model_goes_in_force_only_if_it_is_surely_better(
    groups: list[tuple[str, int, bool, float, float]], *, better: bool, why: str
) -> None:
    """Each row is a rule of the verdict."""
    judged = judge(made(SAME, ORDINARY, ANCHORS, *groups), 0.8)

    assert (judged.better, judged.why) == (better, why)


def test_the_evaluation_counts_labels_before_and_after() -> None:
    """Right, missed and held by mistake, at the threshold."""
    rows = made(SAME, ("person", 6, True, LOW, HIGH), ("old", 2, False, HIGH, HIGH), ORDINARY, ANCHORS)

    found = judge(rows, 0.8).evaluation
    assert found["before"] == {"right": 10, "missed": 6, "held_by_mistake": 2}
    assert found["after"] == {"right": 16, "missed": 0, "held_by_mistake": 2}
    assert (found["compared"], found["fixed"], found["broken"]) == (16, 6, 0)
    assert found["ordinary"] == {"comments": 200, "newly_held": 0}
    assert found["anchors"] == {"known": 100, "lost": 0}


def test_a_threshold_of_one_holds_nothing() -> None:
    """Log-odds are finite, and one is not."""
    assert judge(made(("person", 9, False, HIGH, HIGH)), 1.0).evaluation["before"]["right"] == 9


@pytest.mark.parametrize(("fixed", "broken", "chance"), [(0, 0, 1.0), (5, 0, 1 / 32), (1, 1, 0.75), (2, 1, 0.5)])
def test_chance_is_that_of_a_fair_coin(fixed: int, broken: int, chance: float) -> None:
    """The exact one-sided test of McNemar is a sign test of what changed."""
    assert by_chance(fixed, broken) == pytest.approx(chance)
