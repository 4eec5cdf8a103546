"""What a site's people said of its comments, and which sites have something new to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, or_, select, update

from moderation.model import DecidedBy, Status
from moderation.records import Label, StoredComment, Suggested
from moderation.storage.comments import read_comments, with_thread
from moderation.storage.database import insert
from moderation.storage.tables import comments, labels, learning_due, site_models, suggestions

SUGGESTIONS_KEPT = 1000
"""Of a site; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Due:
    """A site that has something to learn: `since` is its first change that no model knows, `changed_at` its last."""

    site_id: str
    since: datetime
    changed_at: datetime
    erased: bool


def put(connection: Connection, new: Sequence[Label]) -> None:
    """Store labels, each in the place of an earlier one of its comment, and note that their sites can learn."""
    if not new:
        return
    site_ids = sorted({label.site_id for label in new})
    earlier = labels.c.comment_id.in_([label.comment_id for label in new])
    connection.execute(delete(labels).where(labels.c.site_id.in_(site_ids), earlier))
    connection.execute(
        labels.insert(),
        [
            {
                "comment_id": label.comment_id,
                "site_id": label.site_id,
                "revision": label.revision,
                "attributes": dict(label.attributes),
                "by": label.by.value,
                "actor": label.actor,
                "at": label.at,
            }
            for label in new
        ],
    )
    for site_id in site_ids:
        _note(connection, site_id, max(label.at for label in new), erased=False)


def withdraw(connection: Connection, site_id: str, comment_ids: Sequence[str], now: datetime) -> None:
    """Forget the labels of comments whose decisions were undone."""
    mine = (labels.c.site_id == site_id) & labels.c.comment_id.in_(comment_ids)
    if connection.execute(delete(labels).where(mine)).rowcount:
        _note(connection, site_id, now, erased=False)


def erase(connection: Connection, site_id: str, comment_id: str, now: datetime) -> int:
    """Forget the label of a comment that is being erased; a model that may have learnt from it is made anew.

    Returns whether there was a label, 1 or 0.
    """
    gone = connection.execute(delete(labels).where(labels.c.site_id == site_id, labels.c.comment_id == comment_id))
    has_model = select(site_models.c.version).where(site_models.c.site_id == site_id, site_models.c.state == "in_force")
    if gone.rowcount or connection.execute(has_model.limit(1)).first():
        _note(connection, site_id, now, erased=True)
    return gone.rowcount


def erase_suggestions(connection: Connection, site_id: str, text: str, now: datetime) -> int:
    """Forget the suggestions of a text that is being erased, and what they taught; return how many there were."""
    if not text:
        return 0
    mine = (suggestions.c.site_id == site_id) & (suggestions.c.text == text)
    gone = connection.execute(delete(suggestions).where(mine)).rowcount
    if gone:
        _note(connection, site_id, now, erased=True)
    return gone


def taught(connection: Connection, site_id: str, limit: int) -> list[tuple[StoredComment, Label]]:
    """Return the newest labels with their comments, newest first, without those of a text that was edited since."""
    newest = (
        select(labels)
        .join(comments, comments.c.id == labels.c.comment_id)
        .where(
            labels.c.site_id == site_id,
            comments.c.site_id == site_id,
            comments.c.revision == labels.c.revision,
            comments.c.erased_at.is_(None),
        )
        .order_by(labels.c.at.desc(), labels.c.comment_id.desc())
        .limit(limit)
    )
    found = [_label(row) for row in connection.execute(newest)]
    wanted = with_thread().where(
        comments.c.site_id == site_id, comments.c.id.in_([label.comment_id for label in found])
    )
    known = {comment.id: comment for comment in read_comments(connection, wanted)}
    return [(known[label.comment_id], label) for label in found]


def of_comments(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> dict[str, Label]:
    """Return the labels of comments, by comment."""
    mine = (labels.c.site_id == site_id) & labels.c.comment_id.in_(comment_ids)
    return {row.comment_id: _label(row) for row in connection.execute(select(labels).where(mine))}


def suggest(connection: Connection, site_id: str, suggested: Suggested) -> None:
    """Store a suggestion in the place of earlier ones of its text, and of the oldest beyond `SUGGESTIONS_KEPT`."""
    here = suggestions.c.site_id == site_id
    connection.execute(delete(suggestions).where(here, suggestions.c.text == suggested.text))
    connection.execute(
        suggestions.insert().values(
            site_id=site_id,
            text=suggested.text,
            language=suggested.language,
            attributes=dict(suggested.attributes),
            actor=suggested.actor,
            at=suggested.at,
        )
    )
    oldest = select(suggestions.c.id).where(here).order_by(suggestions.c.id.desc()).offset(SUGGESTIONS_KEPT).limit(1)
    connection.execute(delete(suggestions).where(here, suggestions.c.id <= oldest.scalar_subquery()))
    _note(connection, site_id, suggested.at, erased=False)


def suggested(connection: Connection, site_id: str, limit: int) -> list[Suggested]:
    """Return the site's last suggestions, newest first."""
    query = select(suggestions).where(suggestions.c.site_id == site_id).order_by(suggestions.c.id.desc()).limit(limit)
    return [Suggested(row.text, row.language, row.attributes, row.actor, row.at) for row in connection.execute(query)]


def ordinary(connection: Connection, site_id: str, limit: int) -> list[StoredComment]:
    """Return the newest comments that the site's policy approved and nobody has said anything of."""
    labelled = select(labels.c.comment_id).where(labels.c.comment_id == comments.c.id).exists()
    query = (
        with_thread()
        .where(
            comments.c.site_id == site_id,
            comments.c.status == Status.APPROVED.value,
            comments.c.erased_at.is_(None),
            ~labelled,
        )
        .order_by(comments.c.id.desc())
        .limit(limit)
    )
    return [one for one in read_comments(connection, query) if one.decision and one.decision.by is DecidedBy.POLICY]


def counts(connection: Connection, site_id: str) -> dict[str, int]:
    """Return how many labels and suggestions the site has by who gave them: `moderator` and `api`."""
    query = select(labels.c.by, func.count()).where(labels.c.site_id == site_id).group_by(labels.c.by)
    found = {str(by): int(number) for by, number in connection.execute(query)}
    others = select(func.count()).select_from(suggestions).where(suggestions.c.site_id == site_id)
    if number := connection.execute(others).scalar_one():
        found[DecidedBy.API.value] = found.get(DecidedBy.API.value, 0) + number
    return found


def given_since(connection: Connection, site_id: str, at: datetime) -> int:
    """Return how many labels and suggestions the site was given after that."""
    return sum(
        connection.execute(
            select(func.count()).select_from(table).where(table.c.site_id == site_id, table.c.at > at)
        ).scalar_one()
        for table in (labels, suggestions)
    )


def is_due(connection: Connection, site_id: str) -> bool:
    """Tell whether the site has something to learn that no model knows yet."""
    return (
        connection.execute(select(learning_due.c.site_id).where(learning_due.c.site_id == site_id)).first() is not None
    )


def any_due(connection: Connection, changed_before: datetime, now: datetime) -> bool:
    """Tell whether a site has something to learn, first changed before that, that nobody is at."""
    return (
        connection.execute(select(learning_due.c.site_id).where(*_free(changed_before, now)).limit(1)).first()
        is not None
    )


def claim(connection: Connection, changed_before: datetime, lease: timedelta, now: datetime) -> Due | None:
    """Take the site that has waited longest for being learnt from, or None."""
    free = (
        select(learning_due.c.site_id)
        .where(*_free(changed_before, now))
        .order_by(learning_due.c.since)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("free")
    )
    row = connection.execute(
        update(learning_due)
        .where(learning_due.c.site_id.in_(select(free.c.site_id)))
        .values(leased_until=now + lease, attempts=learning_due.c.attempts + 1)
        .returning(learning_due)
    ).first()
    return None if row is None else _due(row)


def done(connection: Connection, due: Due) -> None:
    """Note that a site's changes up to `due` are learnt; what changed meanwhile is due again."""
    here = learning_due.c.site_id == due.site_id
    connection.execute(delete(learning_due).where(here, learning_due.c.changed_at == due.changed_at))
    connection.execute(
        update(learning_due).where(here).values(since=learning_due.c.changed_at, leased_until=None, attempts=0)
    )


def give_up(connection: Connection, tries: int, now: datetime) -> list[Due]:
    """Leave sites whose learning failed `tries` times until their next label, and return them."""
    worn = delete(learning_due).where(learning_due.c.attempts >= tries, learning_due.c.leased_until < now)
    return [_due(row) for row in connection.execute(worn.returning(learning_due))]


def _label(row: Row[Any]) -> Label:
    return Label(row.site_id, row.comment_id, row.revision, row.attributes, DecidedBy(row.by), row.actor, row.at)


def _due(row: Row[Any]) -> Due:
    return Due(row.site_id, row.since, row.changed_at, row.erased)


def _free(changed_before: datetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        learning_due.c.since <= changed_before,
        or_(learning_due.c.leased_until.is_(None), learning_due.c.leased_until < now),
    )


def _note(connection: Connection, site_id: str, now: datetime, *, erased: bool) -> None:
    new = insert(connection.dialect.name, learning_due).values(
        site_id=site_id, since=now, changed_at=now, erased=erased, attempts=0
    )
    changed: dict[str, object] = {"changed_at": now, "attempts": 0}
    if erased:
        changed["erased"] = True
    connection.execute(new.on_conflict_do_update(index_elements=["site_id"], set_=changed))
