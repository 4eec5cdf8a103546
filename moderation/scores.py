"""Scores of texts that are not kept, by a deadline: remembered, or asked of the workers once however many want them.

A text is scored, and recognised again, without the white space and invisible characters at its ends; anything more
would change what the scorers see, since capitals and line breaks count. What is remembered of a text are its scores,
under a keyed hash of the text, the hint of its language and the versions of the models.
Long because what is remembered, shared and asked for is one path, with the shapes that it hands on.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

import structlog
from redis.exceptions import RedisError

from moderation import clock, ids
from moderation.asks import CHARACTERS_AT_MOST, Ask, Asks, Beside
from moderation.errors import OverloadedError, UnavailableError
from moderation.hashing import Hasher
from moderation.model import UNKNOWN, Language, Scored, ScoredSpan
from moderation.pipeline import Parts
from moderation.served import corrected_names
from moderation.storage import site_models
from moderation.storage.database import SQLAlchemyError
from moderation.text import visible_part

SERVED_SECONDS = 2.0
"""How long this process believes what the workers announced, and which models of a site are in force."""
SITES_AT_MOST = 10_000
BRIEF_SECONDS = 1.0
CHUNK_TEXTS = 16
"""Texts of one ask: what a worker takes at once, so that urgent asks wait for no long list."""
LATE = "No scoring worker answered in time"
RETRY_AFTER = 5

log = structlog.get_logger()

Outcome = Scored | UnavailableError


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text whose scores are wanted; `language` is what the caller says it is in."""

    text: str
    language: str | None = None
    keep: bool = True
    """Whether the scores may be remembered."""
    site: str | None = None
    """Whose decisions correct the scores; None for nobody's."""
    beside: Beside | None = None
    """For a comment, what is known beside its text."""


class Scores:
    """One process's way to scores; threads share it."""

    def __init__(self, parts: Parts, waiting: threading.Semaphore, threads: int, remember_seconds: int) -> None:
        """Let as many of this process's `threads` wait at once as `waiting` admits; 0 seconds remembers nothing.

        Three in four may wait if that is over within `BRIEF_SECONDS`: new comments get in after that at the latest.
        """
        self._asks = Asks(parts.queue)
        self._queue = parts.queue
        self._hasher = parts.hasher
        self._waiting = waiting
        self._briefly = threading.BoundedSemaphore(max(1, threads * 3 // 4))
        self._remember_seconds = remember_seconds
        self._flying: dict[str, Future[Outcome | None]] = {}
        self._lock = threading.Lock()
        self._served: Sequence[Mapping[str, Any]] = ()
        self._served_until = 0.0
        self._database = parts.database
        self._versions: dict[str | None, tuple[float, Mapping[str, int]]] = {}

    def served(self) -> Sequence[Mapping[str, Any]]:
        """Return what the workers serve, as they announced it last: the public part of each model's card.

        Raises:
            UnavailableError: none has since this process began.
        """
        now = clock.monotonic()
        if now >= self._served_until:
            models = (self._queue.said("scorer") or {}).get("models")
            if models:
                self._served = models
            self._served_until = now + SERVED_SECONDS if self._served else 0.0
        if not self._served:
            raise UnavailableError("No scoring worker says what it serves", retry_after=RETRY_AFTER)
        return self._served

    def of(self, wanted: Sequence[Wanted], seconds: float, *, patient: bool = False) -> list[Outcome]:
        """Return for each text its scores, or why there are none `seconds` from now; spans are those of the text.

        Raises:
            OverloadedError: too many threads wait already.
        """
        until = clock.monotonic() + seconds
        visible = [_visible(one) for one in wanted]
        keys = [self._key(one) for one, _ in visible]
        missing = {key: one for key, (one, _) in zip(keys, visible, strict=True)}
        found: dict[str, Outcome] = dict(self._remembered(missing))
        missing = {key: one for key, one in missing.items() if key not in found}
        if missing:
            places = self._briefly if seconds <= BRIEF_SECONDS else self._waiting
            if not places.acquire(blocking=False):
                raise OverloadedError("Too many requests wait for scores", retry_after=1)
            try:
                while missing and clock.monotonic() < until:
                    found.update(self._fetch(missing, until, patient=patient))
                    missing = {key: one for key, one in missing.items() if key not in found}
            finally:
                places.release()
        late = UnavailableError(LATE, retry_after=RETRY_AFTER)
        return [_moved(found.get(key, late), offset) for key, (_, offset) in zip(keys, visible, strict=True)]

    def glance(self, one: Wanted, seconds: float) -> Scored:
        """Return the scores that are quickly had, whatever else waits for the workers; UNKNOWN if no time is left.

        No site's decisions correct them.
        """
        if seconds <= 0:
            return UNKNOWN
        ask = Ask(ids.new_id(clock.now()), [one.text], one.language, beside=one.beside, glance=True)
        try:
            (answer,) = self._asks.ask([ask], seconds)
        except UnavailableError:
            return UNKNOWN
        found = None if answer is None else _scored(answer["results"][0], answer["models"], answer["versions"])
        return found if isinstance(found, Scored) else UNKNOWN

    def _fetch(self, wanted: Mapping[str, Wanted], until: float, *, patient: bool) -> dict[str, Outcome]:
        """Ask for what nobody has asked for, wait for what others have; what came too late is left out."""
        mine: dict[str, Future[Outcome | None]] = {}
        others: dict[str, Future[Outcome | None]] = {}
        with self._lock:
            for key in wanted:
                if key in self._flying:
                    others[key] = self._flying[key]
                else:
                    mine[key] = self._flying[key] = Future()
        found: dict[str, Outcome] = {}
        try:
            found = self._ask({key: wanted[key] for key in mine}, until, patient=patient)
        except UnavailableError as error:
            found = dict.fromkeys(mine, error)
        finally:
            with self._lock:
                for key in mine:
                    del self._flying[key]
            for key, future in mine.items():
                future.set_result(found.get(key))
        for key, future in others.items():
            with suppress(TimeoutError):
                landed = future.result(max(0.0, until - clock.monotonic()))
                if landed is not None:
                    found[key] = landed
        return found

    def _ask(self, wanted: Mapping[str, Wanted], until: float, *, patient: bool) -> dict[str, Outcome]:
        chunks = list(_chunks(wanted))
        now = clock.now()
        asks = [_ask_for(ids.new_id(now), list(chunk.values()), patient=patient) for chunk in chunks]
        answers = self._asks.ask(asks, until - clock.monotonic())
        found: dict[str, Outcome] = {}
        for chunk, answer in zip(chunks, answers, strict=True):
            if answer is not None:
                self._remember(chunk, answer)
                for key, result in zip(chunk, answer["results"], strict=True):
                    found[key] = _scored(result, answer["models"], answer["versions"])
        return found

    def _key(self, one: Wanted) -> str:
        """Return the key in Redis; it depends on who is served by which models, so a new model starts afresh."""
        try:
            models = sorted(str(card["name"]) for card in self.served())
        except UnavailableError:
            models = []
        return name_of(self._hasher, models, self._versions_of(one.site), one)

    def _versions_of(self, site: str | None) -> Mapping[str, int]:
        """Return the versions of what corrects a site's scores, believed for `SERVED_SECONDS`."""
        until, versions = self._versions.get(site, (0.0, {}))
        now = clock.monotonic()
        if site is None or now < until:
            return versions
        with suppress(SQLAlchemyError), self._database.read() as connection:
            versions = site_models.versions_in_force(connection, [site])[site]
        if len(self._versions) >= SITES_AT_MOST:
            self._versions.clear()
        self._versions[site] = (now + SERVED_SECONDS, versions)
        return versions

    def _remembered(self, wanted: Mapping[str, Wanted]) -> Iterator[tuple[str, Scored]]:
        if not self._remember_seconds or not self._served or not wanted:
            return
        try:
            kept: Any = self._queue.redis.mget(list(wanted))
        except (RedisError, OSError):
            return  # asking will say so
        for key, value in zip(wanted, kept, strict=True):
            scored = None if value is None else _scored(**json.loads(value))
            if isinstance(scored, Scored):
                yield key, scored

    def _remember(self, chunk: Mapping[str, Wanted], answer: Mapping[str, Any]) -> None:
        if not self._remember_seconds:
            return
        models = sorted(answer["models"].values())
        try:
            with self._queue.redis.pipeline(transaction=False) as pipe:
                for one, result in zip(chunk.values(), answer["results"], strict=True):
                    if result is not None and one.keep:
                        value = json.dumps(
                            {"result": result, **{part: answer[part] for part in ("models", "versions")}}
                        )
                        name = name_of(self._hasher, models, answer["versions"], one)
                        pipe.set(name, value, ex=self._remember_seconds)
                pipe.execute()
        except (RedisError, OSError) as error:
            log.warning("scores_not_remembered", error=type(error).__name__)


def name_of(hasher: Hasher, models: Sequence[str], versions: Mapping[str, int], one: Wanted) -> str:
    """Return the key under which Redis remembers scores; what no site's decisions correct is the same for all sites."""
    corrected = [one.site, sorted(versions.items())] if versions else None
    beside = None if one.beside is None else asdict(one.beside)
    whole = json.dumps([models, corrected, one.language, one.text, beside])
    return f"moderation:score:{hasher.hash('score', whole)}"


def first_error(outcomes: Sequence[Outcome]) -> UnavailableError | None:
    """Return why one of the texts has no scores, or None if all have."""
    return next((one for one in outcomes if isinstance(one, UnavailableError)), None)


def _visible(one: Wanted) -> tuple[Wanted, int]:
    """Return what is scored, and where in the text it begins."""
    where = visible_part(one.text)
    return replace(one, text=one.text[where.start : where.end]), where.start


def _moved(outcome: Outcome, offset: int) -> Outcome:
    if isinstance(outcome, UnavailableError) or not offset:
        return outcome
    spans = tuple(replace(span, start=span.start + offset, end=span.end + offset) for span in outcome.spans)
    return replace(outcome, spans=spans)


def _chunks(wanted: Mapping[str, Wanted]) -> Iterator[dict[str, Wanted]]:
    """Yield texts that differ in nothing else, few enough for one ask."""
    ordered = sorted(wanted.items(), key=lambda item: _apart(item[1]))
    for _, group in groupby(ordered, key=lambda item: _apart(item[1])):
        chunk: dict[str, Wanted] = {}
        characters = 0
        for key, one in group:
            if chunk and (len(chunk) == CHUNK_TEXTS or characters + len(one.text) > CHARACTERS_AT_MOST):
                yield chunk
                chunk, characters = {}, 0
            chunk[key] = one
            characters += len(one.text)
        yield chunk


def _apart(one: Wanted) -> tuple[str, str, str]:
    """Return what two texts of one ask have in common."""
    return one.language or "", one.site or "", str(one.beside)


def _ask_for(ask_id: str, chunk: Sequence[Wanted], *, patient: bool) -> Ask:
    first = chunk[0]
    return Ask(ask_id, [one.text for one in chunk], first.language, first.site, first.beside, patient)


def _scored(result: Mapping[str, Any] | None, models: Mapping[str, str], versions: Mapping[str, int]) -> Outcome:
    """Return what a worker's answer says of one text; see `workers/drain.py`."""
    if result is None:
        return UnavailableError("The scoring worker failed", retry_after=RETRY_AFTER)
    return Scored(
        scores=result["scores"],
        language=Language(**result["language"]),
        other_languages=tuple(result.get("other_languages", ())),
        models=corrected_names(models, versions),
        spans=tuple(ScoredSpan(**span) for span in result["spans"]),
    )
