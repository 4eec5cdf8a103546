"""In which order held comments are looked at: newest first, oldest first, or the worst first; pure.

The worst is by expected harm × reach × age, as moderators of several desks ask for.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime

from moderation.policy_document import Policy
from moderation.records import StoredComment, ThreadCounts

LOOKED_AT = 500
"""The newest comments of the list, among which the worst are looked for."""
OTHER_HARM = 0.5
"""Of a comment that is held for no score: a list's word, a link, a raid."""
AGE_HOURS = 12.0
"""After so long a comment counts twice: whoever wrote it waits, and whoever reads meanwhile does too."""


def urgency(comment: StoredComment, policy: Policy, counts: ThreadCounts | None, now: datetime) -> float:
    """Return how soon a person should look: harm (0 to 1) × reach (of the thread) × age.

    Harm is the largest score that reaches a threshold of the site's; reach grows with the logarithm of how many
    comments the thread has, since that is how many people read there.
    """
    reached = [
        score
        for attribute, threshold in policy.for_section(comment.thread.section).thresholds.items()
        if (score := comment.scored.scores.get(str(attribute))) is not None
        and threshold.hold is not None
        and score >= threshold.hold
    ]
    total = counts.total if counts is not None else 1
    hours = max(0.0, (now - comment.received_at).total_seconds() / 3600)
    return max(reached, default=OTHER_HARM) * (1 + math.log1p(total)) * (1 + min(hours, 48.0) / AGE_HOURS)


def worst_first(
    found: Sequence[StoredComment], policy: Policy, counts: Mapping[str, ThreadCounts], now: datetime
) -> list[StoredComment]:
    """Return comments, the most urgent first."""
    return sorted(
        found, key=lambda one: (urgency(one, policy, counts.get(one.thread.id), now), one.id), reverse=True
    )  # fmt: skip
