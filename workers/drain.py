"""Scores what waits: asks that somebody waits for first, then stored comments, a batch at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError

from moderation import clock
from moderation.asks import Ask, Asks
from moderation.model import ATTRIBUTES, UNKNOWN, Scored
from moderation.pipeline import settle
from moderation.policy import TRIES
from moderation.queue import Bell
from moderation.records import Site, StoredComment
from moderation.storage import comments, work
from moderation.storage.rows import scored_span_document
from workers.process import Process

if TYPE_CHECKING:
    from workers.scoring import Scorers
    from workers.scoring.text import Text

BATCH = 32
ASKED = 16
"""Texts that are asked for and scored at once: the first is answered when the last is scored."""
TURN = 4
"""Stored comments that are scored between two looks for asks, while somebody asks for scores by a deadline."""
ASKS_SECONDS = 0.5
"""For so long asks go before a turn of stored comments, so that these get on whatever is asked."""
DRAIN_SECONDS = 3.0
"""One task drains no longer, so that a worker told to stop stops soon; if more waits it rings again."""

log = structlog.get_logger()


def drain(here: Process) -> None:
    """Score and settle stored comments until none waits or the time is over."""
    until = clock.monotonic() + DRAIN_SECONDS
    while clock.monotonic() < until:
        asked_lately = answer_asked(here)
        if not score_batch(here, TURN if asked_lately else BATCH):
            return
    here.parts.queue.ring(Bell.SCORING)


def score_batch(here: Process, turn: int = BATCH) -> bool:
    """Claim, score and settle one batch, `turn` comments between two looks for asks; return whether there was one.

    A comment whose scoring raises is left as it is: when its lease has run out it is tried again, alone.
    """
    _scorers(here)  # raises before anything is claimed
    now = clock.now()
    with here.parts.database.read() as connection:
        if not work.is_due(connection, now):
            return False
    with here.parts.database.write() as connection:
        claimed = work.claim(connection, limit=BATCH, lease=timedelta(seconds=here.settings.lease_seconds), now=now)
        stored = comments.load_claimed(connection, claimed)
    if not stored:
        return False
    if len(stored) == BATCH:
        here.parts.queue.ring(Bell.SCORING)  # more may wait, and another process may be idle
    started = clock.monotonic()
    sites = {site_id: here.sites.current(site_id) for site_id in {comment.site_id for comment in stored}}
    scored = _with_clusters(here, _with_velocity(here, _learnt(here, _score(here, stored, turn))), sites)
    done = settle(here.parts, scored, sites, clock.now())
    seconds = max(1e-3, clock.monotonic() - started)
    log.info("settled", number=len(done), of=len(stored), seconds=round(seconds, 3))
    if len(stored) == BATCH:  # a smaller one says little of how fast many go
        _tell_pace(here, BATCH / seconds)
    return True


def answer_asked(here: Process) -> bool:
    """Score and answer the asks that wait, until none does or the time is over; return whether more may come soon."""
    until = clock.monotonic() + DRAIN_SECONDS
    try:
        while _answer_some(here):
            if clock.monotonic() >= until:
                here.parts.queue.ring(Bell.INTERACTIVE)
                return True
        return Asks(here.parts.queue).lately()
    except (RedisError, OSError) as error:
        log.warning("asks_not_taken", error=type(error).__name__)
        return False


def _answer_some(here: Process) -> bool:
    """Score and answer what is taken at once of the asks that wait; return whether any did."""
    scorers = _scorers(here)
    asked = Asks(here.parts.queue)
    asks = asked.take(ASKED)
    scored = iter(_tried(scorers, [_asked(text, ask) for ask in asks for text in ask.texts]))
    answers: dict[str, Mapping[str, object]] = {}
    for ask in asks:
        found, versions = _corrected(here, ask, [next(scored) for _ in ask.texts])
        results = [score_object(one) for one in found]
        answers[ask.id] = {"results": results, "models": dict(scorers.models), "versions": versions}
    if answers:
        asked.answer(answers)
    return bool(answers)


def _corrected(
    here: Process, ask: Ask, scored: Sequence[Scored | None]
) -> tuple[Sequence[Scored | None], dict[str, int]]:
    """Return what an ask's scores are with what its site's moderators taught, and the versions of the models."""
    if here.site_models is None or ask.site is None:
        return scored, {}
    known = [(ask.site, text, one) for text, one in zip(ask.texts, scored, strict=True) if one is not None]
    corrected = iter(here.site_models.correct(known))
    return [None if one is None else next(corrected) for one in scored], here.site_models.versions(ask.site)


def score_object(scored: Scored | None) -> dict[str, object] | None:
    """Return what an answer says of a text; None if scoring it raised. `moderation/scores.py` reads it."""
    if scored is None:
        return None
    return {
        "scores": {attribute: scored.scores.get(attribute) for attribute in ATTRIBUTES},
        "spans": [scored_span_document(span) for span in scored.spans],
        "language": {"code": scored.language.code, "confidence": scored.language.confidence},
        "other_languages": list(scored.other_languages),
    }


def _score(here: Process, stored: Sequence[StoredComment], turn: int) -> list[tuple[StoredComment, Scored]]:
    """Return comments with their scores, without those whose scoring raised; one tried too often is unknown."""
    fit = [comment for comment in stored if comment.attempts <= TRIES]
    worn = [comment for comment in stored if comment.attempts > TRIES]
    for comment in worn:
        log.error("scoring_given_up", comment=comment.id, tries=TRIES)
    found = zip(fit, _in_turns(here, [_stored(comment) for comment in fit], turn), strict=True)
    return [(comment, scored) for comment, scored in found if scored is not None] + [
        (comment, UNKNOWN) for comment in worn
    ]


def _in_turns(here: Process, texts: Sequence["Text"], turn: int) -> list[Scored | None]:
    """Return scores as `_tried` does, `turn` texts at a time with the asks that wait in between."""
    found: list[Scored | None] = []
    for start in range(0, len(texts), turn):
        if start:
            until = clock.monotonic() + ASKS_SECONDS
            try:
                while _answer_some(here) and clock.monotonic() < until:
                    pass
            except (RedisError, OSError) as error:
                log.warning("asks_not_taken", error=type(error).__name__)
        found += _tried(_scorers(here), texts[start : start + turn])
    return found


def _learnt(here: Process, scored: Sequence[tuple[StoredComment, Scored]]) -> list[tuple[StoredComment, Scored]]:
    """Return the scored comments, corrected by what their sites' moderators taught."""
    if here.site_models is None or not scored:
        return list(scored)
    asked = [(comment.site_id, comment.text, result) for comment, result in scored]
    return [(comment, found) for (comment, _), found in zip(scored, here.site_models.correct(asked), strict=True)]


def _with_velocity(here: Process, scored: Sequence[tuple[StoredComment, Scored]]) -> list[tuple[StoredComment, Scored]]:
    """Return the scored comments, with what is suspicious in how they came."""
    from workers.velocity import corrected

    if here.watch is None:
        return list(scored)
    seen = here.watch.look([comment for comment, _ in scored])
    return [(comment, corrected(result, one)) for (comment, result), one in zip(scored, seen, strict=True)]


def _with_clusters(
    here: Process, scored: Sequence[tuple[StoredComment, Scored]], sites: Mapping[str, Site]
) -> list[tuple[StoredComment, Scored]]:
    """Return the scored comments, each with the near copies that it is one of."""
    from workers.raids import Posted

    posted = [
        Posted(
            comment.id,
            comment.site_id,
            comment.text,
            comment.author_key or comment.address_key or comment.id,
            sites[comment.site_id].policy.raids.seconds,
        )
        for comment, _ in scored
    ]
    clusters = here.raids.join(posted, clock.now()) if here.raids else [None] * len(posted)
    return [
        (comment, replace(result, cluster=cluster)) for (comment, result), cluster in zip(scored, clusters, strict=True)
    ]


def _tried(scorers: "Scorers", texts: Sequence["Text"]) -> list[Scored | None]:
    """Return scores in order, None for a text whose scoring raised; one such text spoils no other."""
    if not texts:
        return []
    try:
        return list(scorers.score(texts))
    except Exception as error:  # noqa: BLE001 - whatever a scorer raises, the other texts are scored
        if len(texts) == 1:
            log.warning("not_scored", error=type(error).__name__)
            return [None]
        return [scored for text in texts for scored in _tried(scorers, [text])]


def _asked(text: str, ask: Ask) -> "Text":
    from workers.scoring.text import of_asked

    return of_asked(text, ask)


def _stored(stored: StoredComment) -> "Text":
    from workers.scoring.text import of_stored

    return of_stored(stored)


def _scorers(here: Process) -> "Scorers":
    if here.scorers is None:
        raise RuntimeError("This process has no models: scoring tasks belong to the scorer's queues")
    return here.scorers


def _tell_pace(here: Process, per_second: float) -> None:
    try:
        here.parts.queue.keep_pace(per_second * here.settings.scorers)
    except (RedisError, OSError) as error:
        log.warning("pace_not_told", error=type(error).__name__)
