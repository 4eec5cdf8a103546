"""What is answered to a comment-check: true or false, and the headers beside it. Touches nothing.

A comment that must not be shown is spam, whatever speaks against it. So is one that waits for a person because it looks
like spam: clients keep spam apart, where their people look at it, and WordPress publishes by itself what is "not yet
known" to it if nobody decides in time. One that waits for anything else is "not yet known" to a client that can be told
later (WordPress names a callback); to one that cannot it is spam if anything in it speaks against it, and ham if it is
only that nothing is known of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from moderation.comment_object import LOOKS_LIKE_SPAM
from moderation.judging import Judged
from moderation.model import ATTRIBUTES, Action

SPAM, HAM, INVALID = "true", "false", "invalid"
THANKS = "Thanks for making the web a better place."
GUID, TIP, RECHECK, HELP = "X-akismet-guid", "X-akismet-pro-tip", "X-akismet-recheck-after", "X-akismet-debug-help"
NOTHING_AGAINST_IT = frozenset({"unscored", "pre_moderated", "below_thresholds", "too_long"})
"""Codes of reasons for which a comment can wait for a person though nothing in it is wrong."""
TOXICITY = frozenset(ATTRIBUTES) - {"spam"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The body of an answer and its headers."""

    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_spam(self) -> bool:
        """Whether the answer is that the comment is spam."""
        return self.body == SPAM


@dataclass(frozen=True, slots=True)
class Ways:
    """How a service answers; see the settings of the same names."""

    discard: float
    recheck_seconds: int
    toxicity: bool
    held_spam: Literal["spam", "recheck"]


def verdict(judged: Judged, guid: str, ways: Ways, *, can_be_told: bool) -> Verdict:
    """Return the answer to a check of a comment that was judged."""
    decision, spam = judged.decision, judged.scored.scores.get("spam")
    codes = [reason.code for reason in decision.reasons]
    against = [
        code for code in codes if code not in NOTHING_AGAINST_IT and (ways.toxicity or code not in TOXICITY)
    ]  # fmt: skip
    held = decision.action is Action.HOLD
    waits = held and can_be_told and (ways.held_spam == "recheck" or LOOKS_LIKE_SPAM.isdisjoint(codes))
    called_spam = decision.action is Action.REJECT or (held and not waits)
    body = SPAM if called_spam and (against or not codes) else HAM
    headers = {GUID: guid, **_explained(spam, codes)}
    if body == SPAM and spam is not None and spam >= ways.discard:
        headers[TIP] = "discard"
    if body == HAM and (held or judged.late):
        headers[RECHECK] = str(ways.recheck_seconds)
    return Verdict(body, headers)


def _explained(spam: float | None, codes: Sequence[str]) -> dict[str, str]:
    score = {} if spam is None else {"X-Moderation-Score": f"{spam:.4f}"}
    return {**score, "X-Moderation-Reasons": ",".join(dict.fromkeys(codes))}


def invalid(why: str) -> Verdict:
    """Return the answer to a call that is no good, with what to do about it."""
    return Verdict(INVALID, {HELP: why})
