"""Appeals: an author's word against the decision on their comment, handed in by the site, and decided by a person.

The decision that is looked at again is told by its place in the comment's log. There is one open appeal for a comment,
and a decision that was upheld cannot be appealed against again; another decision, or another text, can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from moderation import ids
from moderation.appealing import Closing, close_open, event_of
from moderation.audit_entry import Actor, AuditAction, Change, decider
from moderation.comment_object import appeal_object, decision_object
from moderation.errors import (
    AppealClosedError,
    AppealDecidedError,
    AppealOpenError,
    IdempotencyReusedError,
    NotAppealableError,
    NotFoundError,
    NotTheAuthorError,
    TooManyError,
)
from moderation.model import AppealOutcome, Author, Decision, EventType, Status
from moderation.pipeline import Parts, expected, overrule_within
from moderation.queue import Bell
from moderation.records import Appeal, StoredComment
from moderation.storage import appeals, audit, comments, decision_log, events, idempotency
from moderation.storage.appeals import Wanted
from moderation.storage.comments import Decided
from moderation.storage.database import Connection
from moderation.storage.idempotency import Answer

DAY = timedelta(days=1)
CREATED = 201


@dataclass(frozen=True, slots=True)
class Asked:
    """An appeal as a request hands it in; the comment goes by its id or by the site's own, or by both."""

    comment_id: str | None
    external_id: str | None
    text: str
    author: Author | None = None
    idempotency_key: str | None = None
    body_hash: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a request is answered; `replayed` if an earlier one with its key had opened the appeal."""

    document: Mapping[str, Any]
    replayed: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """An appeal with its comment as it stands, and the decision that it is against."""

    appeal: Appeal
    comment: StoredComment
    decision: Decision | None


def document(one: Whole) -> dict[str, Any]:
    """Return an appeal as the API shows it."""
    text = one.comment.text
    return {
        **appeal_object(one.appeal),
        "text": None if one.comment.erased_at else one.appeal.text,
        "comment_id": one.comment.id,
        "external_id": one.comment.external_id,
        "comment_status": one.comment.status.value,
        "comment_revision": one.comment.revision,
        "decision": one.decision and decision_object(one.decision, text),
    }


def open_appeal(parts: Parts, site_id: str, asked: Asked, per_day: int, now: datetime, actor: Actor) -> Opened:
    """Take an appeal in, and tell of it.

    Raises:
        NotFoundError: the site has no such comment, or it was erased.
        NotTheAuthorError: it is another author's.
        NotAppealableError: it is neither held nor rejected.
        AppealOpenError, AppealDecidedError: there is, or was, an appeal against the decision.
        TooManyError: the author has appealed too often within a day.
        IdempotencyReusedError: the key came with another body.
    """
    with parts.database.write() as connection:
        key = asked.idempotency_key
        answer = idempotency.get_answers(connection, site_id, [key] if key else []).get(key or "")
        if answer is not None:
            if answer.body_hash != asked.body_hash:
                raise IdempotencyReusedError
            return Opened(answer.answer, replayed=True)
        comment = _comment(connection, site_id, asked)
        author_key = parts.hasher.author(asked.author) if asked.author else None
        if author_key and comment.author_key and author_key != comment.author_key:
            raise NotTheAuthorError
        against = _check(connection, comment)
        author_key = comment.author_key or author_key
        _check_often(connection, site_id, author_key, per_day, now)
        appeal = Appeal(ids.new_id(now), site_id, comment.id, author_key, against, asked.text, now)
        appeals.add(connection, appeal)
        event = event_of(connection, EventType.APPEAL_OPENED, appeal, comment, now)
        deliveries = events.publish(connection, [event], now)
        shown = document(Whole(appeal, comment, comment.decision))
        if key:
            kept = Answer(key, asked.body_hash, comment.id, CREATED, shown)
            idempotency.add_answers(connection, site_id, [kept], now)
        details = {"comment": comment.id, "status": comment.status.value}
        audit.append(connection, site_id, now, Change(actor, AuditAction.APPEAL_OPENED, appeal.id, details))
    if deliveries:
        parts.queue.ring(Bell.COURIER)
    return Opened(shown, replayed=False)


def decide(
    parts: Parts, site_id: str, appeal_id: str, outcome: AppealOutcome, decision: Decision, revision: int | None = None
) -> Whole:
    """Uphold the decision, or overturn it, in one transaction; to say the same again changes nothing.

    `decision` approves the comment, and says who it is that decides; it counts only if the decision is overturned.

    Raises:
        NotFoundError: the site has no such appeal.
        AppealClosedError: it has another outcome already.
        StaleError: the comment has another revision than the expected one.
    """
    with parts.database.write() as connection:
        found = appeals.get(connection, site_id, appeal_id)
        comment = None if found is None else comments.get(connection, site_id, found.comment_id, lock=True)
        found = appeals.get(connection, site_id, appeal_id)  # again: until the comment was locked others could close it
        if found is None or comment is None:
            raise NotFoundError
        if found.outcome is not None:
            if found.outcome is not outcome:
                raise AppealClosedError(outcome_now=found.outcome.value)
            return _whole(connection, site_id, [found])[0]
        expected(comment, revision, None)
        closing = Closing(outcome, decision.by, decision.actor, decision.note)
        before = comment.decision
        own = before is not None and before.by is decision.by and before.actor == decision.actor
        change = Change(
            decider(decision),
            AuditAction.APPEAL_DECIDED,
            appeal_id,
            {"comment": comment.id, "outcome": outcome.value, "own_decision": own},
        )
        if outcome is AppealOutcome.OVERTURNED:
            deliveries, _ = overrule_within(connection, Decided(comment, decision, None), closing, change)
        else:
            told = close_open(connection, [comment], closing, decision.at)
            deliveries = events.publish(connection, told, decision.at)
            audit.append(connection, site_id, decision.at, change)
    if outcome is AppealOutcome.OVERTURNED:
        parts.queue.announce([comment.id])
    if deliveries:
        parts.queue.ring(Bell.COURIER)
    return get(parts, site_id, appeal_id)


def get(parts: Parts, site_id: str, appeal_id: str) -> Whole:
    """Return one appeal; `NotFoundError` if the site has none of that id."""
    with parts.database.read() as connection:
        found = appeals.get(connection, site_id, appeal_id)
        if found is None:
            raise NotFoundError
        return _whole(connection, site_id, [found])[0]


def page(
    parts: Parts, site_id: str, wanted: Wanted, *, limit: int, from_id: str | None, oldest: bool = False
) -> tuple[list[Whole], str | None]:
    """Return a page of appeals, newest first or oldest first, and the id to go on from, or None at the end."""
    with parts.database.read() as connection:
        found = appeals.list_page(connection, site_id, wanted, limit=limit + 1, from_id=from_id, oldest=oldest)
        shown = _whole(connection, site_id, found[:limit])
    return shown, found[limit - 1].id if len(found) > limit else None


def count_open(parts: Parts, site_id: str, at_most: int) -> int:
    """Return how many appeals are open, counting no further than `at_most`."""
    with parts.database.read() as connection:
        return appeals.count_open(connection, site_id, at_most)


def _whole(connection: Connection, site_id: str, found: Sequence[Appeal]) -> list[Whole]:
    """Return appeals with what they are about."""
    texts = comments.get_many(connection, site_id, sorted({one.comment_id for one in found}))
    decisions = decision_log.at(connection, site_id, [(one.comment_id, one.against) for one in found])
    return [Whole(one, texts[one.comment_id], decisions.get((one.comment_id, one.against))) for one in found]


def _comment(connection: Connection, site_id: str, asked: Asked) -> StoredComment:
    """Return the comment that is meant, locked."""
    comment_id = asked.comment_id
    if comment_id is None and asked.external_id is not None:
        named = comments.by_external_id(connection, site_id, [asked.external_id])
        comment_id = next((one.id for one in named.values()), None)
    found = comments.get(connection, site_id, comment_id, lock=True) if comment_id else None
    if found is None or found.erased_at is not None or asked.external_id not in {None, found.external_id}:
        raise NotFoundError
    return found


def _check(connection: Connection, comment: StoredComment) -> int:
    """Return the place of the decision that an appeal would be against, if there can be one."""
    if comment.status not in {Status.HELD, Status.REJECTED}:
        raise NotAppealableError(status_now=comment.status.value)
    waiting = appeals.open_of(connection, [comment.site_id], [comment.id]).get(comment.id)
    if waiting is not None:
        raise AppealOpenError(id=waiting.id)
    against = decision_log.last_of(connection, comment.site_id, [comment.id]).get(comment.id)
    if against is None:
        raise NotAppealableError(status_now=comment.status.value)
    if appeals.was_upheld(connection, comment.site_id, comment.id, against):
        raise AppealDecidedError
    return against


def _check_often(connection: Connection, site_id: str, author_key: str | None, per_day: int, now: datetime) -> None:
    """Check that an author has not appealed too often; of somebody whom nobody knows nothing can be counted."""
    if author_key is None:
        return
    appeals.lock_counts(connection, site_id)
    times = appeals.opened_since(connection, site_id, author_key, now - DAY, per_day)
    if len(times) >= per_day:
        wait = int((times[-1] + DAY - now).total_seconds()) + 1
        raise TooManyError(
            f"An author can appeal {per_day} times in 24 hours; try again later", retry_after=wait, limit=per_day
        )
