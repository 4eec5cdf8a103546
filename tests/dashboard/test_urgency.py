"""The order in which held comments are looked at."""

from dataclasses import replace
from datetime import timedelta

from moderation.dashboard.urgency import urgency, worst_first
from moderation.model import Author, Thread
from moderation.policy_document import Policy, Threshold
from moderation.records import Site, StoredComment, ThreadCounts
from moderation.service import Service
from tests.build import comment
from tests.dashboard.visitor import TOXIC, Visitor, hold

POLICY = Policy(thresholds={"toxicity": Threshold(hold=0.5)})


def test_harm_reach_and_age_each_count(engine: Service, site: Site) -> None:
    """What is worse, read by more people, or waits longer, comes first; without a score it counts half."""
    stored = hold(engine, site, comment())
    now = stored.received_at
    mild = replace(stored, scored=replace(TOXIC, scores={**TOXIC.scores, "toxicity": 0.6}))
    unscored = replace(stored, scored=replace(TOXIC, scores={**TOXIC.scores, "toxicity": 0.1}))
    read = ThreadCounts(Thread("t1"), 0, 500, 1, 0)

    def soon(one: StoredComment, counts: ThreadCounts | None = None, hours: int = 0) -> float:
        return urgency(one, POLICY, counts, now + timedelta(hours=hours))

    assert soon(stored) > soon(mild) > soon(unscored)
    assert soon(mild, read) > soon(stored)
    assert soon(mild, hours=12) == 2 * soon(mild)
    assert worst_first([mild, stored], POLICY, {}, now) == [stored, mild]


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
