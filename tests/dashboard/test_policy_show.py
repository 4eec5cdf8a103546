"""What a page shows of a preview and of a form."""

from datetime import timedelta

import pytest

from moderation.dashboard import policy_show
from moderation.dashboard.policy_form import values
from moderation.model import Action
from moderation.policy_document import Policy, Threshold
from moderation.preview import Change, Preview, Sample
from tests.build import NOW

COUNTS = {Action.APPROVE: 6, Action.HOLD: 2, Action.REJECT: 0}
FOUND = Preview(
    8, more=True, oldest=NOW - timedelta(days=4), now=COUNTS, then={**COUNTS, Action.APPROVE: 2, Action.HOLD: 6},
    changes=[Change(Action.APPROVE, Action.HOLD, 4, [Sample("gone", ("below_thresholds",), ("toxicity", "spam"))])],
    not_replayed=["limits: not kept"],
)  # fmt: skip


def test_a_preview_is_told_by_the_day() -> None:
    """How many are held a day, over the days that were really looked at, and where the bars' parts are."""
    shown = policy_show.outlook(FOUND, 30, NOW, {})

    assert shown.daily == ("0.5", "1.5")
    assert [(one.kind, one.number, one.start, one.width) for one in shown.then] == [
        ("approve", 2, 0, 25), ("hold", 6, 25, 75),
    ]  # fmt: skip
    assert [(row.before, row.after, row.count, row.width) for row in shown.rows] == [("approved", "held", 4, 100)]
    assert shown.rows[0].examples == (
        policy_show.Example("gone", "Erased comment", "below thresholds", "toxicity, spam"),
    )


def test_of_no_comments_there_is_nothing_to_tell() -> None:
    """No bar has a part, and nothing is divided by nought."""
    none = dict.fromkeys(Action, 0)
    shown = policy_show.outlook(
        Preview(0, more=False, oldest=None, now=none, then=none, changes=[], not_replayed=[]), 30, NOW, {}
    )

    assert (shown.now, shown.then, shown.rows, shown.daily) == ((), (), (), ("0.0", "0.0"))


@pytest.mark.parametrize(("hold", "step"), [(0.6, "0.01"), (0.65, "0.01"), (0.655, "any")])
def test_a_field_takes_the_value_that_stands_in_it(hold: float, step: str) -> None:
    """A threshold with more digits than usual is no mistake to a browser."""
    policy = Policy(thresholds={"spam": Threshold(hold=hold)})
    line = policy_show.lines(None, values(policy, None), {})[-1]

    assert (line.attribute, line.bounds[0].value, line.bounds[0].step) == ("spam", str(hold), step)
