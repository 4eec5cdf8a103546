"""What a decision teaches of a comment's text; touches nothing.

An approval says that the text has none of the attributes that a policy judges. A rejection says which ones it has:
those that its reason names, or, if no reason is given, the one that the policy had held or rejected it for, else the
one whose score came nearest to its threshold. A rejection for any other reason ("off topic") teaches nothing, and
neither does holding, which only asks another person, or a rejection without a reason of what was held for its author.
"""

import re
from collections.abc import Mapping

from moderation.model import ATTRIBUTES, Action, DecidedBy, Decision
from moderation.policy_document import Policy
from moderation.records import Label, StoredComment

MEANT = {
    "ads": "spam", "advert": "spam", "advertising": "spam", "advertisement": "spam", "scam": "spam",
    "toxic": "toxicity", "abuse": "toxicity", "abusive": "toxicity", "harassment": "toxicity", "rude": "toxicity",
    "hate": "identity_attack", "hateful": "identity_attack", "racist": "identity_attack", "racism": "identity_attack",
    "threatening": "threat", "threats": "threat", "insulting": "insult", "insults": "insult", "obscenity": "obscene",
}  # fmt: skip
"""Other words for an attribute in the reason of a decision."""
RESTRICTED = "restricted"
"""The code of what is held or rejected for its author."""


def label_of(comment: StoredComment, decision: Decision, policy: Policy) -> Label | None:
    """Return the label that `decision` gives `comment`, which is as it was before; None if it teaches nothing."""
    if decision.by is DecidedBy.POLICY or comment.erased_at is not None:
        return None
    attributes = _attributes(comment, decision, policy)
    if not attributes:
        return None
    return Label(
        comment.site_id, comment.id, comment.revision, attributes, decision.by, decision.actor or "", decision.at
    )


def _attributes(comment: StoredComment, decision: Decision, policy: Policy) -> Mapping[str, bool]:
    judged = judged_attributes(policy)
    if decision.action is Action.APPROVE:
        return dict.fromkeys(judged, False)
    if decision.action is Action.HOLD:
        return {}
    if decision.reasons:
        words = [word for reason in decision.reasons for word in re.findall(r"[a-z_]+", reason.detail.lower())]
        return {name: True for word in words if (name := MEANT.get(word, word)) in ATTRIBUTES}
    if comment.decision is not None and comment.decision.by is DecidedBy.POLICY:
        for reason in comment.decision.reasons:
            if reason.code in judged:
                return {reason.code: True}
        if any(reason.code == RESTRICTED for reason in comment.decision.reasons):
            return {}
    nearest = _nearest(comment, policy)
    return {nearest: True} if nearest else {}


def judged_attributes(policy: Policy) -> dict[str, float]:
    """Return the attributes that the policy judges, in the order of `ATTRIBUTES`, with the lowest threshold of each."""
    found = {}
    for name, threshold in policy.thresholds.items():
        bounds = [bound for bound in (threshold.hold, threshold.reject) if bound is not None]
        if bounds:
            found[str(name)] = min(bounds)
    return {name: found[name] for name in ATTRIBUTES if name in found}


def _nearest(comment: StoredComment, policy: Policy) -> str | None:
    """Return the attribute whose score came nearest to its threshold, as a share of it; None if none is known."""
    shares = {
        name: score / threshold
        for name, threshold in judged_attributes(policy).items()
        if (score := comment.scored.scores.get(name)) is not None
    }
    return max(shares, key=shares.__getitem__) if shares else None
