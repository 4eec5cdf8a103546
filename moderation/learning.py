"""What a site's moderators taught: what is in force, how it does on the site's own decisions, and taking it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.audit_entry import SERVICE, Actor, AuditAction, Change
from moderation.errors import NotFoundError
from moderation.labels import judged_attributes
from moderation.model import ATTRIBUTES
from moderation.pipeline import Parts
from moderation.records import Site, SiteModel
from moderation.storage import audit, labels, site_models

HISTORY = 10


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt of one attribute, newest first."""

    attribute: str
    threshold: float | None
    """The lowest that the policy has for it; None if it judges it no longer."""
    in_force: SiteModel | None
    history: Sequence[SiteModel]


@dataclass(frozen=True, slots=True)
class Learning:
    """How far learning is on a site."""

    labels: Mapping[str, int]
    """How many decisions teach, by who made them."""
    due: bool
    """Whether something is to be learnt that no model knows yet."""
    attributes: Sequence[Learnt]


def overview(parts: Parts, site: Site) -> Learning:
    """Return what was learnt on a site: every attribute that its policy judges or that a model was made for."""
    thresholds = judged_attributes(site.policy)
    with parts.database.read() as connection:
        current = site_models.in_force(connection, site.id)
        found = [
            Learnt(name, thresholds.get(name), current.get(name), history)
            for name in ATTRIBUTES
            if (history := site_models.history(connection, site.id, name, HISTORY)) or name in thresholds
        ]
        return Learning(labels.counts(connection, site.id), labels.is_due(connection, site.id), found)


def roll_back(parts: Parts, site_id: str, attribute: str, now: datetime, actor: Actor = SERVICE) -> SiteModel:
    """Take the model of an attribute out of force, and return it; the one before it is in force again, if any.

    Raises:
        NotFoundError: none is in force.
    """
    with parts.database.write() as connection:
        taken = site_models.roll_back(connection, site_id, attribute, now)
        if taken is None:
            raise NotFoundError("No model of that attribute is in force")
        change = Change(actor, AuditAction.LEARNING_ROLLED_BACK, attribute, {"version": taken.version})
        audit.append(connection, site_id, now, change)
    return taken
