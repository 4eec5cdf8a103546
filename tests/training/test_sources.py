import json

import pandas as pd
import pytest

from training import contrast, synthetic
from training.data import HEADS, held_out, text_key
from training.source_sets import _majority, _runs
from training.sources import SOURCES, seen, summary


def test_characters_that_most_raters_marked_are_a_span() -> None:
    """A character counts if at least half of the raters who marked anything marked it."""
    assert _majority([(0, 4), (2, 6), (10, 12)], 2) == [(0, 6), (10, 12)]
    assert _majority([(0, 4), (2, 6), (10, 12)], 3) == [(2, 4)]
    assert _runs([]) == []


def test_a_key_ignores_case_punctuation_and_white_space() -> None:
    """The same text is found again however it was cleaned."""
    assert text_key("You, Sir: are\nwrong!") == text_key("you sir are wrong")
    assert text_key("you sir are wrong") != text_key("you sir are right")


def test_what_is_held_out_depends_on_the_text_alone() -> None:
    """A share of the rows is held out, the same ones whatever stands beside them."""
    rows = pd.DataFrame({"text": [f"text number {number}" for number in range(2000)]})
    chosen = held_out(rows, 0.15)

    assert chosen.mean() == pytest.approx(0.15, abs=0.03)
    assert held_out(rows.iloc[::-1], 0.15).sort_index().equals(chosen)


def test_template_rows_are_many_different_balanced_and_filled() -> None:
    """The rows made from templates repeat no text, leave no slot open, and are about half toxic."""
    rows = synthetic.rows(17)

    assert len(rows) > 10_000
    assert rows["text"].str.lower().is_unique
    assert not rows["text"].str.contains(r"[{}|]").any()
    assert rows["toxic"].mean() == pytest.approx(0.5, abs=0.1)
    assert set(HEADS) <= set(rows.columns)
    assert synthetic.rows(17).equals(rows)


def test_no_template_row_is_in_the_contrast_suite() -> None:
    """What is measured with is not what was learnt from."""
    assert contrast.keys().isdisjoint(synthetic.rows(17)["text"].map(text_key))


def test_rows_are_seen_as_often_as_their_source_says() -> None:
    """Whole passes for sure, the rest by chance; the order is shuffled and depends on the seed alone."""
    rows = pd.DataFrame({"passes": [2.0] * 1000 + [0.5] * 1000})
    order = seen(rows, 1.0, 3)
    times = pd.Series(order).value_counts()

    assert (times[times.index < 1000] == 2).all()
    assert (times.index >= 1000).sum() == pytest.approx(500, abs=60)
    assert order.tolist() != sorted(order)
    assert seen(rows, 1.0, 3).tolist() == order.tolist()
    assert len(seen(rows, 0.5, 3)) == pytest.approx(1250, abs=60)


def test_the_summary_is_json_and_tells_unknown_from_harmless() -> None:
    """Rows, passes and share toxic by source, null where the set does not say."""
    rows = pd.DataFrame(
        {"name": ["a", "a", "b"], "toxic": [1.0, 0.0, None], "abusive": [None, None, None], "passes": [2.0, 2.0, 1.0]}
    )

    assert json.loads(summary(rows)) == {
        "a": {"rows": 2, "passes": 2.0, "toxic": 0.5},
        "b": {"rows": 1, "passes": 1.0, "toxic": None},
    }
    assert len({source.name for source in SOURCES}) == len(SOURCES)
