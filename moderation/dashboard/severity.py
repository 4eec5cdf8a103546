"""Which comments are hard to read, so that the desk can spare whoever reads them all day; pure."""

from moderation.records import StoredComment

HARD = {"severe_toxicity": 0.5, "threat": 0.5, "identity_attack": 0.7, "sexual_explicit": 0.7, "toxicity": 0.95}
"""From which score of each attribute on."""


def is_hard(comment: StoredComment) -> bool:
    """Tell whether a comment is among the worst, as far as its scores are known."""
    scores = comment.scored.scores
    return any((score := scores.get(name)) is not None and score >= bound for name, bound in HARD.items())
