"""Corrects scores by what a site's moderators taught: the models in force, kept in memory until they change."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import structlog

from moderation.model import Scored
from moderation.served import corrected_names
from moderation.storage import site_models
from moderation.storage.database import Database, SQLAlchemyError
from workers.learning.fit import moved
from workers.learning.vectors import EMBEDDING, NAME, WIDTH, vector

SHOWN = 0.1
"""A correction of fewer log-odds is not worth a word."""
SURE = 1e-6
"""Scores nearer to 0 or 1 than this are taken for so near: log-odds must be finite."""

SITES_AT_MOST = 500
"""Whose models are kept in memory, some 40 kB for each attribute."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Loaded:
    """The models of a site: their rows by attribute, and the versions they have."""

    versions: Mapping[str, int]
    weights: Mapping[str, npt.NDArray[np.float32]]


NONE = _Loaded({}, {})


def made_for(models: Mapping[str, str]) -> str:
    """Return the one line that names what a site's model corrects and rests on: the shipped models and `vector`."""
    return " ".join([*(models[name] for name in sorted(models)), NAME])


def odds_of(score: float) -> float:
    """Return the log-odds of a score, finite for 0 and 1, too."""
    bounded = min(max(score, SURE), 1 - SURE)
    return math.log(bounded / (1 - bounded))


def embedding_of(scored: Scored) -> npt.NDArray[np.float32] | None:
    """Return the embedding of a scored text, if the model gives one of the width that vectors have room for."""
    found = None if scored.embedding is None else np.frombuffer(scored.embedding, dtype="<f4")
    return found if found is not None and len(found) == EMBEDDING else None


def unpacked(weights: bytes) -> npt.NDArray[np.float32]:
    """Return the two rows of a stored model."""
    return np.frombuffer(weights, dtype="<f4").reshape(2, WIDTH)


class SiteModels:
    """The models in force, for the shipped models of this process."""

    def __init__(self, database: Database, models: Mapping[str, str]) -> None:
        """Read from `database` the models that were made for the shipped `models`, as `Scorers.models` names them."""
        self._database = database
        self._made_for = made_for(models)
        self._loaded: dict[str, _Loaded] = {}

    def correct(self, asked: Sequence[tuple[str, str, Scored]]) -> list[Scored]:
        """Return, in order, what (site, text, shipped scores) are with what was learnt; unknown stays unknown.

        While the database does not answer, what was loaded before is used.
        """
        self._load({site_id for site_id, _, _ in asked})
        return [self._corrected(self._loaded.get(site_id, NONE), text, scored) for site_id, text, scored in asked]

    def versions(self, site_id: str) -> dict[str, int]:
        """Return the versions by attribute of what corrects the site's scores, as `correct` read it last."""
        loaded = self._loaded.get(site_id, NONE)
        return {attribute: loaded.versions[attribute] for attribute in loaded.weights}

    def _load(self, site_ids: set[str]) -> None:
        try:
            with self._database.read() as connection:
                current = site_models.versions_in_force(connection, sorted(site_ids))
                for site_id, versions in current.items():
                    if versions != self._loaded.get(site_id, NONE).versions:
                        if len(self._loaded) >= SITES_AT_MOST:
                            self._loaded.clear()
                        self._loaded[site_id] = self._unpacked(site_models.weighted(connection, site_id))
        except SQLAlchemyError as error:
            log.warning("site_models_not_read", error=type(error).__name__)

    def _unpacked(self, found: Mapping[str, site_models.Weighted]) -> _Loaded:
        weights = {}
        for attribute, one in found.items():
            if one.model.made_for == self._made_for:
                weights[attribute] = unpacked(one.weights)
        return _Loaded({attribute: one.model.version for attribute, one in found.items()}, weights)

    def _corrected(self, models: _Loaded, text: str, scored: Scored) -> Scored:
        known = {name: score for name in models.weights if (score := scored.scores.get(name)) is not None}
        if not known:
            return scored
        seen = vector(text, embedding_of(scored))
        scores, details = dict(scored.scores), dict(scored.details)
        for attribute, shipped in known.items():
            by = float(moved(seen[None], models.weights[attribute])[0])
            scores[attribute] = 0.5 * (1 + math.tanh(0.5 * (odds_of(shipped) + by)))
            if abs(by) >= SHOWN:
                learnt = f"{shipped:.2f} before this site's decisions"
                details[attribute] = f"{details[attribute]}; {learnt}" if attribute in details else learnt
        names = corrected_names(scored.models, {name: models.versions[name] for name in known})
        return replace(scored, scores=scores, details=details, models=names)
