"""Erases a comment from every table that holds something of it, and says what was there."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from moderation.records import StoredComment
from moderation.storage import akismet, appeals, comments, events, labels
from moderation.storage.comments import bare_reasons
from moderation.storage.tables import attempts, decisions, deliveries, idempotency
from moderation.storage.tables import events as event_rows

Places = Mapping[str, int]
"""How many rows something was erased from, by what they are."""


def wipe(connection: Connection, comment: StoredComment, now: datetime) -> tuple[StoredComment, Places]:
    """Erase a comment that is locked; return it as it is left, and from how many rows of which kind it was erased.

    Suggestions of the same text go, too: they are what somebody said of it, and their text is all of it.
    """
    site_id, comment_id = comment.site_id, comment.id
    erased = comments.erase(connection, comment, now)
    places = {
        "comments": 1,
        "decisions": _strip_log(connection, site_id, comment_id),
        "answers": _forget_answers(connection, site_id, comment_id),
        "labels": labels.erase(connection, site_id, comment_id, now),
        "suggestions": labels.erase_suggestions(connection, site_id, comment.text, now),
        "appeals": appeals.erase(connection, site_id, comment_id),
        "akismet_checks": akismet.forget_check(connection, site_id, comment_id),
        "events": events.strip_events(connection, site_id, comment_id),
        "tries": _strip_tries(connection, site_id, comment_id),
    }
    return erased, places


def _strip_log(connection: Connection, site_id: str, comment_id: str) -> int:
    """Take notes and what could quote the text out of a comment's decisions."""
    mine = (decisions.c.site_id == site_id) & (decisions.c.comment_id == comment_id)
    lines = connection.execute(select(decisions.c.id, decisions.c.decision).where(mine)).all()
    for line in lines:
        document = {**line.decision, "note": None, "reasons": bare_reasons(line.decision["reasons"])}
        connection.execute(update(decisions).where(decisions.c.id == line.id).values(decision=document))
    return len(lines)


def _forget_answers(connection: Connection, site_id: str, comment_id: str) -> int:
    """Forget first answers to requests with an idempotency key."""
    mine = (idempotency.c.site_id == site_id) & (idempotency.c.comment_id == comment_id)
    return connection.execute(delete(idempotency).where(mine)).rowcount


def _strip_tries(connection: Connection, site_id: str, comment_id: str) -> int:
    """Take out of a comment's deliveries what endpoints answered: some send back what they were sent."""
    mine = (
        select(deliveries.c.id)
        .join(event_rows, event_rows.c.id == deliveries.c.event_id)
        .where(event_rows.c.site_id == site_id, event_rows.c.comment_id == comment_id)
    )
    wanted = update(attempts).where(
        attempts.c.site_id == site_id, attempts.c.delivery_id.in_(mine), attempts.c.answer.is_not(None)
    )
    return connection.execute(wanted.values(answer=None)).rowcount
