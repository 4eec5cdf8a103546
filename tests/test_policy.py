"""Decisions: each row quotes the rule that it stands for.

Long because all decisions are read together.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from moderation.model import (
    UNKNOWN,
    Action,
    Cluster,
    DecidedBy,
    Decision,
    Finding,
    Reason,
    Scored,
    ScoredSpan,
    Span,
    Verdict,
)
from moderation.policy import Judge, decide, decide_early, decide_late, decide_unscorable
from moderation.policy_document import Attribute, DialectsPolicy, Late, Mode, Policy, Threshold, Unknown

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PASSED = Finding("links", Verdict.PASS, "links", "links 1/2")
HELD = Finding("links", Verdict.HOLD, "too_many_links", "links 3/2", (Span(0, 4), Span(6, 9)))
MUST_HOLD = Finding("restricted", Verdict.HOLD_ALWAYS, "restricted", "whatever this author writes is held")
REJECTED = Finding("words", Verdict.REJECT, "banned_word", '"scam"', (Span(1, 5),))
THRESHOLDS: Mapping[Attribute, Threshold] = {
    "toxicity": Threshold(hold=0.8, reject=0.95),
    "insult": Threshold(hold=0.9),
    "spam": Threshold(reject=0.9),
    "threat": Threshold(),
}
FINE = {"toxicity": 0.1, "insult": 0.1, "spam": 0.1}


def policy(mode: Mode = Mode.SMART, unknown: Unknown = Unknown.HOLD) -> Policy:
    """Return a policy with the thresholds of these tests."""
    return Policy(mode=mode, unknown=unknown, thresholds=THRESHOLDS)


def scores(**given_scores: float | None) -> Scored:
    """Return scores, low ones where none is given."""
    return Scored(scores={**FINE, **given_scores})


@pytest.mark.parametrize(
    ("copies", "authors", "mode", "action"),
    [
        (6, 3, "smart", "hold"),
        (6, 3, "post", "approve"),
        (5, 5, "smart", "approve"),
        (90, 2, "smart", "approve"),
    ],
    ids=["enough of both", "a site that approves first", "the first copies", "too few authors"],
)
def test_near_copies_are_held_after_the_first(copies: int, authors: int, mode: str, action: str) -> None:
    """From the sixth copy on, if three authors wrote them; never rejected."""
    scored = replace(scores(), cluster=Cluster("c", copies, authors))
    decision = decide((), scored, policy(Mode(mode)), 7, NOW)

    assert decision.action == action
    assert ("raid" in {reason.code for reason in decision.reasons}) == (copies > 5 and authors > 2)


@pytest.mark.parametrize(
    ("findings", "scored", "mode", "unknown", "action", "codes"),
    [
        # otherwise approve
        ((PASSED,), scores(), "smart", "hold", "approve", ["below_thresholds"]),
        # a finding that rejects: reject, in every mode
        ((REJECTED,), scores(), "smart", "hold", "reject", ["banned_word"]),
        ((REJECTED,), scores(), "post", "hold", "reject", ["banned_word"]),
        ((REJECTED,), scores(), "pre", "hold", "reject", ["banned_word"]),
        # a score that reaches the threshold for rejecting: reject, in every mode
        ((), scores(toxicity=0.95), "smart", "hold", "reject", ["toxicity"]),
        ((), scores(toxicity=0.99), "post", "hold", "reject", ["toxicity"]),
        ((), scores(spam=0.9), "pre", "hold", "reject", ["spam"]),
        # a finding that holds: hold
        ((HELD,), scores(), "smart", "hold", "hold", ["too_many_links"]),
        # a score that reaches the threshold for holding: hold
        ((), scores(toxicity=0.8), "smart", "hold", "hold", ["toxicity"]),
        # just below: approve
        ((), scores(toxicity=0.7999, insult=0.8999, spam=0.8999), "smart", "hold", "approve", ["below_thresholds"]),
        # a threshold that is switched off, or was never set, asks for nothing
        ((), scores(threat=1.0, obscene=1.0), "smart", "hold", "approve", ["below_thresholds"]),
        # a threshold on an unknown score: the policy decides
        ((), scores(toxicity=None), "smart", "hold", "hold", ["unscored"]),
        ((), scores(toxicity=float("nan")), "smart", "hold", "hold", ["unscored"]),
        ((), scores(toxicity=None), "smart", "approve", "approve", ["unscored", "below_thresholds"]),
        ((), UNKNOWN, "smart", "hold", "hold", ["unscored"]),
        ((), UNKNOWN, "smart", "approve", "approve", ["unscored"]),
        ((), Scored(scores={}), "smart", "hold", "hold", ["unscored"]),
        # an unknown score without a threshold is of no interest
        ((), scores(threat=None, sexual_explicit=None), "smart", "hold", "approve", ["below_thresholds"]),
        # an unknown score makes nothing milder
        ((), scores(toxicity=None, spam=0.9), "smart", "approve", "reject", ["spam", "unscored"]),
        ((HELD,), UNKNOWN, "smart", "approve", "hold", ["too_many_links", "unscored"]),
        # mode pre: what is not rejected is held
        ((), scores(), "pre", "hold", "hold", ["pre_moderated"]),
        ((HELD,), scores(), "pre", "hold", "hold", ["too_many_links", "pre_moderated"]),
        ((), UNKNOWN, "pre", "approve", "hold", ["unscored", "pre_moderated"]),
        # mode post: what would be held is approved, with the reasons kept
        ((HELD,), scores(insult=0.9), "post", "hold", "approve", ["too_many_links", "insult"]),
        ((), UNKNOWN, "post", "hold", "approve", ["unscored"]),
        ((), scores(), "post", "hold", "approve", ["below_thresholds"]),
        # reasons stand worst first: what rejects, then what holds; of scores, the one furthest over
        (
            (HELD, REJECTED),
            scores(toxicity=0.81, insult=0.97, spam=0.91),
            "smart",
            "hold",
            "reject",
            ["banned_word", "spam", "too_many_links", "insult", "toxicity"],
        ),
    ],
)
def test_a_comment_is_decided(
    findings: tuple[Finding, ...], scored: Scored, mode: str, unknown: str, action: str, codes: list[str]
) -> None:
    """The worst of findings and scores is the action, and the mode has the last word on holding."""
    decision = decide(findings, scored, policy(Mode(mode), Unknown(unknown)), 7, NOW)

    assert decision.action == Action(action)
    assert [reason.code for reason in decision.reasons] == codes
    assert (decision.by, decision.at, decision.policy_version) == (DecidedBy.POLICY, NOW, 7)


@pytest.mark.parametrize(
    ("score", "threshold", "detail"),
    [
        # two digits do
        (0.93, Threshold(hold=0.8), "0.93, holds at 0.80"),
        (0.9299999475479126, Threshold(hold=0.8), "0.93, holds at 0.80"),
        (0.8, Threshold(hold=0.8), "0.80, holds at 0.80"),
        (1.0, Threshold(reject=1.0), "1.00, rejects at 1.00"),
        # a threshold is shown as it is, and the score as exactly
        (0.8051, Threshold(hold=0.805), "0.805, holds at 0.805"),
        (0.8049, Threshold(hold=0.805), None),
        # a score is never rounded onto a threshold that it did not reach
        (0.9496, Threshold(hold=0.8, reject=0.95), "0.94, holds at 0.80"),
        (0.95, Threshold(hold=0.8, reject=0.95), "0.95, rejects at 0.95"),
        (0.00002, Threshold(hold=0.00001), "0.00002, holds at 0.00001"),
    ],
)
def test_the_detail_of_a_score_is_true(score: float, threshold: Threshold, detail: str | None) -> None:
    """Whoever compares the two numbers of a reason comes to the same decision."""
    decision = decide((), Scored(scores={"toxicity": score}), Policy(thresholds={"toxicity": threshold}), 1, NOW)
    (reason,) = decision.reasons

    if detail is None:
        assert reason.code == "below_thresholds"
    else:
        crossed = threshold.reject if decision.action is Action.REJECT else threshold.hold
        assert reason == Reason("toxicity", detail, score, crossed)


@pytest.mark.parametrize(
    ("given_scores", "thresholds", "expected"),
    [
        ({"toxicity": 0.7996}, {}, Reason("below_thresholds", "nearest is toxicity: 0.79, holds at 0.80", 0.7996, 0.8)),
        ({"spam": 0.85}, {}, Reason("below_thresholds", "nearest is spam: 0.85, rejects at 0.90", 0.85, 0.9)),
        ({"insult": 0.899}, {}, Reason("below_thresholds", "nearest is insult: 0.89, holds at 0.90", 0.899, 0.9)),
        ({}, {"toxicity": Threshold()}, Reason("below_thresholds", "no score has a threshold")),
    ],
)
def test_an_approval_names_the_nearest_score(
    given_scores: dict[str, float | None], thresholds: dict[Attribute, Threshold], expected: Reason
) -> None:
    """What was approved shows how close it was."""
    its = replace(policy(), thresholds=thresholds or THRESHOLDS)

    assert decide((PASSED,), scores(**given_scores), its, 1, NOW).reasons == (expected,)


def test_a_reason_shows_where() -> None:
    """Findings bring their places, and a score those that raised it, with what weighed most in words."""
    scored = Scored(
        scores={**FINE, "toxicity": 0.9, "insult": 0.9},
        spans=(ScoredSpan("toxicity", 3, 8, 0.97), ScoredSpan("insult", 0, 2, 0.9), ScoredSpan("toxicity", 9, 12, 0.8)),
        details={"toxicity": "weighed most: two words"},
    )

    assert decide((HELD,), scored, policy(), 1, NOW).reasons == (
        Reason("too_many_links", "links 3/2", spans=HELD.spans),
        Reason(
            "toxicity",
            "0.90, holds at 0.80; weighed most: two words",
            0.9,
            0.8,
            (Span(3, 8), Span(9, 12)),
        ),
        Reason("insult", "0.90, holds at 0.90", 0.9, 0.9, (Span(0, 2),)),
    )


def test_unknown_scores_are_named() -> None:
    """The reason says which scores are missing, of those that matter."""
    reasons = decide((), scores(toxicity=None, spam=None, threat=None), policy(), 1, NOW).reasons

    assert reasons == (Reason("unscored", "no score for toxicity, spam"),)


@pytest.mark.parametrize("mode", Mode)
def test_a_rejecting_finding_decides_without_scores(mode: Mode) -> None:
    """What no score can change is decided at once, and shows everything that was found."""
    assert decide_early((PASSED, HELD, REJECTED), policy(mode), 7, NOW) == Decision(
        Action.REJECT,
        DecidedBy.POLICY,
        NOW,
        7,
        (
            Reason("banned_word", '"scam"', spans=REJECTED.spans),
            Reason("too_many_links", "links 3/2", spans=HELD.spans),
        ),
    )


@pytest.mark.parametrize("mode", Mode)
def test_what_a_person_must_look_at_is_held_in_every_mode(mode: Mode) -> None:
    """Until a rule or a score rejects it; the previews of a policy see the same."""
    for scored, action in ((scores(), Action.HOLD), (scores(toxicity=0.96), Action.REJECT)):
        assert decide((MUST_HOLD,), scored, policy(mode), 7, NOW).action is action
        assert Judge(policy(mode)).action((MUST_HOLD,), scored.scores) is action
    assert decide_early((MUST_HOLD,), policy(mode), 7, NOW) is None
    assert decide((MUST_HOLD, REJECTED), scores(), policy(mode), 7, NOW).action is Action.REJECT


@pytest.mark.parametrize("mode", Mode)
def test_nothing_else_decides_without_scores(mode: Mode) -> None:
    """A finding that holds waits for the scores, which may reject."""
    assert decide_early((PASSED, HELD), policy(mode), 7, NOW) is None


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.HOLD, Verdict.REJECT])
def test_what_cannot_be_scored_waits_for_a_person(verdict: Verdict) -> None:
    """A comment that ends whoever scores it is held under every policy, unless a rule rejects it anyway."""
    decision = decide_unscorable((Finding("words", verdict, "word", "a word"),), 3, NOW)

    assert decision.action is (Action.REJECT if verdict is Verdict.REJECT else Action.HOLD)
    assert decision.policy_version == 3
    if decision.action is Action.HOLD:
        assert "unscored" in [reason.code for reason in decision.reasons]


@pytest.mark.parametrize(
    ("late", "mode", "finding", "action"),
    [
        # a finding that rejects: reject, whatever the rest says
        ("open", "post", REJECTED, "reject"),
        # every comment waits for a person here: hold
        ("open", "pre", PASSED, "hold"),
        ("rules-only", "pre", PASSED, "hold"),
        # open: approve, hold: hold
        ("open", "smart", HELD, "approve"),
        ("hold", "smart", PASSED, "hold"),
        ("hold", "post", PASSED, "hold"),
        # rules-only: as the findings say, and the mode has the last word on holding
        ("rules-only", "smart", HELD, "hold"),
        ("rules-only", "post", HELD, "approve"),
        ("rules-only", "smart", PASSED, "approve"),
        # a person must look: hold, whatever the mode and the setting
        ("open", "smart", MUST_HOLD, "hold"),
        ("rules-only", "post", MUST_HOLD, "hold"),
    ],
)
def test_a_caller_who_cannot_wait_is_told_what_is_certain(late: str, mode: str, finding: Finding, action: str) -> None:
    """Without scores the site's setting decides, and a reason says that they are missing."""
    policy = Policy(mode=Mode(mode), dialects=DialectsPolicy(late=Late(late)))

    told = decide_late((finding,), UNKNOWN, policy, 7, NOW)

    assert told.action == Action(action)
    assert "unscored" in [reason.code for reason in told.reasons]
    assert (told.by, told.at, told.policy_version) == (DecidedBy.POLICY, NOW, 7)


@pytest.mark.parametrize(("late", "spam", "action"), [
    ("rules-only", 0.95, "reject"), ("rules-only", 0.85, "hold"), ("rules-only", 0.79, "approve"),
    ("open", 0.95, "reject"), ("open", 0.85, "approve"),
    ("hold", 0.1, "hold"), ("rules-only", None, "approve"),
])  # fmt: skip
def test_a_score_that_is_there_weighs_as_findings_do(late: str, spam: float | None, action: str) -> None:
    """Of a comment whose other scores are late the spam score may be known."""
    known = Policy(thresholds={"spam": Threshold(0.8, 0.9)}, dialects=DialectsPolicy(late=Late(late)))

    told = decide_late((), replace(UNKNOWN, scores={**UNKNOWN.scores, "spam": spam}), known, 7, NOW)

    assert told.action == Action(action)
    assert ("spam" in [reason.code for reason in told.reasons]) is (spam is not None and spam >= 0.8)
