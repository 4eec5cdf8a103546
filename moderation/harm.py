"""How much harm a comment is expected to do, by what was decided of it; pure."""

from moderation.model import Decision

OTHER = 0.5
"""Of a comment that was decided for no score: a list's word, a link, a raid."""


def harm_of(decision: Decision | None) -> float:
    """Return the largest score that reached a threshold, from 0 to 1."""
    reached = [
        reason.score
        for reason in (decision.reasons if decision else ())
        if reason.score is not None and reason.threshold is not None and reason.score >= reason.threshold
    ]
    return max(reached, default=OTHER)
