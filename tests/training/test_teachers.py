import numpy as np
import pandas as pd
import pytest

from training.data import TASKS
from training.teachers import mixed

UNKNOWN = float("nan")


def _rows(label: float, taught: float, number: int = 1) -> pd.DataFrame:
    return pd.DataFrame([{**dict.fromkeys(TASKS, label), "taught": taught}] * number)


def test_a_known_label_is_part_people_and_part_teachers() -> None:
    """The source says how much of it is the teachers' opinion."""
    even = np.zeros((1, len(TASKS)), dtype=np.float32)

    assert mixed(_rows(1.0, 0.5), even, 1)[0].tolist() == pytest.approx([0.75] * len(TASKS))
    assert mixed(_rows(1.0, 0.0), even, 1)[0].tolist() == [1.0] * len(TASKS)


def test_an_opinion_stands_in_for_half_of_the_unknown_labels() -> None:
    """Of a source that takes opinions; of one that takes none, what is unknown stays so."""
    opinion = np.full((1000, len(TASKS)), 3.0, dtype=np.float32)
    found = mixed(_rows(UNKNOWN, 0.25, 1000), opinion, 1)

    assert np.isnan(found).mean() == pytest.approx(0.5, abs=0.03)
    assert np.nanmean(found) == pytest.approx(1 / (1 + np.exp(-3)), abs=1e-4)
    assert np.isnan(mixed(_rows(UNKNOWN, 0.0, 1000), opinion, 1)).all()
