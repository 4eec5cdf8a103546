"""Refuses a comment without text, and one that is shorter or longer than the site takes."""

from moderation.model import Finding, Verdict
from moderation.rules.draft import Draft

RULE = "length"


def check(draft: Draft) -> tuple[Finding, ...]:
    """Give `empty`, `too_short` or `too_long`, or pass."""
    length, least = draft.length, draft.policy.length.min
    unit = length.unit.value
    if length.count == 0:
        return (Finding(RULE, Verdict.REFUSE, "empty", "nothing to read", limit=least),)
    if length.count < least:
        return (Finding(RULE, Verdict.REFUSE, "too_short", f"{length.count} of at least {least} {unit}", limit=least),)
    detail = f"{length.count} of {length.limit} {unit}"
    if length.count > length.limit:
        return (Finding(RULE, Verdict.REFUSE, "too_long", detail, limit=length.limit),)
    return (Finding(RULE, Verdict.PASS, RULE, detail),)
