"""What the measured languages are allowed, and the page that says so."""

from typing import Any

from training.languages import AUC, ENOUGH, MIXED, TOLD, UNKNOWN, good_enough, section


def measured(language: str, kind: str, name: str, value: float, low: float) -> dict[str, Any]:
    """Return a figure as the card has it."""
    return {
        "language": language, "measure": f"{kind}, {name}", "rows": 1500, "positives": 700,
        "value": value, "low": low, "high": value + 0.01,
    }  # fmt: skip


def test_a_language_must_do_well_on_every_set() -> None:
    """One set below the bound is enough to leave a language out; shares do not count."""
    figures = [
        measured("en", AUC, "one", 0.97, 0.96),
        measured("en", UNKNOWN, "one", 0.01, 0.0),
        measured("de", AUC, "one", 0.95, 0.94),
        measured("de", AUC, "two", 0.86, ENOUGH - 0.001),
        measured("fr", AUC, "one", 0.86, ENOUGH),
        measured("xx", TOLD, "one", 0.99, 0.98),
    ]

    assert good_enough(figures) == {"en", "fr"}


def test_the_page_has_a_line_for_every_set_english_first() -> None:
    """All measures of a set stand in its line, and what was not measured is left empty."""
    figures = [
        measured("de", AUC, "tweets, test", 0.61, 0.58),
        measured("de", TOLD, "tweets, test", 0.991, 0.98),
        measured("de", UNKNOWN, "tweets, test", 0.993, 0.98),
        measured("de", MIXED, "tweets, test", 0.912, 0.9),
        measured("en", AUC, "talk", 0.97, 0.96),
        measured("en", TOLD, "talk", 0.9, 0.89),
        measured("en", UNKNOWN, "talk", 0.004, 0.0),
    ]

    page = section(figures, frozenset({"en"}))

    assert "The model is for: en." in page
    assert "the figures below allow: en." in page
    assert [line for line in page.splitlines() if line.startswith(("| en", "| de"))] == [
        "| en | talk | 1,500 | 700 | **0.970** | 0.960 to 0.980 | 90.0% | 0.4% |  |",
        "| de | tweets, test | 1,500 | 700 | **0.610** | 0.580 to 0.620 | 99.1% | 99.3% | 91.2% |",
    ]
