"""The order in which held comments are looked at."""

from dataclasses import replace
from datetime import timedelta

import pytest

from moderation import ids
from moderation.dashboard.urgency import urgency, worst_first
from moderation.harm import harm_of
from moderation.model import Action, Author, DecidedBy, Decision, Reason
from moderation.records import Site
from moderation.service import Service
from tests.build import NOW, comment
from tests.dashboard.visitor import TOXIC, Visitor, hold


def test_harm_reach_and_age_each_count() -> None:
    """What is worse, read by more people, or waits longer, comes first; after two days it waits no longer."""
    assert urgency(0.9, 1, 0) > urgency(0.6, 1, 0)
    assert urgency(0.6, 500, 0) > urgency(0.9, 1, 0)
    assert urgency(0.6, 1, 12) == 2 * urgency(0.6, 1, 0)
    assert urgency(0.6, 1, 48) == urgency(0.6, 1, 480)
    assert urgency(0.6, 1, -5) == urgency(0.6, 1, 0)


def test_the_worst_come_first() -> None:
    """When a comment came stands in its id; so many are returned."""
    old, new, worst = ids.new_id(NOW - timedelta(hours=12)), ids.new_id(NOW), ids.new_id(NOW)

    assert worst_first([(new, 0.6, 1), (worst, 0.9, 9), (old, 0.6, 1)], NOW, 9) == [worst, old, new]
    assert worst_first([(new, 0.6, 1), (worst, 0.9, 9), (old, 0.6, 1)], NOW, 1) == [worst]
    assert worst_first([], NOW, 9) == []


@pytest.mark.parametrize(
    ("reasons", "harm"),
    [
        ((), 0.5),
        ((Reason("toxicity", "", 0.7, 0.6), Reason("insult", "", 0.9, 0.6)), 0.9),
        ((Reason("toxicity", "", 0.2, 0.6), Reason("word", "")), 0.5),
    ],
)
def test_harm_is_the_largest_score_that_counted(reasons: tuple[Reason, ...], harm: float) -> None:
    """Without such a score it is middling."""
    assert harm_of(Decision(Action.HOLD, DecidedBy.POLICY, NOW, 1, reasons)) == harm
    assert harm_of(None) == 0.5


def test_a_moderator_chooses_the_order(visitor: Visitor, engine: Service, site: Site) -> None:
    """Newest, oldest or worst first; the next page after a decision keeps the order."""
    mild = replace(TOXIC, scores={**TOXIC.scores, "toxicity": 0.7})
    for number, scores in enumerate((mild, TOXIC, mild)):
        hold(engine, site, replace(comment(f"Number {number} of them"), author=Author(f"u-{number}")), scores)

    def listed(asked: str) -> list[str]:
        page = visitor.get(f"/desk{asked}")
        return sorted(("0", "1", "2"), key=lambda number: page.html.index(f"Number {number}"))

    assert listed("") == ["2", "1", "0"]
    assert listed("?order=oldest") == ["0", "1", "2"]
    assert listed("?order=worst")[0] == "1"
    assert listed("?order=sideways") == ["2", "1", "0"]
    answer = visitor.send(visitor.get("/desk?order=worst").form("/decision"), {"action": "approve"})
    assert "order=worst" in answer.headers["Location"]
