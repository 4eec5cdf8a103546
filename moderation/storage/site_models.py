"""The models that sites' labels made: versions, which is in force, and why others are not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from moderation.records import ModelState, SiteModel
from moderation.storage.tables import site_models

KEPT = 50
"""Models of a site and attribute that are kept, beside what is in force."""
ROLLED_BACK_AT = "rolled_back_at"
"""Where the evaluation of a model that was taken back says when."""
WITHOUT_WEIGHTS = [column for column in site_models.c if column.name != "weights"]


@dataclass(frozen=True, slots=True)
class Weighted:
    """A model with its weights, little-endian float32."""

    model: SiteModel
    weights: bytes


def next_version(connection: Connection, site_id: str, attribute: str) -> int:
    """Return the number of the site's next model of that attribute, from 1."""
    query = select(func.max(site_models.c.version)).where(
        site_models.c.site_id == site_id, site_models.c.attribute == attribute
    )
    return (connection.execute(query).scalar_one() or 0) + 1


def add(connection: Connection, model: SiteModel, weights: bytes | None) -> None:
    """Store a model; if it is in force, the one that was so before is retired."""
    if model.state is ModelState.IN_FORCE:
        _change(connection, model.site_id, model.attribute, ModelState.IN_FORCE, ModelState.RETIRED)
    connection.execute(
        insert(site_models).values(
            site_id=model.site_id,
            attribute=model.attribute,
            version=model.version,
            state=model.state.value,
            at=model.at,
            why=model.why,
            evaluation=dict(model.evaluation),
            made_for=model.made_for,
            weights=weights,
        )
    )
    connection.execute(
        delete(site_models).where(
            site_models.c.site_id == model.site_id,
            site_models.c.attribute == model.attribute,
            site_models.c.state != ModelState.IN_FORCE.value,
            site_models.c.version <= model.version - KEPT,
        )
    )


def roll_back(connection: Connection, site_id: str, attribute: str, now: datetime) -> SiteModel | None:
    """Take back the model in force and return it, or None if none is; the one before it is in force again.

    Nothing is in force then if there was none before it, it was made for other shipped models, or it may know
    what was erased since.
    """
    current = in_force(connection, site_id).get(attribute)
    if current is None:
        return None
    here = (site_models.c.site_id == site_id, site_models.c.attribute == attribute)
    connection.execute(
        update(site_models)
        .where(*here, site_models.c.version == current.version)
        .values(
            state=ModelState.ROLLED_BACK.value,
            weights=None,
            evaluation={**current.evaluation, ROLLED_BACK_AT: now.isoformat()},
        )
    )
    before = select(func.max(site_models.c.version)).where(
        *here,
        site_models.c.state == ModelState.RETIRED.value,
        site_models.c.made_for == current.made_for,
        site_models.c.weights.is_not(None),
        site_models.c.version < current.version,
    )
    version = connection.execute(before).scalar_one()
    if version is not None:
        connection.execute(
            update(site_models).where(*here, site_models.c.version == version).values(state=ModelState.IN_FORCE.value)
        )
    return current


def forget(connection: Connection, site_id: str, keep: Collection[str]) -> None:
    """Take every model out of force but those of the attributes to `keep`, and remove the weights of all others.

    What was erased may be in any of them, also in those that a roll-back could bring back.
    """
    here = site_models.c.site_id == site_id
    in_force = site_models.c.state == ModelState.IN_FORCE.value
    others = update(site_models).where(here, in_force, site_models.c.attribute.not_in(keep))
    connection.execute(others.values(state=ModelState.RETIRED.value))
    connection.execute(update(site_models).where(here, ~in_force).values(weights=None))


def in_force(connection: Connection, site_id: str) -> dict[str, SiteModel]:
    """Return the site's models in force by attribute."""
    query = select(*WITHOUT_WEIGHTS).where(
        site_models.c.site_id == site_id, site_models.c.state == ModelState.IN_FORCE.value
    )
    return {row["attribute"]: _model(row) for row in connection.execute(query).mappings()}


def versions_in_force(connection: Connection, site_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return for each of these sites the versions of its models in force by attribute."""
    query = select(site_models.c.site_id, site_models.c.attribute, site_models.c.version).where(
        site_models.c.site_id.in_(site_ids), site_models.c.state == ModelState.IN_FORCE.value
    )
    found: dict[str, dict[str, int]] = {site_id: {} for site_id in site_ids}
    for site_id, attribute, version in connection.execute(query):
        found[site_id][attribute] = version
    return found


def weighted(connection: Connection, site_id: str) -> dict[str, Weighted]:
    """Return the site's models in force with their weights, by attribute."""
    query = select(site_models).where(
        site_models.c.site_id == site_id,
        site_models.c.state == ModelState.IN_FORCE.value,
        site_models.c.weights.is_not(None),
    )
    return {row["attribute"]: Weighted(_model(row), row["weights"]) for row in connection.execute(query).mappings()}


def history(connection: Connection, site_id: str, attribute: str, limit: int) -> list[SiteModel]:
    """Return the site's last models of an attribute, newest first."""
    query = (
        select(*WITHOUT_WEIGHTS)
        .where(site_models.c.site_id == site_id, site_models.c.attribute == attribute)
        .order_by(site_models.c.version.desc())
        .limit(limit)
    )
    return [_model(row) for row in connection.execute(query).mappings()]


def _change(connection: Connection, site_id: str, attribute: str, before: ModelState, after: ModelState) -> None:
    connection.execute(
        update(site_models)
        .where(
            site_models.c.site_id == site_id,
            site_models.c.attribute == attribute,
            site_models.c.state == before.value,
        )
        .values(state=after.value)
    )


def _model(row: RowMapping) -> SiteModel:
    return SiteModel(
        row["site_id"],
        row["attribute"],
        row["version"],
        ModelState(row["state"]),
        row["at"],
        row["why"],
        row["evaluation"],
        row["made_for"],
    )
