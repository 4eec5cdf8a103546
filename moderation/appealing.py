"""Closing appeals: by who decides them, or by themselves once the decision that they are against is gone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from moderation import ids
from moderation.comment_object import appeal_event_object
from moderation.model import AppealOutcome, DecidedBy, EventType
from moderation.records import Appeal, Event, StoredComment
from moderation.storage import appeals, comments, events
from moderation.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Closing:
    """How appeals end, and by whom if somebody decides them."""

    outcome: AppealOutcome
    by: DecidedBy | None = None
    actor: str | None = None
    note: str | None = None


SUPERSEDED, ERASED = Closing(AppealOutcome.SUPERSEDED), Closing(AppealOutcome.ERASED)


def close_open(
    connection: Connection, standing: Sequence[StoredComment], closing: Closing, now: datetime
) -> list[Event]:
    """Close the open appeals for comments, given as they stand now, and return the events, which are to be published.

    Each event is counted in its comment, and comes before that of whatever closes the appeal.
    """
    by_id = {comment.id: comment for comment in standing}
    found = appeals.open_of(connection, sorted({comment.site_id for comment in standing}), sorted(by_id))
    told = []
    for appeal in found.values():
        closed = replace(
            appeal,
            closed_at=now,
            outcome=closing.outcome,
            by=closing.by,
            actor=closing.actor,
            note=closing.note,
        )
        appeals.close(connection, closed)
        told.append(event_of(connection, EventType.APPEAL_CLOSED, closed, by_id[appeal.comment_id], now))
    return told


def close_for_good(connection: Connection, comment: StoredComment, now: datetime) -> tuple[StoredComment, int]:
    """Close and tell the open appeal for a comment that is about to be erased.

    Return the comment as it then stands, and how many deliveries tell of it.
    """
    closed = close_open(connection, [comment], ERASED, now)
    return replace(comment, sequence=comment.sequence + len(closed)), events.publish(connection, closed, now)


def event_of(connection: Connection, kind: EventType, appeal: Appeal, comment: StoredComment, now: datetime) -> Event:
    """Return the event that tells of an appeal, and count it in its comment, which is given as it stands."""
    comments.raise_sequence(connection, comment.site_id, comment.id)
    sequence = comment.sequence + 1
    data = appeal_event_object(appeal, comment, sequence)
    return Event(ids.new_id(now), comment.site_id, comment.id, kind, sequence, now, data)
