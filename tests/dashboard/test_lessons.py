"""The desk's page about what was learnt."""

import pytest

from moderation.dashboard.lessons import stretches
from moderation.records import ModelState, Site
from moderation.service import Service
from tests.build import add_model, comment
from tests.dashboard.visitor import Visitor, hold


def test_a_new_site_is_told_how_to_teach(visitor: Visitor) -> None:
    """An empty page says what to do."""
    page = visitor.get("/desk/learning")

    assert "Nothing is learnt yet" in page.text
    assert "0 decisions of people" in page.text
    assert page.links["Go to the queue"] == "/desk"


def test_what_is_in_force_is_shown_before_and_after(visitor: Visitor, engine: Service) -> None:
    """How many decisions the threshold put right, and the history with its reasons."""
    add_model(engine.parts.database)
    add_model(engine.parts.database, 2, ModelState.REFUSED, why="not surely better: 2 put right, 1 put wrong")

    page = visitor.get("/desk/learning")
    for words in (
        "Model 1 in force", "Before 5 right 14 missed", "After 19 right", "In force 2026-11-25 12:00 UTC: 14 put right",
        "Not taken 2026-11-25 12:00 UTC: not surely better",
    ):  # fmt: skip
        assert words in page.text


def test_a_refusal_alone_is_shown_as_such(visitor: Visitor, engine: Service) -> None:
    """The shipped model scores alone, and the page does not say otherwise."""
    add_model(engine.parts.database, 1, ModelState.REFUSED, why="it would hold 9 of 200 ordinary comments")

    page = visitor.get("/desk/learning")
    assert "As shipped" in page.text
    assert "Not taken 19 right" in page.text


def test_the_spam_button_rejects_and_says_why(visitor: Visitor, engine: Service, site: Site) -> None:
    """The reason is kept with the decision, and teaches."""
    stored = hold(engine, site, comment("Buy my shoes"))
    visitor.send(visitor.get("/desk").form("/decision"), {"action": "spam"})

    decision = engine.get(site.id, stored.id).decision
    assert decision
    assert [(reason.code, reason.detail) for reason in decision.reasons] == [("decided", "spam")]
    assert "1 decision of people" in visitor.get("/desk/learning").text


@pytest.mark.parametrize(
    ("tally", "parts"),
    [
        ({"right": 3, "missed": 1, "held_by_mistake": 0}, [("right", 0, 75), ("missed", 75, 25)]),
        ({"right": 0, "missed": 0, "held_by_mistake": 2}, [("held_by_mistake", 0, 100)]),
        ({"right": 0, "missed": 0, "held_by_mistake": 0}, []),
    ],
)
def test_a_bar_has_a_part_for_each_kind(tally: dict[str, int], parts: list[tuple[str, float, float]]) -> None:
    """They fill it from 0 to 100 percent; what there is none of has no part."""
    assert [(one.kind, one.start, one.width) for one in stretches(tally)] == parts
