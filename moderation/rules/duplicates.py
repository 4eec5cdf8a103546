"""Holds a comment whose text was posted before, by the same author or by anyone on the site."""

from moderation.model import Finding, Verdict
from moderation.rules.draft import Draft

RULE = "duplicates"


def check(draft: Draft) -> tuple[Finding, ...]:
    """Give `duplicate_author`, else `duplicate_site`, or pass.

    Whether two texts are the same, and which are too short to be compared, is settled in the facts.
    """
    policy = draft.policy.duplicates
    if draft.facts.author_has_same:
        return (_hold("duplicate_author", f"the author posted this in the last {_period(policy.author_seconds)}"),)
    if draft.facts.site_has_same:
        return (_hold("duplicate_site", f"somebody posted this in the last {_period(policy.site_seconds)}"),)
    return (Finding(RULE, Verdict.PASS, RULE, "not posted lately"),)


def _hold(code: str, detail: str) -> Finding:
    return Finding(RULE, Verdict.HOLD, code, detail)


def _period(seconds: int) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
