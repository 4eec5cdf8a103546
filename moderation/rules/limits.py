"""Refuses a comment when its author, address, thread or site has posted as much as it may for now."""

from moderation.model import Finding, Verdict
from moderation.rules.draft import Draft

RULE = "limits"


def check(draft: Draft) -> tuple[Finding, ...]:
    """Give `too_many` for each window that is full, and for a thread that is; or pass with the fullest window."""
    found = tuple(
        Finding(RULE, Verdict.REFUSE, "too_many", f"{use.per}: {use.limit} in {use.seconds} s", limit=use.limit)
        for use in draft.facts.windows
        if use.count >= use.limit
    )
    total, most = draft.facts.thread_total, draft.policy.thread_total
    if most is not None and total >= most:
        found += (Finding(RULE, Verdict.REFUSE, "too_many", f"thread: {most} in all", limit=most),)
    return found or (Finding(RULE, Verdict.PASS, RULE, _closest(draft)),)


def _closest(draft: Draft) -> str:
    """Say how full the fullest window is."""
    uses = [
        (use.count / use.limit, f"{use.per}: {use.count}/{use.limit} in {use.seconds} s") for use in draft.facts.windows
    ]
    most = draft.policy.thread_total
    if most is not None:
        uses.append((draft.facts.thread_total / most, f"thread: {draft.facts.thread_total}/{most} in all"))
    return max(uses)[1] if uses else "none"
