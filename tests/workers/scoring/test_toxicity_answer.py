import numpy as np
import pytest

from moderation.model import ScoredSpan
from workers.scoring.toxicity_answer import ALONE, calibrated, joined, log_odds, merged, sigmoid, toxic_stretches


def test_calibration_moves_scores_and_keeps_their_order() -> None:
    """Each attribute has its own slope and intercept on log-odds; one without stays as it is."""
    scores = np.array([[0.2, 0.2], [0.5, 0.5], [0.9, 0.9]])
    found = calibrated(log_odds(scores), ("toxicity", "threat"), {"toxicity": (2.0, -1.0)})

    assert found[:, 1] == pytest.approx(scores[:, 1])
    assert found[1, 0] == pytest.approx(1 / (1 + np.exp(1)))
    assert (np.diff(found[:, 0]) > 0).all()


def test_spans_that_overlap_are_one() -> None:
    """What two readings of a text mark in the same place is marked once, with the higher score."""
    spans = [ScoredSpan("toxicity", 9, 12, 0.6), ScoredSpan("toxicity", 0, 4, 0.7), ScoredSpan("toxicity", 2, 6, 0.9)]

    assert merged(spans) == (ScoredSpan("toxicity", 0, 6, 0.9), ScoredSpan("toxicity", 9, 12, 0.6))
    assert merged([]) == ()


def test_windows_are_averaged_unless_one_stands_out() -> None:
    """Of a text with one window its log-odds are that window's; one toxic window among many still counts."""
    assert joined(np.array([[2.0, -1.0]])).tolist() == [2.0, -1.0]
    assert joined(np.array([[0.5, -1.0], [-0.5, -1.0]])).tolist() == [0.0, -1.0]
    assert joined(np.array([[6.0]] + [[-7.0]] * 40))[0] == 6.0 - ALONE


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_a_certain_score_stays_a_number(certain: float) -> None:
    """Neither end of the scale becomes infinite or no number."""
    logits = log_odds(np.array([[certain]]))

    assert np.isfinite(logits).all()
    assert calibrated(logits, ("toxicity",), {"toxicity": (1.3, 0.2)})[0, 0] == pytest.approx(certain)


def test_a_very_large_logit_overflows_nothing() -> None:
    """Logits far from zero are zero and one."""
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]


def test_words_side_by_side_are_one_stretch_and_pieces_are_one_word() -> None:
    """A word is as toxic as its most toxic piece; a harmless word between two parts them."""
    #                  you  stu    ##pid  idiot   ,        go        fool
    offsets = [(0, 3), (4, 7), (7, 10), (11, 16), (16, 17), (18, 20), (21, 25)]
    scores = np.array([0.1, 0.2, 0.9, 0.8, 0.0, 0.2, 0.7])

    assert toxic_stretches(scores, offsets, [0, 1, 1, 2, 3, 4, 5]) == [(4, 16, 0.9), (21, 25, 0.7)]
    assert toxic_stretches(scores * 0.2, offsets, [0, 1, 1, 2, 3, 4, 5]) == []
    assert toxic_stretches(np.array([0.9]), [(0, 0)], [None]) == []


def test_a_word_far_less_toxic_than_another_is_not_marked() -> None:
    """Beside a word of 0.9 one of 0.3 only sounds like it; alone it is what made the text look so."""
    offsets, words = [(0, 5), (6, 11)], [0, 1]

    assert toxic_stretches(np.array([0.9, 0.3]), offsets, words) == [(0, 5, 0.9)]
    assert toxic_stretches(np.array([0.1, 0.3]), offsets, words) == [(6, 11, 0.3)]
