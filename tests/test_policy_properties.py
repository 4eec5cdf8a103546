"""What is true of every decision, whatever the policy, the scores and the findings."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from moderation.model import ATTRIBUTES, Action, Finding, Scored
from moderation.policy import Judge, decide, decide_early
from moderation.policy_document import Mode, Policy, Threshold, Unknown
from tests.test_policy import HELD, PASSED, REJECTED

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SEVERITY = [Action.APPROVE, Action.HOLD, Action.REJECT]
PROBABILITIES = st.floats(0, 1)
BOUNDS = st.none() | st.floats(0, 1, exclude_min=True)
POLICIES = st.builds(
    Policy,
    mode=st.sampled_from(Mode),
    unknown=st.sampled_from(Unknown),
    thresholds=st.dictionaries(st.sampled_from(ATTRIBUTES), st.builds(Threshold, hold=BOUNDS, reject=BOUNDS)),
)
SCORES = st.dictionaries(st.sampled_from(ATTRIBUTES), st.none() | PROBABILITIES)
FINDINGS = st.lists(st.sampled_from([PASSED, HELD, REJECTED]), max_size=3).map(tuple)


@given(POLICIES, SCORES, FINDINGS, st.sampled_from([PASSED, HELD, REJECTED]))
def test_one_more_finding_is_never_milder(
    its: Policy, given_scores: dict[str, float | None], findings: tuple[Finding, ...], more: Finding
) -> None:
    """Whatever the policy, adding a finding leaves the action or makes it harsher."""
    scored = Scored(scores=given_scores)
    before, after = (decide(found, scored, its, 1, NOW).action for found in (findings, (*findings, more)))

    assert SEVERITY.index(after) >= SEVERITY.index(before)


@given(POLICIES, SCORES, FINDINGS, st.sampled_from(ATTRIBUTES), PROBABILITIES, PROBABILITIES)
def test_a_higher_score_is_never_milder(
    its: Policy,
    given_scores: dict[str, float | None],
    findings: tuple[Finding, ...],
    attribute: str,
    one: float,
    other: float,
) -> None:
    """Whatever the policy, raising a score leaves the action or makes it harsher."""
    before, after = (
        decide(findings, Scored(scores={**given_scores, attribute: score}), its, 1, NOW).action
        for score in sorted((one, other))
    )

    assert SEVERITY.index(after) >= SEVERITY.index(before)


@given(POLICIES, SCORES, FINDINGS)
def test_an_early_decision_is_the_later_one(
    its: Policy, given_scores: dict[str, float | None], findings: tuple[Finding, ...]
) -> None:
    """What is decided without scores would have been decided so with any."""
    early = decide_early(findings, its, 1, NOW)

    assert early is None or early.action is decide(findings, Scored(scores=given_scores), its, 1, NOW).action


@given(POLICIES, SCORES, FINDINGS)
def test_the_action_alone_is_that_of_the_decision(
    its: Policy, given_scores: dict[str, float | None], findings: tuple[Finding, ...]
) -> None:
    """What a preview finds without reasons is what a decision does."""
    decision = decide(findings, Scored(scores=given_scores), its, 1, NOW)

    assert Judge(its).action(findings, given_scores) is decision.action


@given(POLICIES, SCORES, FINDINGS)
def test_there_is_always_a_reason(
    its: Policy, given_scores: dict[str, float | None], findings: tuple[Finding, ...]
) -> None:
    """No decision stands without a reason that a person can read."""
    reasons = decide(findings, Scored(scores=given_scores), its, 1, NOW).reasons

    assert reasons
    assert all(reason.code and reason.detail for reason in reasons)


@given(PROBABILITIES, st.floats(0, 1, exclude_min=True).map(lambda bound: round(bound, 4) or 0.5))
def test_the_numbers_shown_compare_as_the_numbers_did(score: float, bound: float) -> None:
    """The score as shown reaches the threshold as shown exactly if it reached it."""
    decision = decide((), Scored(scores={"spam": score}), Policy(thresholds={"spam": Threshold(hold=bound)}), 1, NOW)
    shown, _, threshold = decision.reasons[0].detail.rpartition(": ")[2].partition(", holds at ")

    assert (float(shown) >= float(threshold)) == (decision.action is Action.HOLD)
