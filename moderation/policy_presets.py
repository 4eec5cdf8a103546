"""Three policies to begin with, and what a threshold means in words.

A preset sets thresholds and what is done with what could not be scored; all else of a policy stays as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from moderation.policy_document import Attribute, Policy, Threshold, Unknown, default_thresholds

ABOUT: Mapping[Attribute, str] = MappingProxyType({
    "toxicity": "rude or disrespectful enough to make people leave",
    "severe_toxicity": "hateful or aggressive enough to make nearly everybody leave",
    "obscene": "swearing and vulgar words, aimed at somebody or not",
    "threat": "announcing or wishing harm to somebody",
    "insult": "abusing a person or a group",
    "identity_attack": "hating people for what they are: origin, faith, sex, disability",
    "sexual_explicit": "about sex, in plain words",
    "spam": "advertising, fraud or text that was posted everywhere",
})  # fmt: skip
"""What each score is about."""


@dataclass(frozen=True, slots=True)
class Preset:
    """What a policy can begin with, and for whom it is."""

    name: str
    about: str
    thresholds: Mapping[Attribute, Threshold]
    unknown: Unknown

    def applied_to(self, policy: Policy) -> Policy:
        """Return `policy` with the thresholds of this preset."""
        return replace(policy, thresholds=dict(self.thresholds), unknown=self.unknown)


CALM = Preset(
    "calm",
    "For a place where people know each other: holds only what hardly anybody would defend, and what may be spam.",
    {
        "toxicity": Threshold(hold=0.85),
        "severe_toxicity": Threshold(hold=0.7),
        "threat": Threshold(hold=0.7),
        "insult": Threshold(hold=0.85),
        "identity_attack": Threshold(hold=0.7),
        "spam": Threshold(hold=0.9),
    },
    Unknown.APPROVE,
)
BALANCED = Preset(
    "balanced",
    "For most sites, and what a new site has: holds what is more likely unwanted than not; people reject.",
    default_thresholds(),
    Unknown.HOLD,
)
STRICT = Preset(
    "strict",
    "For children, or when a debate boils over: holds whatever might be unwanted, and rejects what surely is.",
    {
        "toxicity": Threshold(hold=0.35, reject=0.95),
        "severe_toxicity": Threshold(hold=0.25, reject=0.9),
        "obscene": Threshold(hold=0.5),
        "threat": Threshold(hold=0.25, reject=0.9),
        "insult": Threshold(hold=0.35, reject=0.95),
        "identity_attack": Threshold(hold=0.25, reject=0.9),
        "sexual_explicit": Threshold(hold=0.5),
        "spam": Threshold(hold=0.5, reject=0.98),
    },
    Unknown.HOLD,
)
PRESETS: Mapping[str, Preset] = MappingProxyType({preset.name: preset for preset in (CALM, BALANCED, STRICT)})
"""By name, the mildest first."""


def meaning(attribute: Attribute, threshold: Threshold) -> str:
    """Return what a threshold does, in a sentence."""
    acts = [
        f"{verb} from {bound:.2f}"
        for verb, bound in (("held", threshold.hold), ("rejected", threshold.reject))
        if bound is not None
    ]
    what = ABOUT[attribute]
    return f"{what[0].upper()}{what[1:]}: {' and '.join(acts) if acts else 'never held for it'}."
