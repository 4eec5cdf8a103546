"""The native API's list of models: what gives the scores, for which languages, as the workers announce it."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response

from moderation.dialects.native_answers import Answer
from moderation.dialects.openai_models import model_list
from moderation.errors import MissingScopeError
from moderation.model import Scope
from moderation.openapi import answers, needs
from moderation.web import answer, require_key, service

blueprint = APIBlueprint("native_models", __name__, tag="Models")


class MeasureOut(Answer):
    """What was measured, on how many texts, with its 95 % interval."""

    measure: str
    value: float
    """A share or an area under a curve is between 0 and 1; anything else has its `unit`."""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    rows: int


class LanguageMeasuresOut(Answer):
    """A language, and how well the model does in it."""

    code: str
    """ISO 639-1."""
    measures: list[MeasureOut]
    """Empty where nothing was measured."""


class ModelOut(Answer):
    """A model that gives scores."""

    name: str
    """With its version, as `models` of a comment names it."""
    attributes: list[str]
    """What it scores."""
    languages: list[LanguageMeasuresOut] | None
    """The languages it is for; null if it scores texts in all of them. A text in another one has the score null."""
    other_languages: list[LanguageMeasuresOut]
    """Languages it was measured in and does not do well enough to be for."""
    measures: list[MeasureOut]
    """All its measures that are not of one language."""
    version: str | None = None
    licence: str | None = None
    base: str | None = None
    """The model it was made from."""


class ModelNameOut(Answer):
    """A name that OpenAI's clients may give as `model`."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelsOut(Answer):
    """The models that the scoring workers serve."""

    models: list[ModelOut]
    object: Literal["list"] = "list"
    """For OpenAI's clients, which list models under the same path."""
    data: list[ModelNameOut]
    """The same."""


@blueprint.get("/v1/models")
@blueprint.doc(responses=answers(200, model=ModelsOut), security=[*needs(Scope.READ), *needs(Scope.SCORE)])
def list_models() -> Response:
    """List what gives the scores, with the languages it is for and the figures measured in them."""
    try:
        require_key(Scope.READ)
    except MissingScopeError:
        require_key(Scope.SCORE)
    names = [ModelNameOut.model_validate(one) for one in model_list()]
    shown = ModelsOut(models=[_model(card) for card in service().models()], data=names)
    return answer(shown.model_dump(mode="json"))


def _model(card: Mapping[str, Any]) -> ModelOut:
    measured = _by_language(card.get("language_figures") or ())
    codes = card.get("languages")
    supported = None if codes is None else {code: measured.pop(code, []) for code in sorted(codes)}
    return ModelOut(
        name=card["name"],
        attributes=list(card["attributes"]),
        languages=None if supported is None else _languages(supported),
        other_languages=_languages(measured),
        measures=[MeasureOut.model_validate(one) for one in card.get("figures") or ()],
        version=card.get("version"),
        licence=card.get("licence"),
        base=card.get("base"),
    )


def _by_language(figures: Iterable[Mapping[str, Any]]) -> dict[str, list[MeasureOut]]:
    ordered = sorted(figures, key=itemgetter("language"))
    return {
        code: [MeasureOut.model_validate(one) for one in group]
        for code, group in groupby(ordered, key=itemgetter("language"))
    }


def _languages(measured: Mapping[str, list[MeasureOut]]) -> list[LanguageMeasuresOut]:
    return [LanguageMeasuresOut(code=code, measures=measures) for code, measures in measured.items()]
