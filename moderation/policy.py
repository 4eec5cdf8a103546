"""Decides a comment from what the rules found, what the scorers say, and what the site wants; touches nothing.

A finding or a score has a severity: reject, hold, or a note. The worst one is the action, and the site's
mode has the last word on what is held. A score that is unknown is never taken for zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from enum import IntEnum
from math import isnan

from moderation.model import ATTRIBUTES, Action, Cluster, DecidedBy, Decision, Finding, Reason, Scored, Span, Verdict
from moderation.policy_document import Late, Mode, Policy, Threshold, Unknown


class Severity(IntEnum):
    """What a reason asks for, the worst last."""

    NOTE = 0  # nothing; it is told
    HOLD = 1  # a person should look
    HOLD_ALWAYS = 2  # a person must look, whatever the mode
    REJECT = 3  # must not be shown


TRIES = 3
"""A comment whose scoring ended its worker this often is not scored again: a person decides."""
VERDICTS = {
    Verdict.HOLD: Severity.HOLD, Verdict.HOLD_ALWAYS: Severity.HOLD_ALWAYS, Verdict.REJECT: Severity.REJECT,
    Verdict.REFUSE: Severity.REJECT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Weighed:
    """A reason with what it asks for; `margin` is how far a score is over its threshold."""

    severity: Severity
    reason: Reason
    margin: float = 0.0


def decide(findings: Sequence[Finding], scored: Scored, policy: Policy, version: int, now: datetime) -> Decision:
    """Return the decision on a comment under the `policy` of its section; reasons stand worst first.

    `reject` if a finding rejects or a score reaches its threshold for that; `hold` if a finding holds, a score
    reaches its threshold for that, there are enough near copies, or a score with a threshold is unknown and the
    policy holds such comments.
    Mode `pre` holds all that is not rejected, mode `post` approves all that is not, and keeps the reasons; but what a
    person must look at is held in every mode.
    """
    weighed = [
        *_from_findings(findings),
        *_from_cluster(scored.cluster, policy),
        *_from_scores(scored, policy),
        *_from_unknown(scored, policy),
    ]
    worst = max((one.severity for one in weighed), default=Severity.NOTE)
    action = _action(worst, policy)
    if policy.mode is Mode.PRE and action is Action.HOLD:
        weighed.append(Weighed(Severity.NOTE, Reason("pre_moderated", "every comment waits for a person here")))
    elif action is Action.APPROVE and worst is Severity.NOTE:
        weighed += _nearest(scored, policy)
    return _decision(action, weighed, version, now)


def decide_early(findings: Sequence[Finding], policy: Policy, version: int, now: datetime) -> Decision | None:  # noqa: ARG001 - as `decide`
    """Return the decision if no score can change it, which is so when a finding rejects; else None."""
    weighed = _from_findings(findings)
    if all(one.severity is not Severity.REJECT for one in weighed):
        return None
    return _decision(Action.REJECT, weighed, version, now)


def decide_unscorable(findings: Sequence[Finding], version: int, now: datetime) -> Decision:
    """Return the decision on a comment that ended whoever scored it: a person decides, whatever the policy says.

    Only a finding that rejects spares the person; else such a text would be a way past every score.
    """
    weighed = _from_findings(findings)
    if any(one.severity is Severity.REJECT for one in weighed):
        return _decision(Action.REJECT, weighed, version, now)
    unscored = Reason("unscored", "scoring it failed again and again; all its scores are unknown")
    return _decision(Action.HOLD, [*weighed, Weighed(Severity.HOLD, unscored)], version, now)


def decide_late(findings: Sequence[Finding], glance: Scored, policy: Policy, version: int, now: datetime) -> Decision:
    """Return what a caller is told while not all scores are there, as `policy.dialects.late` says.

    What is known weighs as findings do: a finding or a score of `glance` that rejects, or that always holds, does,
    and where every comment waits for a person this one does too.
    """
    unscored = Reason("unscored", "not all scores came in time")
    late = policy.dialects.late
    weighed = [
        *_from_findings(findings),
        *_from_scores(glance, policy),
        Weighed(Severity.HOLD if late is Late.HOLD else Severity.NOTE, unscored),
    ]
    worst = max(one.severity for one in weighed)
    rules_hold = late is Late.RULES_ONLY and _holds(worst, policy)
    if worst is Severity.REJECT:
        action = Action.REJECT
    elif worst is Severity.HOLD_ALWAYS or policy.mode is Mode.PRE or late is Late.HOLD or rules_hold:
        action = Action.HOLD
    else:
        action = Action.APPROVE
    return _decision(action, weighed, version, now)


class Judge:
    """A policy made ready for many comments: tells what `decide` does with each, without reasons, ten times as fast."""

    def __init__(self, policy: Policy) -> None:
        """Take the policy of a section."""
        self._policy = policy
        self._unknown = _unknown_severity(policy)
        self._thresholds = [
            (attribute, threshold, min(bound for bound in (threshold.hold, threshold.reject) if bound is not None))
            for attribute, threshold in _thresholds(policy)
        ]

    def action(self, findings: Sequence[Finding], scores: Mapping[str, float | None]) -> Action:
        """Return the action of `decide` for a comment that is in no cluster."""
        worst = max((one.severity for one in _from_findings(findings)), default=Severity.NOTE)
        for attribute, threshold, lowest in self._thresholds:
            score = scores.get(attribute)
            if score is None or isnan(score):
                worst = max(worst, self._unknown)
            elif score >= lowest:
                worst = max(worst, _crossed(score, threshold))
        return _action(worst, self._policy)


def _action(worst: Severity, policy: Policy) -> Action:
    if worst is Severity.REJECT:
        return Action.REJECT
    return Action.HOLD if policy.mode is Mode.PRE or _holds(worst, policy) else Action.APPROVE


def _holds(worst: Severity, policy: Policy) -> bool:
    return worst is Severity.HOLD_ALWAYS or (worst is Severity.HOLD and policy.mode is Mode.SMART)


def _decision(action: Action, weighed: Iterable[Weighed], version: int, now: datetime) -> Decision:
    ordered = sorted(weighed, key=lambda one: -one.severity)
    return Decision(action, DecidedBy.POLICY, now, version, tuple(one.reason for one in ordered))


def _from_findings(findings: Sequence[Finding]) -> list[Weighed]:
    return [
        Weighed(VERDICTS[finding.verdict], Reason(finding.code, finding.detail, spans=finding.spans))
        for finding in findings
        if finding.verdict in VERDICTS
    ]


def _from_cluster(cluster: Cluster | None, policy: Policy) -> list[Weighed]:
    raids = policy.raids
    if cluster is None or cluster.comments <= raids.copies or cluster.authors < raids.authors:
        return []
    detail = f"one of {cluster.comments} near copies by {cluster.authors} authors"
    return [Weighed(Severity.HOLD, Reason("raid", detail))]


def _from_scores(scored: Scored, policy: Policy) -> list[Weighed]:
    weighed = []
    for attribute, threshold, score in _judged(scored, policy):
        if score is None:
            continue
        severity = _crossed(score, threshold)
        verb, crossed = ("rejects", threshold.reject) if severity is Severity.REJECT else ("holds", threshold.hold)
        if severity is Severity.NOTE or crossed is None:
            continue
        detail = f"{_shown(score, threshold)}, {verb} at {_exact(crossed)}"
        if attribute in scored.details:
            detail = f"{detail}; {scored.details[attribute]}"
        spans = tuple(Span(span.start, span.end) for span in scored.spans if span.attribute == attribute)
        weighed.append(Weighed(severity, Reason(attribute, detail, score, crossed, spans), score - crossed))
    return sorted(weighed, key=lambda one: -one.margin)


def _crossed(score: float, threshold: Threshold) -> Severity:
    if threshold.reject is not None and score >= threshold.reject:
        return Severity.REJECT
    if threshold.hold is not None and score >= threshold.hold:
        return Severity.HOLD
    return Severity.NOTE


def _from_unknown(scored: Scored, policy: Policy) -> list[Weighed]:
    unknown = [attribute for attribute, _, score in _judged(scored, policy) if score is None]
    if not unknown:
        return []
    return [Weighed(_unknown_severity(policy), Reason("unscored", f"no score for {', '.join(unknown)}"))]


def _unknown_severity(policy: Policy) -> Severity:
    return Severity.HOLD if policy.unknown is Unknown.HOLD else Severity.NOTE


def _nearest(scored: Scored, policy: Policy) -> list[Weighed]:
    """Return the reason of a comment that nothing speaks against: the score that came closest to its threshold."""
    judged = list(_judged(scored, policy))
    if not judged:
        return [Weighed(Severity.NOTE, Reason("below_thresholds", "no score has a threshold"))]
    gaps = []
    for attribute, threshold, score in judged:
        if score is not None:
            verb, bound = min(("holds", threshold.hold), ("rejects", threshold.reject), key=lambda one: one[1] or 2.0)
            if bound is not None:
                detail = f"nearest is {attribute}: {_shown(score, threshold)}, {verb} at {_exact(bound)}"
                gaps.append((bound - score, Reason("below_thresholds", detail, score, bound)))
    return [Weighed(Severity.NOTE, min(gaps, key=lambda gap: gap[0])[1])] if gaps else []


def _judged(scored: Scored, policy: Policy) -> Iterable[tuple[str, Threshold, float | None]]:
    """Yield each attribute that has a threshold, with its score; no number is no score."""
    for attribute, threshold in _thresholds(policy):
        score = scored.scores.get(attribute)
        yield attribute, threshold, None if score is None or isnan(score) else score


def _thresholds(policy: Policy) -> Iterable[tuple[str, Threshold]]:
    """Yield each attribute that has a threshold, in the order of `ATTRIBUTES`."""
    for attribute, threshold in sorted(policy.thresholds.items(), key=lambda item: ATTRIBUTES.index(item[0])):
        if threshold.hold is not None or threshold.reject is not None:
            yield attribute, threshold


def _exact(threshold: float) -> str:
    """Show a threshold with all its digits, and at least two."""
    return f"{threshold:.{_digits(threshold)}f}"


def _digits(threshold: float) -> int:
    exponent = Decimal(str(threshold)).normalize().as_tuple().exponent
    return max(2, -exponent) if isinstance(exponent, int) else 2


def _shown(score: float, threshold: Threshold) -> str:
    """Show a score rounded, but never onto a threshold that it did not reach: 0.7996 is 0.79 if 0.80 holds."""
    bounds = [bound for bound in (threshold.hold, threshold.reject) if bound is not None]
    digits = max(map(_digits, bounds))
    rounded = f"{score:.{digits}f}"
    if any(score < bound <= float(rounded) for bound in bounds):
        return str(Decimal(str(score)).quantize(Decimal(1).scaleb(-digits), ROUND_DOWN))
    return rounded
