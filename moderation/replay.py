"""Decides a stored comment again, by two policies, to see what a changed one would have done; touches nothing.

Scores are those that the comment had. What the rules found stands for both policies too, except where the two differ
in length, words or links of the comment's section: these rules need only the text and the policy, and run again.
What else the rules need (how often somebody posted, and when) is not kept, so it stands as it was found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from moderation.model import Action, Comment, Decision, Facts, Finding, Length, LengthUnit, Scored, Thread, Verdict
from moderation.policy import TRIES, Judge, decide, decide_unscorable
from moderation.policy_document import LONGEST, LengthPolicy, Policy
from moderation.records import Past
from moderation.rules import length, links, words
from moderation.rules.draft import Draft
from moderation.text import Normalised, count, normalise

RAID = Finding("raids", Verdict.HOLD, "raid", "one of many near copies when it came")
"""Stands for the near copies of a comment that was held for them: how many there were is not kept."""
CHECKS = ((words.RULE, words.check), (links.RULE, links.check))
"""The rules that need the text, in their order."""
NO_TEXT, NO_THREAD, NO_FACTS = normalise(""), Thread(""), Facts()
LENGTH = (
    "length: what was too short or too long is not stored, so a wider limit shows nothing here; "
    "what the new limit would refuse counts as rejected"
)
TEXT = (
    "words, links: what a rule rejected at once was never scored; "
    "where that rule finds nothing any more, `unknown` decides here"
)
LIMITS = "limits, thread_total: comments beyond a limit are refused and not stored"
DUPLICATES = "duplicates: what was found when a comment came stands for both policies"
RAIDS = (
    "raids: how many near copies there were is not kept; only switching the check off is seen, "
    "and not for comments that a person decided since"
)
DIALECTS = "dialects: what is taken in, or told late, says nothing of stored comments"


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both policies as they are in one section, and which rules run again there."""

    now: Policy
    then: Policy
    again: frozenset[str]
    raids: tuple[bool, bool]
    judges: tuple[Judge, Judge]


class Replay:
    """Two policies of a site, for deciding many comments by both."""

    def __init__(self, now: Policy, then: Policy) -> None:
        """Take the policy in force, and the one that might be."""
        self._now, self._then = now, then
        self._pairs: dict[str | None, _Pair] = {}
        pairs = [self._pair(None), *(self._pair(name) for name in {*now.sections, *then.sections})]
        again = frozenset[str]().union(*(pair.again for pair in pairs))
        self.has_sections = bool(now.sections or then.sections)
        self.needs_length = length.RULE in again
        self.needs_text = any(
            pair.again & {words.RULE, links.RULE} or pair.now.length.unit is not pair.then.length.unit for pair in pairs
        )

    def actions(self, past: Past, now: datetime) -> tuple[Action, Action]:
        """Return what the policy in force and the other one do with a comment."""
        pair = self._pair(past.section)
        if past.attempts > TRIES:
            before, after = (decision.action for decision in self.decisions(past, now))
            return before, after
        findings_now, findings_then = _both(past, pair)
        return pair.judges[0].action(findings_now, past.scores), pair.judges[1].action(findings_then, past.scores)

    def decisions(self, past: Past, now: datetime) -> tuple[Decision, Decision]:
        """Return both decisions with their reasons; that takes ten times as long as `actions`."""
        pair, scored = self._pair(past.section), Scored(past.scores)
        before, after = (
            decide_unscorable(found, 0, now) if past.attempts > TRIES else decide(found, scored, policy, 0, now)
            for found, policy in zip(_both(past, pair), (pair.now, pair.then), strict=True)
        )
        return before, after

    def not_replayed(self) -> list[str]:
        """Return, a sentence each, what the two policies differ in that stored comments cannot show."""
        return list(_unseen(self._now, self._then))

    def _pair(self, section: str | None) -> _Pair:
        key = section if section in self._now.sections or section in self._then.sections else None
        found = self._pairs.get(key)
        if found is None:
            now, then = self._now.for_section(key), self._then.for_section(key)
            again = frozenset(
                rule for rule in (length.RULE, words.RULE, links.RULE) if getattr(now, rule) != getattr(then, rule)
            )
            found = _Pair(now, then, again, (now.raids.seconds > 0, then.raids.seconds > 0), (Judge(now), Judge(then)))
            self._pairs[key] = found
        return found


def _both(past: Past, pair: _Pair) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return what the rules find under each policy."""
    if not past.findings and not past.raid and not pair.again:
        return (), ()  # as with most comments
    kept = tuple(one for one in past.findings if one.rule not in pair.again)
    kept_now, kept_then = ((*kept, RAID) if past.raid and raids else kept for raids in pair.raids)
    if not pair.again:
        return kept_now, kept_then
    text = normalise(past.text) if past.text is not None and pair.again & {words.RULE, links.RULE} else NO_TEXT
    return (*kept_now, *_again(past, pair.now, pair.again, text)), (
        *kept_then,
        *_again(past, pair.then, pair.again, text),
    )


def _again(past: Past, policy: Policy, again: frozenset[str], text: Normalised) -> Iterator[Finding]:
    """Yield what the rules find that run again."""
    measured = _measured(past, policy.length)
    if length.RULE in again:
        yield from _of_length(measured, policy.length)
    if again & {words.RULE, links.RULE}:
        draft = Draft(Comment(past.text or "", NO_THREAD), text, policy, NO_FACTS, measured)
        for rule, check in CHECKS:
            if rule in again:
                yield from check(draft)


@lru_cache(4096)
def _of_length(measured: Length, bounds: LengthPolicy) -> tuple[Finding, ...]:
    """Return what the rule of length finds, which knows nothing but these two: many comments are as long as others."""
    return length.check(Draft(Comment("", NO_THREAD), NO_TEXT, Policy(length=bounds), NO_FACTS, measured))


def _measured(past: Past, policy: LengthPolicy) -> Length:
    """Return how long a comment is by `policy`; one that came through another API may have any length."""
    stored = past.length
    if stored is None:
        return Length(policy.min, policy.max, policy.unit)
    if stored.limit >= LONGEST and stored.unit is LengthUnit.CODE_POINTS:
        return Length(max(stored.count, policy.min), max(stored.count, policy.max), policy.unit)
    if stored.unit is policy.unit or past.text is None:
        return Length(stored.count, policy.max, policy.unit)
    return Length(count(past.text, policy.unit), policy.max, policy.unit)


def _unseen(now: Policy, then: Policy) -> Iterator[str]:
    pairs = [(now.for_section(name), then.for_section(name)) for name in (None, *now.sections, *then.sections)]
    if any(one.length != other.length for one, other in pairs):
        yield LENGTH
    if any((one.words, one.links) != (other.words, other.links) for one, other in pairs):
        yield TEXT
    if now.thread_total != then.thread_total or any(one.limits != other.limits for one, other in pairs):
        yield LIMITS
    if now.duplicates != then.duplicates:
        yield DUPLICATES
    if now.raids != then.raids:
        yield RAIDS
    if now.dialects != then.dialects:
        yield DIALECTS
