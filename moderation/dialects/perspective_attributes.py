"""The attributes that Perspective had, and which of the service's scores each is answered with."""

from collections.abc import Mapping

PRODUCTION: Mapping[str, str] = {
    "TOXICITY": "toxicity",
    "SEVERE_TOXICITY": "severe_toxicity",
    "IDENTITY_ATTACK": "identity_attack",
    "INSULT": "insult",
    "PROFANITY": "obscene",
    "THREAT": "threat",
}
"""Perspective's own six; each had a twin called `_EXPERIMENTAL`."""
LOCAL: Mapping[str, str] = {
    **PRODUCTION,
    **{f"{name}_EXPERIMENTAL": attribute for name, attribute in PRODUCTION.items()},
    "SEXUALLY_EXPLICIT": "sexual_explicit",
    "SPAM": "spam",
    "OBSCENE": "obscene",
}
"""What the service can answer, if the model that it serves scores that."""
NOT_LOCAL = (
    "FLIRTATION TOXICITY_FAST "
    "AFFINITY_EXPERIMENTAL COMPASSION_EXPERIMENTAL CURIOSITY_EXPERIMENTAL NUANCE_EXPERIMENTAL "
    "PERSONAL_STORY_EXPERIMENTAL REASONING_EXPERIMENTAL RESPECT_EXPERIMENTAL CONSTRUCTIVE_EXPERIMENTAL "
    "ALIENATION_EXPERIMENTAL FEARMONGERING_EXPERIMENTAL GENERALIZATION_EXPERIMENTAL MORAL_OUTRAGE_EXPERIMENTAL "
    "SCAPEGOATING_EXPERIMENTAL POWER_APPEAL_EXPERIMENTAL "
    "ATTACK_ON_AUTHOR ATTACK_ON_COMMENTER ATTACK_ON_PUBLISHER INCOHERENT INFLAMMATORY LIKELY_TO_REJECT OFF_TOPIC "
    "UNSUBSTANTIAL"
)
KNOWN = frozenset(LOCAL) | frozenset(NOT_LOCAL.split())
"""Every name that Perspective ever answered: a request may ask for one that nothing here can tell."""


def without_version(name: str) -> str:
    """Return an attribute's name without the version that a client may ask for (`TOXICITY@6`)."""
    return name.partition("@")[0]


def base_language(tag: str) -> str:
    """Return the language of a BCP 47 tag without its region: `pt` of `pt-BR`, but `hi-latn` of `hi-Latn`."""
    lower = tag.replace("_", "-").lower()
    return lower if lower == "hi-latn" else lower.partition("-")[0]
