from dataclasses import replace

import pytest

from moderation.labels import judged_attributes, label_of
from moderation.model import Action, DecidedBy, Decision, Reason, Scored
from moderation.pipeline import Parts
from moderation.policy_document import Policy, Threshold
from moderation.records import StoredComment
from moderation.storage.database import Database
from tests.build import HARMLESS, NOW, comment, make_parts, make_site, post

POLICY = Policy(thresholds={"toxicity": Threshold(hold=0.6), "spam": Threshold(hold=0.8, reject=0.9)})
HELD = Decision(
    Action.HOLD, DecidedBy.POLICY, NOW, 1, (Reason("too_many_links", ""), Reason("toxicity", "0.9", 0.9, 0.6))
)


@pytest.fixture
def stored(database: Database, redis_url: str) -> StoredComment:
    """Give a comment that the policy held for its toxicity."""
    parts: Parts = make_parts(database, redis_url)
    one = post(parts, make_site(database), comment())
    return replace(one, decision=HELD, scored=HARMLESS)


def decided(action: Action, reason: str | None = None, by: DecidedBy = DecidedBy.MODERATOR) -> Decision:
    """Return a decision of a person."""
    return Decision(action, by, NOW, 1, (Reason("decided", reason),) if reason else (), actor="kim")


@pytest.mark.parametrize(
    ("decision", "attributes"),
    [
        # An approval: none of what the policy judges.
        (decided(Action.APPROVE), {"toxicity": False, "spam": False}),
        (decided(Action.APPROVE, "spam, but funny"), {"toxicity": False, "spam": False}),
        # A rejection: what its reason names, in words that people use.
        (decided(Action.REJECT, "spam"), {"spam": True}),
        (decided(Action.REJECT, "Advertising again"), {"spam": True}),
        (decided(Action.REJECT, "a threat, and racist"), {"threat": True, "identity_attack": True}),
        # Without a reason: what the policy had held it for.
        (decided(Action.REJECT), {"toxicity": True}),
        # Anything else teaches nothing.
        (decided(Action.REJECT, "off topic"), None),
        (decided(Action.REJECT, "ad hominem"), None),
        (decided(Action.HOLD, "spam"), None),
        (decided(Action.REJECT, "spam", DecidedBy.POLICY), None),
    ],
)
def test_a_decision_teaches(stored: StoredComment, decision: Decision, attributes: dict[str, bool] | None) -> None:
    """What a decision says of a text depends on its action, its reason and who made it."""
    label = label_of(stored, decision, POLICY)

    assert (label and dict(label.attributes)) == attributes
    if label:
        assert (label.comment_id, label.revision, label.actor) == (stored.id, 1, "kim")


def test_a_rejection_of_what_passed_means_the_score_nearest_to_its_threshold(stored: StoredComment) -> None:
    """0.4 of 0.8 is nearer than 0.2 of 0.6; without any known score nothing is meant."""
    scored = Scored(scores={"toxicity": 0.2, "spam": 0.4, "insult": 0.99})
    passed = replace(stored, decision=replace(HELD, action=Action.APPROVE, reasons=()), scored=scored)

    label = label_of(passed, decided(Action.REJECT), POLICY)
    assert label
    assert dict(label.attributes) == {"spam": True}
    assert label_of(replace(passed, scored=Scored({"spam": None})), decided(Action.REJECT), POLICY) is None


def test_what_is_erased_teaches_nothing(stored: StoredComment) -> None:
    """Nobody learns from a text that is gone."""
    assert label_of(replace(stored, erased_at=NOW), decided(Action.REJECT, "spam"), POLICY) is None


def test_an_attribute_is_judged_from_its_lowest_threshold() -> None:
    """Attributes without a threshold are not judged."""
    thresholds = {"spam": Threshold(reject=0.9), "toxicity": Threshold(hold=0.6, reject=0.5), "insult": Threshold()}

    assert judged_attributes(Policy(thresholds=thresholds)) == {"toxicity": 0.5, "spam": 0.9}  # type: ignore[arg-type]


def test_what_was_held_for_its_author_teaches_only_with_a_reason(stored: StoredComment) -> None:
    """A rejection without one is about who wrote it, not about the text."""
    held = replace(
        stored, decision=replace(HELD, reasons=(Reason("restricted", "whatever this author writes is held"),))
    )

    assert label_of(held, decided(Action.REJECT), POLICY) is None
    label = label_of(held, decided(Action.REJECT, "spam"), POLICY)
    assert label is not None
    assert label.attributes == {"spam": True}
