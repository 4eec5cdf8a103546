"""Scores what waits: asks that somebody waits for first, then stored comments, a batch at a time."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from redis.exceptions import RedisError

from moderation import clock
from moderation.model import ATTRIBUTES, UNKNOWN, Comment, Scored
from moderation.pipeline import settle
from moderation.queue import Ask, Bell
from moderation.records import StoredComment
from moderation.storage import comments, work
from moderation.storage.rows import scored_span_document
from workers.process import Process
from workers.scoring import Scorers
from workers.scoring.text import Text

BATCH = 32
ASKS = 16
DRAIN_SECONDS = 3.0
"""One task drains no longer, so that a worker told to stop stops soon; if more waits it rings again."""
TRIES = 3
"""A comment whose scoring ended its worker this often is settled as unknown."""

log = structlog.get_logger()


def drain(here: Process) -> None:
    """Score and settle stored comments until none waits or the time is over."""
    until = clock.monotonic() + DRAIN_SECONDS
    while clock.monotonic() < until:
        answer_asked(here)
        if not score_batch(here):
            return
    here.parts.queue.ring(Bell.SCORING)


def score_batch(here: Process) -> bool:
    """Claim, score and settle one batch; return whether there was one."""
    now = clock.now()
    with here.parts.database.read() as connection:
        if not work.is_due(connection, now):
            return False
    with here.parts.database.write() as connection:
        claimed = work.claim(connection, limit=BATCH, lease=timedelta(seconds=here.settings.lease_seconds), now=now)
        stored = comments.load_claimed(connection, claimed)
    if not stored:
        return False
    started = clock.monotonic()
    scored = _score(_scorers(here), stored)
    sites = {comment.site_id: here.sites.current(comment.site_id) for comment in stored}
    done = settle(here.parts, list(zip(stored, scored, strict=True)), sites, clock.now())
    seconds = max(1e-3, clock.monotonic() - started)
    log.info("settled", number=len(done), of=len(stored), seconds=round(seconds, 3))
    _tell_pace(here, len(done) / seconds)
    return True


def answer_asked(here: Process) -> None:
    """Score and answer all asks that wait; a failure is its caller's timeout."""
    try:
        while asks := here.parts.queue.take_asked(ASKS):
            _answer(here, asks)
    except (RedisError, OSError) as error:
        log.warning("asks_not_taken", error=type(error).__name__)


def _answer(here: Process, asks: Sequence[Ask]) -> None:
    scorers = _scorers(here)
    texts = [Text(text, ask.language) for ask in asks for text in ask.texts]
    scored = iter(scorers.score(texts))
    for ask in asks:
        results = [_score_object(next(scored)) for _ in ask.texts]
        here.parts.queue.answer(ask.id, {"results": results, "models": dict(scorers.models)})


def _score_object(scored: Scored) -> dict[str, object]:
    return {
        "scores": {attribute: scored.scores.get(attribute) for attribute in ATTRIBUTES},
        "spans": [scored_span_document(span) for span in scored.spans],
        "language": {"code": scored.language.code, "confidence": scored.language.confidence},
    }


def _score(scorers: Scorers, stored: Sequence[StoredComment]) -> list[Scored]:
    """Return scores in order; a comment that was tried too often is unknown without another try."""
    fit = [comment for comment in stored if comment.attempts <= TRIES]
    for comment in stored:
        if comment.attempts > TRIES:
            log.error("scoring_given_up", comment=comment.id, tries=TRIES)
    scored = iter(scorers.score([_text(comment) for comment in fit]) if fit else ())
    return [next(scored) if comment.attempts <= TRIES else UNKNOWN for comment in stored]


def _text(stored: StoredComment) -> Text:
    comment = Comment(
        text=stored.text,
        thread=stored.thread,
        author=stored.author,
        external_id=stored.external_id,
        parent_id=stored.parent_id,
        language=stored.language_hint,
        created_at=stored.created_at,
        signals=stored.signals,
        metadata=stored.metadata,
    )
    return Text(stored.text, stored.language_hint, comment)


def _scorers(here: Process) -> Scorers:
    if here.scorers is None:
        raise RuntimeError("This process has no models: scoring tasks belong to the scorer's queues")
    return here.scorers


def _tell_pace(here: Process, per_second: float) -> None:
    try:
        here.parts.queue.keep_pace(per_second * here.settings.scorers)
    except (RedisError, OSError) as error:
        log.warning("pace_not_told", error=type(error).__name__)
