"""Several decisions at once, and taking back what was decided together, within a day.

What is undone stands again as it stood before: a comment that somebody decided again in between is left alone, and
one that still waited for its scores is held, for a person to look at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from moderation.audit_entry import AuditAction, Change, decider
from moderation.errors import ModerationError, NotFoundError, StaleError, UndoOverError
from moderation.model import Action, DecidedBy, Decision, Reason, Status
from moderation.pipeline import Parts, decided_change, expected, put_in_force, teach
from moderation.queue import Bell
from moderation.records import StoredComment
from moderation.storage import audit, comments, decision_log, labels
from moderation.storage.comments import Decided
from moderation.storage.database import Connection
from moderation.storage.decision_log import Line

AT_MOST = 500
"""Decisions in one call, and comments undone in one transaction."""
UNDO_WITHIN = timedelta(days=1)
UNDONE = "undone"
ACTION_OF = {action.status: action for action in Action}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision on one comment, unless the comment is not as it was expected."""

    comment_id: str
    decision: Decision
    expected_revision: int | None = None
    expected_status: Status | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """How many comments stand as before, and how many were left as they were decided, edited or erased since."""

    restored: int
    left: int


def decide_batch(
    parts: Parts, site_id: str, wanted: Sequence[Wanted], batch_id: str
) -> list[StoredComment | ModerationError]:
    """Put decisions in force in one transaction; return each comment as it then is, or why it was not decided.

    Of several decisions on one comment the first counts.
    """
    outcomes: list[StoredComment | ModerationError] = []
    made: dict[str, Decided] = {}
    with parts.database.write() as connection:
        current = comments.lock(connection, sorted({one.comment_id for one in wanted}), site_id)
        for one in wanted:
            if one.comment_id in made:
                outcomes.append(StaleError("Another decision of the same call is on this comment"))
                continue
            try:
                comment = expected(current.get(one.comment_id), one.expected_revision, one.expected_status)
            except ModerationError as error:
                outcomes.append(error)
                continue
            made[one.comment_id] = Decided(comment, one.decision, None, batch_id)
            outcomes.append(comments.as_decided(made[one.comment_id]))
        deliveries, done = put_in_force(connection, list(made.values()), wanted[0].decision.at)
        teach(connection, site_id, done)
        audit.append(connection, site_id, wanted[0].decision.at, *map(decided_change, done))
    parts.queue.announce(list(made))
    if deliveries:
        parts.queue.ring(Bell.COURIER)
    return outcomes


def undo(
    parts: Parts,
    site_id: str,
    batch_id: str,
    by: DecidedBy,
    actor: str,
    now: datetime,
    actor_id: str | None = None,
) -> Undone:
    """Let comments stand as they stood before a batch of decisions, and forget what these taught.

    Raises:
        NotFoundError: the site has no such batch.
        UndoOverError: it is more than a day old.
    """
    restored = left = last = 0
    while True:
        with parts.database.write() as connection:
            lines = decision_log.of_batch(connection, site_id, batch_id, after_id=last, limit=AT_MOST)
            if not lines:
                break
            if now - lines[0].at > UNDO_WITHIN:
                raise UndoOverError
            current = comments.lock(connection, sorted(line.comment_id for line in lines), site_id)
            latest = decision_log.last_of(connection, site_id, sorted(current))
            mine = [line for line in lines if _stands(current.get(line.comment_id), line, latest)]
            decided = [
                _as_before(connection, current[line.comment_id], line, by, actor, now, actor_id) for line in mine
            ]
            deliveries, _ = put_in_force(connection, [one for one, _ in decided], now)
            labels.withdraw(connection, site_id, [line.comment_id for line in mine], now)
            _teach_again(connection, site_id, decided)
            audit.append(connection, site_id, now, *_undone(batch_id, [one for one, _ in decided]))
        parts.queue.announce([line.comment_id for line in mine])
        if deliveries:
            parts.queue.ring(Bell.COURIER)
        restored, left, last = restored + len(mine), left + len(lines) - len(mine), lines[-1].id
    if not last:
        raise NotFoundError
    return Undone(restored, left)


def _undone(batch_id: str, decided: Sequence[Decided]) -> list[Change]:
    """Return what the audit log says of decisions that were taken back, if there are any."""
    details = {"comments": [one.comment.id for one in decided]}
    return [Change(decider(one.decision), AuditAction.DECISIONS_UNDONE, batch_id, details) for one in decided[:1]]


def _stands(comment: StoredComment | None, line: Line, latest: Mapping[str, int]) -> bool:
    """Tell whether a comment is as that decision left it; `latest` has the places of the last decisions.

    An appeal is an event of the comment, too, but leaves it as it is.
    """
    return (
        comment is not None
        and comment.erased_at is None
        and latest[comment.id] == line.sequence
        and comment.status is line.after
    )


def _as_before(
    connection: Connection,
    comment: StoredComment,
    line: Line,
    by: DecidedBy,
    actor: str,
    now: datetime,
    actor_id: str | None,
) -> tuple[Decided, Decision | None]:
    """Return the decision that brings back what stood before `line`, and the one that stood."""
    log = decision_log.of_comment(connection, comment.site_id, comment.id)
    earlier = next((one for one in log if one.sequence < line.sequence), None)
    stood = earlier.decision if earlier is not None and earlier.after is line.before else None
    decision = Decision(
        action=ACTION_OF.get(line.before, Action.HOLD),
        by=by,
        at=now,
        policy_version=line.decision.policy_version,
        reasons=stood.reasons if stood else (Reason(UNDONE, "a decision was taken back"),),
        actor=actor,
        actor_id=actor_id,
    )
    return Decided(comment, decision, None), stood


def _teach_again(connection: Connection, site_id: str, decided: Sequence[tuple[Decided, Decision | None]]) -> None:
    """Keep what the decisions of people said that stand again."""
    teach(connection, site_id, [replace(one, decision=stood) for one, stood in decided if stood is not None])
