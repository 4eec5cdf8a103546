"""Formulas of the evaluation: spans, calibration, identity terms, normalisation, curves, embeddings."""

import numpy as np
import pytest

from training.evaluation.formulas import (
    added,
    bnsp,
    bpsn,
    calibration_error,
    nearest_is_own,
    precision_at,
    recall_at,
    span_f1,
    spearman,
    subgroup,
)


@pytest.mark.parametrize(
    ("predicted", "gold", "expected"),
    [
        ([], [], 1.0),
        ([3], [], 0.0),
        ([], [3], 0.0),
        ([1, 2, 3], [1, 2, 3], 1.0),
        ([1, 2], [2, 3, 4], 0.4),
        ([1, 2], [7, 8], 0.0),
    ],
)
def test_span_f1_compares_the_characters_of_a_post(predicted: list[int], gold: list[int], expected: float) -> None:
    """Nothing found where nothing is marked is right."""
    assert span_f1(predicted, gold) == pytest.approx(expected)


def test_calibration_error_weighs_each_bin_by_its_rows() -> None:
    """Three rows at 0.1 with one positive are off by 7/30, one positive at 1 by nothing."""
    labels, scores = np.array([1, 0, 0, 1]), np.array([0.1, 0.1, 0.1, 1.0])

    assert calibration_error(labels, scores) == pytest.approx(0.75 * (1 / 3 - 0.1))


def test_calibration_error_does_not_set_off_one_bin_against_another() -> None:
    """Too high here and too low there is twice wrong, but within a bin the mean counts."""
    assert calibration_error(np.array([1, 0]), np.array([0.2, 0.8])) == pytest.approx(0.8)
    assert calibration_error(np.array([1, 0]), np.array([0.5, 0.5])) == 0


LABELS = np.array([True, True, False, False])
MENTIONS = np.array([True, False, True, False])


def test_bpsn_is_low_if_the_mention_alone_raises_the_score() -> None:
    """The harmless mention scores above the toxic row without one; BNSP sees the other two rows."""
    scores = np.array([0.9, 0.5, 0.6, 0.1])

    assert (bpsn(LABELS, scores, MENTIONS), bnsp(LABELS, scores, MENTIONS)) == (0.0, 1.0)
    assert subgroup(LABELS, scores, MENTIONS) == 1.0


def test_bnsp_is_low_if_the_mention_lowers_the_score() -> None:
    """The toxic mention scores below the harmless row without one."""
    scores = np.array([0.2, 0.9, 0.1, 0.3])

    assert (bpsn(LABELS, scores, MENTIONS), bnsp(LABELS, scores, MENTIONS)) == (1.0, 0.0)


def test_normalisation_adds_only_what_no_attribute_crossed_before() -> None:
    """A text that one attribute holds already is not added by another, and at the threshold is across."""
    once = np.array([[0.1, 0.1], [0.6, 0.1], [0.1, 0.4], [0.1, 0.1]])
    both = np.array([[0.5, 0.1], [0.6, 0.9], [0.1, 0.7], [0.4, 0.1]])

    assert added(once, both, 0.5).tolist() == [True, False, True, False]


def test_recall_rises_with_the_false_positives_that_are_allowed() -> None:
    """With half of the negatives above the threshold, three of four positives are."""
    labels = np.array([0, 0, 0, 1, 1, 1, 1])
    scores = np.array([0.1, 0.5, 0.9, 0.3, 0.7, 0.8, 0.95])

    assert recall_at(np.array([0.0, 0.5, 1.0]), labels, scores).tolist() == [0.25, 0.75, 1.0]


def test_precision_is_that_of_the_prevalence_asked_for() -> None:
    """Half of the negatives come with all positives: at one positive in three that is one of two."""
    labels = np.array([0, 0, 1, 1])
    scores = np.array([0.1, 0.7, 0.6, 0.9])

    assert precision_at(np.array([0.5, 1.0]), labels, scores, 1 / 3).tolist() == pytest.approx([1.0, 0.5])


def test_rank_correlation_sees_order_alone() -> None:
    """A curve that rises is 1, one that falls is -1."""
    values = np.array([1.0, 2.0, 3.0, 4.0])

    assert spearman(values, values**3) == pytest.approx(1)
    assert spearman(values, -values) == pytest.approx(-1)


def test_the_nearest_row_is_found_by_direction() -> None:
    """Length does not matter; the last query points at the first row."""
    stored = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    queries = np.array([[9.0, 1.0], [0.1, 0.5], [3.0, 0.0]])

    assert nearest_is_own(queries, stored).tolist() == [True, True, False]
