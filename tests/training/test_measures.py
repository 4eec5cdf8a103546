"""Figures: ranks and AUC, intervals, what is reached, and the table."""

import numpy as np
import pytest

from training.measures import Figure, auc, figure, interval, mean_auc, ranks, recall_at_one_percent, table


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    """Ranks count from 1."""
    assert ranks(np.array([0.3, 0.1, 0.3, 0.9])).tolist() == [2.5, 1, 2.5, 4]


@pytest.mark.parametrize(
    ("labels", "scores", "expected"),
    [
        ([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.75),
        ([0, 1], [0.5, 0.5], 0.5),
        ([1, 0, 0], [0.9, 0.2, 0.1], 1.0),
        ([1, 0, 0], [0.1, 0.2, 0.3], 0.0),
    ],
)
def test_auc_is_the_share_of_pairs_in_the_right_order(labels: list[int], scores: list[float], expected: float) -> None:
    """A tie counts one half."""
    assert auc(np.array(labels), np.array(scores)) == expected


def test_auc_of_one_class_is_unknown() -> None:
    """Without a pair there is no order."""
    assert np.isnan(auc(np.array([1, 1]), np.array([0.1, 0.2])))


def test_mean_auc_leaves_rows_without_a_label_out_of_their_column() -> None:
    """The first column has an AUC of 1, the second, without its last row, one of 0."""
    labels = np.array([[0, 1], [1, 0], [1, np.nan]])
    scores = np.array([[0.1, 0.2], [0.8, 0.5], [0.9, 0.9]])

    assert mean_auc(labels, scores) == 0.5


def test_recall_at_one_percent_counts_positives_above_nearly_all_negatives() -> None:
    """Of 101 negatives from 0 to 1 one is above 0.99, and of four positives two are."""
    labels = np.array([0] * 101 + [1] * 4)
    scores = np.array([*np.linspace(0, 1, 101), 0.5, 0.99, 0.995, 1.0])

    assert recall_at_one_percent(labels, scores) == 0.5


def test_an_interval_resamples_the_rows_of_all_arrays_together() -> None:
    """What is the same in every row is the same in every resample, and the same call gives the same interval."""
    values = np.arange(50.0)

    assert interval(lambda a, b: float((a - b).mean()), values, values - 3) == (3.0, 3.0)
    low, high = interval(np.mean, values)
    assert (low, high) == interval(np.mean, values)
    assert low < values.mean() < high


def test_a_figure_counts_the_rows_that_have_a_label() -> None:
    """A row without one neither counts nor ranks."""
    found = figure("AUC", auc, np.array([0, 1, 1, np.nan]), np.array([0.1, 0.6, 0.7, 0.0]), 0.9, 1.0)

    assert (found.rows, found.positives, found.value, found.verdict) == (3, 2, 1.0, "aim")


@pytest.mark.parametrize(
    ("value", "less_is_better", "floor", "aim", "verdict"),
    [
        (0.95, False, None, None, ""),
        (0.95, False, 0.96, 0.98, "**no**"),
        (0.97, False, 0.96, 0.98, "floor"),
        (0.98, False, 0.96, 0.98, "aim"),
        (7.0, True, 6.0, 3.0, "**no**"),
        (6.0, True, 6.0, 3.0, "floor"),
        (0.0, True, 0.1, 0.0, "aim"),
        (2.0, True, 3.0, None, "floor"),
    ],
)
def test_the_verdict_says_what_is_reached(
    value: float, less_is_better: bool, floor: float | None, aim: float | None, verdict: str
) -> None:
    """What is asked may be a least or a most, and reaching it exactly is enough."""
    found = Figure("it", 1, None, value, None, None, floor, aim, less_is_better=less_is_better)

    assert (found.verdict, found.reached) == (verdict, verdict != "**no**")


def test_the_table_has_columns_for_goals_only_if_there_are_any() -> None:
    """Values are written with their unit's digits, and what is unknown is left blank."""
    asked = Figure("drop", 1200, 400, 4.234, 3.11, 5.5, 6.0, 3.0, "points", less_is_better=True)
    told = Figure("correlation", 10, None, 0.71234, None, None)

    assert table([told]).splitlines()[2] == "| correlation | 10 |  | **0.7123** |  |"
    assert table([asked, told]).splitlines() == [
        "| measure | rows | positive | value | 95 % interval | floor | aim | reached |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| drop | 1,200 | 400 | **4.2 points** | 3.1 to 5.5 | 6 points | 3 points | floor |",
        "| correlation | 10 |  | **0.7123** |  |  |  |  |",
    ]
