"""Which attributes have scores, and for which languages, as the workers announce it."""

from collections.abc import Mapping, Sequence
from typing import Any

from moderation.model import Scored

Served = Mapping[str, frozenset[str] | None]
"""For each of the service's attributes that has a score, the languages it is for; None is all."""


def served(models: Sequence[Mapping[str, Any]]) -> Served:
    """Return which attributes the models tell; `models` are what `Scores.served` returns."""
    return {
        attribute: None if model.get("languages") is None else frozenset(model["languages"])
        for model in models
        for attribute in model["attributes"]
    }


def corrected_names(models: Mapping[str, str], versions: Mapping[str, int]) -> dict[str, str]:
    """Return the models by scorer, each with the versions of the site's models that correct it: `linear-2+spam-3`."""
    names = dict(models)
    for attribute, version in sorted(versions.items()):
        scorer = "spam" if attribute == "spam" else "toxicity"
        names[scorer] = f"{names.get(scorer, '')}+{attribute}-{version}"
    return names


def foreign(known: Served, attribute: str, scored: Scored) -> list[str]:
    """Return the languages of a text that an attribute is not for; what nobody could tell is none of them."""
    languages = known[attribute]
    found = [code for code in (scored.language.code, *scored.other_languages) if code is not None]
    return [] if languages is None else [code for code in found if code not in languages]
