"""Learns what is due: reads a site's labels, scores their texts, fits, judges, and puts in force what is better."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import structlog

from moderation import clock
from moderation.labels import judged_attributes
from moderation.model import ATTRIBUTES, DecidedBy, Scored
from moderation.records import Label, ModelState, SiteModel, StoredComment
from moderation.storage import labels, site_models, sites
from moderation.storage.database import Connection, Database
from moderation.storage.labels import Due
from workers.learning import anchors
from workers.learning.anchors import Anchors
from workers.learning.fit import Texts, cross_validated, learn, moved
from workers.learning.judge import Judged, Rows, judge
from workers.learning.serve import embedding_of, made_for, odds_of, unpacked
from workers.learning.vectors import vectors
from workers.scoring import Scorers
from workers.scoring.text import Text, of_stored

LABELS = 2000
"""The newest labels of a site that are looked at."""
OF_A_KIND = 500
"""The newest labels with, and as many without an attribute that are learnt from."""
COPIES = 2
"""Labels of one decision on near copies that are learnt from: a thousand copies decided at once are one opinion."""
ORDINARY = 200
ALIKE = 0.8
"""From this cosine on two texts are of one campaign; training/NOTES.md has what others give."""
AFTER_ROLL_BACK = 20
"""Labels after which an attribute that a person rolled back is learnt again."""
LONGEST_SECONDS = 120.0
"""After this no further site is begun; those that are left are due again."""
LEASE = timedelta(seconds=300)
TRIES = 3

log = structlog.get_logger()


@dataclass(frozen=True)
class Taught:
    """What a site has to learn from: labelled texts, then ordinary ones; a row of `vectors` for each."""

    labels: Sequence[Label]
    scored: Sequence[Scored]
    vectors: npt.NDArray[np.float32]

    def odds(self, attribute: str) -> npt.NDArray[np.float64]:
        """Return the shipped log-odds of each text; nan is unknown."""
        scores = [one.scores.get(attribute) for one in self.scored]
        return np.array([np.nan if score is None else odds_of(score) for score in scores])


def learn_due(database: Database, scorers: Scorers, wait: timedelta) -> int:
    """Learn from every site whose first unlearnt change is older than `wait`; return from how many."""
    learnt, until = 0, clock.monotonic() + LONGEST_SECONDS
    shipped = anchors.load(made_for(scorers.models))
    while clock.monotonic() < until:
        now = clock.now()
        with database.write() as connection:
            for given_up in labels.give_up(connection, TRIES, now):
                log.error("learning_given_up", site=given_up.site_id, tries=TRIES)
                if given_up.erased:
                    site_models.forget(connection, given_up.site_id, keep=())
            due = labels.claim(connection, now - wait, LEASE, now)
        if due is None:
            break
        made = learn_site(database, scorers, shipped, due, now) if shipped else set()
        with database.write() as connection:
            if due.erased:
                site_models.forget(connection, due.site_id, keep=made)
            labels.done(connection, due)
        learnt += 1
    return learnt


def learn_site(database: Database, scorers: Scorers, shipped: Anchors, due: Due, now: datetime) -> set[str]:
    """Make the site's models anew, put in force those that are better than what is, and return their attributes.

    After something was erased they are compared with the shipped model, since what is in force may know it.
    """
    with database.read() as connection:
        site = sites.get_site(connection, due.site_id)
        taught = _taught(connection, due.site_id)
        ordinary = labels.ordinary(connection, due.site_id, ORDINARY)
        in_force = {} if due.erased else site_models.weighted(connection, due.site_id)
        resting = {name for name in ATTRIBUTES if _rests(connection, due.site_id, name)}
    if site is None:
        return set()
    made, models = set(), made_for(scorers.models)
    read = _read(scorers, taught, ordinary)
    for attribute, threshold in judged_attributes(site.policy).items():
        if attribute in resting:
            continue
        current = in_force.get(attribute)
        if current is not None and current.model.made_for != models:
            current = None
        judged, weights = learn_attribute(read, shipped, attribute, threshold, current)
        if judged is not None:
            _save(database, due.site_id, attribute, judged, weights, models, now)
            if judged.better:
                made.add(attribute)
    return made


def learn_attribute(
    read: Taught, shipped: Anchors, attribute: str, threshold: float, current: site_models.Weighted | None
) -> tuple[Judged | None, bytes]:
    """Return the verdict on a new model of an attribute, and its weights; None if there is nothing to put right."""
    column, labelled = ATTRIBUTES.index(attribute), len(read.labels)
    site, number = len(read.scored), len(read.scored) + len(shipped.vectors)
    places = np.arange(number)
    by_person = np.array([label.by is DecidedBy.MODERATOR for label in read.labels] + [False] * (number - labelled))
    unseen = [current is None or label.at > current.model.at for label in read.labels]
    fresh = np.array(unseen + [False] * (number - labelled))
    told = np.concatenate([_chosen(read.labels, attribute), np.zeros(site - labelled), shipped.has[:, column]])
    texts = Texts.of(
        vectors=np.concatenate([read.vectors, shipped.vectors]),
        told=told,
        odds=np.concatenate([read.odds(attribute), shipped.odds[:, column]]),
        person=by_person,
        key=(places < labelled) & ~by_person,
    )
    ordinary = (places >= labelled) & (places < site)
    like = _like(texts.vectors, texts.vectors[:labelled][told[:labelled] > 0])
    usable = ~(np.isnan(told) | np.isnan(texts.odds)) & ~(ordinary & like)
    texts, places, fresh, has = texts.pick(usable), places[usable], fresh[usable], told[usable] > 0
    before = texts.odds
    if current is not None:
        before = before + moved(texts.vectors, unpacked(current.weights))
    if not (fresh & ((before >= odds_of(threshold)) != has)).any():
        return None, b""
    rows = Rows(
        has=has,
        label=places < labelled,
        person=texts.person,
        fresh=fresh,
        ordinary=(places >= labelled) & ~has,
        anchor=places >= site,
        before=before,
        after=cross_validated(texts),
    )
    judged = judge(rows, threshold)
    return judged, learn(texts).astype("<f4").tobytes() if judged.better else b""


def spread(taught: Sequence[tuple[StoredComment, Label]]) -> list[tuple[StoredComment, Label]]:
    """Return labels, newest first, with at most `COPIES` of one decision on a cluster of near copies."""
    seen: Counter[tuple[str, str, datetime]] = Counter()
    kept = []
    for comment, label in taught:
        if comment.cluster_id is not None:
            decision = (comment.cluster_id, label.actor, label.at)
            seen[decision] += 1
            if seen[decision] > COPIES:
                continue
        kept.append((comment, label))
    return kept


def _taught(connection: Connection, site_id: str) -> list[tuple[Text, Label]]:
    """Return what people said of comments and of other texts, newest first."""
    found = [(of_stored(one), label) for one, label in spread(labels.taught(connection, site_id, LABELS))]
    found += [
        (Text(one.text, one.language), Label(site_id, "", 1, one.attributes, DecidedBy.API, one.actor, one.at))
        for one in labels.suggested(connection, site_id, LABELS)
    ]
    return sorted(found, key=lambda pair: pair[1].at, reverse=True)


def _read(scorers: Scorers, taught: Sequence[tuple[Text, Label]], ordinary: Sequence[StoredComment]) -> Taught:
    """Return what is learnt from, scored by the shipped models."""
    texts = [*(text for text, _ in taught), *map(of_stored, ordinary)]
    scored = scorers.score(texts) if texts else []
    seen = vectors([text.text for text in texts], [embedding_of(one) for one in scored])
    return Taught([label for _, label in taught], scored, seen)


def _chosen(given: Sequence[Label], attribute: str) -> npt.NDArray[np.float64]:
    """Return what labels, newest first, say of an attribute: 1, 0, or nan for nothing or past the first `OF_A_KIND`."""
    has = np.full(len(given), np.nan)
    for kind in (True, False):
        has[[at for at, one in enumerate(given) if one.attributes.get(attribute) is kind][:OF_A_KIND]] = float(kind)
    return has


def _like(seen: npt.NDArray[np.float32], examples: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return which vectors are much like one of `examples`: more of the same, though unlabelled."""
    unit, known = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (seen, examples))
    alike: npt.NDArray[np.bool_] = (unit @ known.T >= ALIKE).any(axis=1)
    return alike


def _rests(connection: Connection, site_id: str, attribute: str) -> bool:
    """Tell whether a person rolled the attribute's last model back, and has decided little since."""
    last = site_models.history(connection, site_id, attribute, 1)
    if not last or last[0].state is not ModelState.ROLLED_BACK:
        return False
    rolled_back_at = datetime.fromisoformat(last[0].evaluation[site_models.ROLLED_BACK_AT])
    return labels.given_since(connection, site_id, rolled_back_at) < AFTER_ROLL_BACK


def _save(
    database: Database, site_id: str, attribute: str, judged: Judged, weights: bytes, models: str, now: datetime
) -> None:
    """Store a model with the verdict on it, unless it changes no decision at all."""
    if judged.evaluation["fixed"] == judged.evaluation["broken"] == 0:
        return
    state = ModelState.IN_FORCE if judged.better else ModelState.REFUSED
    with database.write() as connection:
        version = site_models.next_version(connection, site_id, attribute)
        model = SiteModel(site_id, attribute, version, state, now, judged.why, judged.evaluation, models)
        site_models.add(connection, model, weights or None)
    log.info("learnt", site=site_id, attribute=attribute, state=state.value, why=judged.why)
