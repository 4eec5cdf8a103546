"""What a site keeps for a time only: which comments are old enough, and taking single things out of them.

A mark for each site and kind says how far the comments, in the order of their last change, are done with. Whatever
changes a comment moves it behind every mark, so none is missed; forgetting itself is no change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, or_, select, update

from moderation.model import Status
from moderation.storage.database import insert
from moderation.storage.tables import EPOCH, appeals, comments, decisions, events, retention_marks

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the order of changes: everything up to this comment of this moment."""

    changed_at: datetime
    comment_id: str


@dataclass(frozen=True, slots=True)
class Old:
    """A comment that nobody changed for long."""

    id: str
    status: Status
    erased: bool
    mark: Mark


def oldest(connection: Connection, site_id: str, kind: str, before: datetime, limit: int) -> list[Old]:
    """Return comments behind the mark of a kind that changed last before then, oldest first."""
    mine = (retention_marks.c.site_id == site_id) & (retention_marks.c.kind == kind)
    row = connection.execute(select(retention_marks).where(mine)).one_or_none()
    at, last = (EPOCH, "") if row is None else (row.changed_at, row.comment_id)
    changed, comment_id = comments.c.updated_at, comments.c.id
    query = (
        select(comment_id, comments.c.status, changed, comments.c.erased_at)
        .where(
            comments.c.site_id == site_id,
            changed >= at,
            changed < before,
            or_(changed > at, and_(changed == at, comment_id > last)),
        )
        .order_by(changed, comment_id)
        .limit(limit)
    )
    return [
        Old(row.id, Status(row.status), row.erased_at is not None, Mark(row.updated_at, row.id))
        for row in connection.execute(query)
    ]


def move_mark(connection: Connection, site_id: str, kind: str, to: Mark) -> None:
    """Note that comments up to there are done with."""
    values = {"changed_at": to.changed_at, "comment_id": to.comment_id}
    new = insert(connection.dialect.name, retention_marks).values(site_id=site_id, kind=kind, **values)
    connection.execute(new.on_conflict_do_update(index_elements=["site_id", "kind"], set_=values))


def strip_addresses(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> int:
    """Forget from which networks comments came; return of how many that was known."""
    known = _of(comments, site_id, comments.c.id.in_(comment_ids)) & comments.c.address_key.is_not(None)
    return connection.execute(update(comments).where(known).values(address_key=None)).rowcount


def strip_scores(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> int:
    """Forget scores of comments, in their rows, decisions and events; return of how many comments."""
    return _strip(connection, site_id, comment_ids, _without_scores)


def strip_notes(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> int:
    """Forget notes beside decisions on comments and on appeals, also in events; return of how many comments."""
    noted = _of(appeals, site_id, appeals.c.comment_id.in_(comment_ids)) & appeals.c.note.is_not(None)
    connection.execute(update(appeals).where(noted).values(note=None))
    return _strip(connection, site_id, comment_ids, _without_note)


def _strip(
    connection: Connection, site_id: str, comment_ids: Sequence[str], strip: Callable[[Document], Document]
) -> int:
    """Take something out of every document of comments that may hold it; a document is what has a decision."""
    changed: set[str] = set()
    for table, of_comment, column in (
        (comments, comments.c.id, "decision"),
        (decisions, decisions.c.comment_id, "decision"),
        (events, events.c.comment_id, "data"),
    ):
        columns = [table.c.id, of_comment.label("comment_id"), table.c[column].label("document")]
        if table is comments:
            columns += [comments.c.scores, comments.c.models]
        rows = connection.execute(select(*columns).where(_of(table, site_id, of_comment.in_(comment_ids)))).all()
        for row in rows:
            whole = {"data": row.document} if column == "data" else {"decision": row.document}
            if table is comments:
                whole |= {"scores": row.scores, "models": row.models}
            new = {"data": strip(row.document)} if column == "data" else dict(strip(whole))
            if new != whole:
                changed.add(row.comment_id)
                connection.execute(update(table).where(table.c.id == row.id).values(new))
    return len(changed)


def _without_note(document: Document) -> Document:
    noted = {name: {**document[name], "note": None} for name in ("decision", "appeal") if document.get(name)}
    return {**document, **noted}


def _without_scores(document: Document) -> Document:
    """Return a document without scores, the models that gave them, and what reasons say of them."""
    found = dict(document)
    if "scores" in found:
        found |= {"scores": dict.fromkeys(found["scores"] or ()), "models": {}}
    if found.get("decision"):
        reasons = [
            reason if reason["score"] is None else {**reason, "score": None, "detail": ""}
            for reason in found["decision"]["reasons"]
        ]
        found["decision"] = {**found["decision"], "reasons": reasons}
    return found


def _of(table: Table, site_id: str, condition: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's conditions
    return (table.c.site_id == site_id) & condition
