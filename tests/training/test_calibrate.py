import numpy as np
import pandas as pd
import pytest

from training.calibrate import ATTRIBUTES, curves
from workers.scoring.toxicity_answer import calibrated, log_odds, sigmoid


def rows(flip: int = 1) -> tuple[np.ndarray, pd.DataFrame]:
    """Return scores that are twice too sure, and labels drawn at the true chances."""
    rng = np.random.default_rng(3)
    logits = rng.normal(-2, 2, 4000)
    labels = rng.random(4000) < sigmoid(logits)
    scores = np.repeat(sigmoid(flip * 2 * logits)[:, None], len(ATTRIBUTES), axis=1)
    return scores, pd.DataFrame(dict.fromkeys(ATTRIBUTES, labels.astype(int)))


def test_scores_that_are_too_sure_become_chances() -> None:
    """Of the comments with a calibrated score near p, a share of about p has the label."""
    scores, labels = rows()
    fitted = curves(scores, labels)
    found = calibrated(log_odds(scores[:, :1]), ("toxicity",), fitted)[:, 0]
    near = (found > 0.4) & (found < 0.6)

    assert fitted["toxicity"] == pytest.approx((0.5, 0.0), abs=0.1)
    assert labels["toxic"][near].mean() == pytest.approx(0.5, abs=0.1)


def test_scores_against_their_label_are_refused() -> None:
    """A curve that would turn the order of comments round is a mistake, not a calibration."""
    with pytest.raises(ValueError, match="toxicity"):
        curves(*rows(flip=-1))
