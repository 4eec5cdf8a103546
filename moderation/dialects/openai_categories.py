"""OpenAI's thirteen categories, from the service's scores and the site's thresholds. Touches nothing.

The format has no word for "unknown": a category that no model tells, or that is not known of a text, is false and 0.0
with an empty list of input types. `x_unknown` names those of the second kind.
"""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from moderation.errors import UnavailableError
from moderation.model import Scored
from moderation.policy_document import Thresholds
from moderation.served import Served, foreign

ANY: Mapping[str, Sequence[str]] = {
    "harassment": ("toxicity", "insult"),
    "harassment/threatening": ("threat",),
    "hate": ("identity_attack",),
    "sexual": ("sexual_explicit",),
    "violence": ("threat",),
}
"""Categories that are as likely as the likeliest of these attributes."""
ALL: Mapping[str, Sequence[str]] = {"hate/threatening": ("identity_attack", "threat")}
"""Categories that are as likely as the unlikeliest."""
UNSAID, NEVER = 0.5, 2.0
CATEGORIES = (
    "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm",
    "self-harm/instructions", "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic",
)  # fmt: skip


def result(scored: Scored, served: Served, thresholds: Thresholds) -> dict[str, Any]:
    """Return what OpenAI says of one input.

    Raises:
        UnavailableError: what a model tells is not known although it is for the text's language.
    """
    found = {name: _judge(name, scored, thresholds) for name in CATEGORIES}
    unknown = [name for name in CATEGORIES if found[name] is None and _is_told(name, served)]
    for name in unknown:
        if not any(foreign(served, attribute, scored) for attribute in _sources(name) if attribute in served):
            raise UnavailableError("The text could not be scored")
    return {
        "flagged": any(one is not None and one[0] for one in found.values()),
        "categories": {name: one is not None and one[0] for name, one in found.items()},
        "category_scores": {name: 0.0 if one is None else round(one[1], 8) for name, one in found.items()},
        "category_applied_input_types": {name: [] if one is None else ["text"] for name, one in found.items()},
        "x_scores": dict(scored.scores),
        "x_unknown": unknown,
    }


def _sources(category: str) -> Sequence[str]:
    return ANY.get(category) or ALL.get(category) or ()


def _is_told(category: str, served: Served) -> bool:
    """Return whether a model tells a category."""
    told = [name in served for name in _sources(category)]
    return all(told) and bool(told) if category in ALL else any(told)


def _judge(category: str, scored: Scored, thresholds: Thresholds) -> tuple[bool, float] | None:
    """Return whether a category is over the site's thresholds, and its score; None if it is not known."""
    known = {
        name: score
        for name in _sources(category)
        if (score := scored.scores.get(name)) is not None and not isnan(score)
    }
    if not known or (category in ALL and len(known) < len(ALL[category])):
        return None
    over = [score >= _bar(thresholds, name) for name, score in known.items()]
    if category in ALL:
        return all(over), min(known.values())
    return any(over), max(known.values())


def _bar(thresholds: Thresholds, attribute: str) -> float:
    """Return from which score on the site acts on an attribute: `UNSAID` without a word of it, `NEVER` if it is off."""
    for name, threshold in thresholds.items():
        if name == attribute:
            return min(NEVER if bound is None else bound for bound in (threshold.hold, threshold.reject))
    return UNSAID
