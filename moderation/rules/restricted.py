"""Holds or rejects whatever an author writes of whom a person or the site said so."""

from moderation.model import Action, Finding, Verdict
from moderation.rules.draft import Draft

RULE = "restricted"
VERDICTS = {Action.HOLD: (Verdict.HOLD_ALWAYS, "held"), Action.REJECT: (Verdict.REJECT, "rejected")}


def check(draft: Draft) -> tuple[Finding, ...]:
    """Give `restricted`, or pass; a restriction that is over is not among the facts.

    The reason that somebody gave for it is not repeated: a site may show its author why a comment was rejected.
    """
    restriction = draft.facts.restriction
    if restriction is None:
        return (Finding(RULE, Verdict.PASS, RULE, "the author is free to write"),)
    verdict, word = VERDICTS[restriction.action]
    until = "" if restriction.until is None else f" until {restriction.until:%Y-%m-%d %H:%M} UTC"
    return (Finding(RULE, verdict, RULE, f"whatever this author writes is {word}{until}"),)
