"""The native API: what the site's moderators taught, and taking it back."""

from datetime import datetime

from apiflask import APIBlueprint
from flask import Response

from moderation.dialects.native_answers import Answer
from moderation.errors import NotFoundError
from moderation.learning import Learnt, overview, roll_back
from moderation.model import Scope
from moderation.openapi import answers, needs
from moderation.policy_document import Attribute
from moderation.records import ModelState, SiteModel
from moderation.web import answer, require_key, service

blueprint = APIBlueprint("native_learning", __name__, tag="Learning")


class TallyOut(Answer):
    """How labelled comments fare at the threshold."""

    right: int
    missed: int
    """Have the attribute, and are not held."""
    held_by_mistake: int


class OrdinaryOut(Answer):
    """Comments that nobody spoke against."""

    comments: int
    newly_held: int


class AnchorsOut(Answer):
    """Shipped examples of the attribute that the shipped models find."""

    known: int
    lost: int


class EvaluationOut(Answer):
    """How a model did on the site's own decisions, each judged by a model that had not seen it."""

    threshold: float
    compared: int
    """Decisions that what was in force had not learnt from."""
    fixed: int
    broken: int
    chance: float
    """How likely a model that is no better looks as good (McNemar's exact test)."""
    before: TallyOut
    """Of all labels, by what was in force."""
    after: TallyOut
    ordinary: OrdinaryOut
    anchors: AnchorsOut


class SiteModelOut(Answer):
    """A model that the site's decisions made."""

    version: int
    state: ModelState
    at: datetime
    why: str
    evaluation: EvaluationOut
    made_for: str
    """The shipped models that it corrects."""


class LearntOut(Answer):
    """What was learnt of an attribute."""

    attribute: Attribute
    threshold: float | None
    in_force: SiteModelOut | None
    """null: the shipped model scores alone."""
    history: list[SiteModelOut]
    """The last promotions and refusals, newest first."""


class LabelsOut(Answer):
    """Decisions that teach, by who made them."""

    moderator: int
    api: int


class LearningOut(Answer):
    """How far learning is."""

    labels: LabelsOut
    due: bool
    """Something is to be learnt that no model knows yet."""
    attributes: list[LearntOut]


@blueprint.get("/v1/learning")
@blueprint.doc(responses=answers(200, model=LearningOut), security=needs(Scope.READ))
def get_learning() -> Response:
    """Show what moderators taught, and how the scores do on their decisions before and after."""
    key = require_key(Scope.READ)
    found = overview(service().parts, service().site(key.site_id))
    shown = LearningOut(
        labels=LabelsOut(moderator=found.labels.get("moderator", 0), api=found.labels.get("api", 0)),
        due=found.due,
        attributes=[_learnt(one) for one in found.attributes],
    )
    return answer(shown.model_dump(mode="json"))


@blueprint.post("/v1/learning/<attribute>/rollback")
@blueprint.doc(responses=answers(200, model=SiteModelOut, problems=(NotFoundError,)), security=needs(Scope.MANAGE))
def roll_back_learning(attribute: str) -> Response:
    """Take the model in force back: the one before it is in force again, else the shipped model scores alone.

    The attribute is learnt again after 20 further decisions.
    """
    key = require_key(Scope.MANAGE)
    taken = roll_back(service().parts, key.site_id, attribute, service().now(), key.actor)
    return answer(_model(taken, ModelState.ROLLED_BACK).model_dump(mode="json"))


def _learnt(one: Learnt) -> LearntOut:
    return LearntOut.model_validate(
        {
            "attribute": one.attribute,
            "threshold": one.threshold,
            "in_force": None if one.in_force is None else _model(one.in_force, one.in_force.state),
            "history": [_model(model, model.state) for model in one.history],
        }
    )


def _model(model: SiteModel, state: ModelState) -> SiteModelOut:
    return SiteModelOut(
        version=model.version,
        state=state,
        at=model.at,
        why=model.why,
        evaluation=EvaluationOut.model_validate(model.evaluation),
        made_for=model.made_for,
    )
