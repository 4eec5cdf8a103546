"""What is checked at once, when a comment comes in: the rules in their order, and what runs them."""

from collections.abc import Callable

from moderation.model import Finding, Verdict
from moderation.rules import duplicates, length, limits, links, restricted, words
from moderation.rules.draft import Draft
from moderation.rules.refusal import refusal

__all__ = ["RULES", "Draft", "refusal", "run"]

RULES: tuple[Callable[[Draft], tuple[Finding, ...]], ...] = (
    length.check,  # first: an author can mend it at once, and what is not taken in needs no other look
    limits.check,  # refuses too, so it stands before everything that only holds or rejects
    restricted.check,  # first of what holds or rejects: a person's word stands before what was found in the text
    duplicates.check,  # the answer lies in the facts, so it costs nothing
    words.check,  # reads the text once or twice
    links.check,  # last: it reads the text most slowly
)
"""Every rule, in order; what refuses comes first, because nothing after a refusal is run."""


def run(draft: Draft) -> tuple[Finding, ...]:
    """Return what the rules find, in order, up to and with the first that refuses."""
    findings: tuple[Finding, ...] = ()
    for check in RULES:
        findings += check(draft)
        if any(finding.verdict is Verdict.REFUSE for finding in findings):
            break
    return findings
