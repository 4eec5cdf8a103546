"""Stored comments: written, read, listed, decided, edited, erased; always of one site.

Long because each of these is one query, and they share the columns of a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from moderation.model import Author, Decision, Finding, Scored, Signals
from moderation.records import StoredComment
from moderation.resemblance import pack
from moderation.storage.filters import Filter, conditions
from moderation.storage.rows import (
    comment_row,
    decision_columns,
    decision_document,
    scored_columns,
    stored_comment,
)
from moderation.storage.tables import comments, decisions, threads

THREAD_COLUMNS = (
    threads.c.url.label("thread_url"),
    threads.c.title.label("thread_title"),
    threads.c.section.label("thread_section"),
)


@dataclass(frozen=True, slots=True)
class Decided:
    """A comment with the decision that is now in force, and what the scorers said if they were asked."""

    comment: StoredComment
    decision: Decision
    scored: Scored | None
    batch_id: str | None = None
    """Of the decisions that were made together."""


def add(connection: Connection, new: Sequence[StoredComment]) -> None:
    """Store new comments."""
    if new:
        connection.execute(insert(comments), [comment_row(comment) for comment in new])


def get(connection: Connection, site_id: str, comment_id: str, *, lock: bool = False) -> StoredComment | None:
    """Return one comment, or None; `lock` keeps others from changing it until the transaction ends."""
    query = with_thread().where(comments.c.site_id == site_id, comments.c.id == comment_id)
    found = read_comments(connection, query.with_for_update(of=comments) if lock else query)
    return found[0] if found else None


def get_many(connection: Connection, site_id: str, comment_ids: Sequence[str]) -> dict[str, StoredComment]:
    """Return comments by id, as far as the site has them."""
    if not comment_ids:
        return {}
    query = with_thread().where(comments.c.site_id == site_id, comments.c.id.in_(comment_ids))
    return {comment.id: comment for comment in read_comments(connection, query)}


def by_external_id(connection: Connection, site_id: str, external_ids: Sequence[str]) -> dict[str, StoredComment]:
    """Return the comments that have one of these external ids, by it."""
    if not external_ids:
        return {}
    query = with_thread().where(comments.c.site_id == site_id, comments.c.external_id.in_(external_ids))
    return {str(comment.external_id): comment for comment in read_comments(connection, query)}


def list_page(
    connection: Connection, site_id: str, wanted: Filter, *, limit: int, before_id: str | None, oldest: bool = False
) -> list[StoredComment]:
    """Return up to `limit` comments, newest first, older than `before_id`; or the oldest first."""
    query = with_thread().where(*conditions(site_id, wanted))
    if before_id is not None:
        query = query.where(comments.c.id < before_id)
    order = comments.c.id if oldest else comments.c.id.desc()
    return read_comments(connection, query.order_by(order).limit(limit))


def count_all(connection: Connection, site_id: str) -> int:
    """Return how many comments a site has, erased ones too."""
    return connection.execute(select(func.count()).where(comments.c.site_id == site_id)).scalar_one()


def lock(connection: Connection, comment_ids: Sequence[str], site_id: str | None = None) -> dict[str, StoredComment]:
    """Return comments of a site as they are now, locked in the order of their ids.

    Without a site they are those of a worker's batch, which like that of `load_claimed` is made of many sites.
    """
    query = with_thread().where(comments.c.id.in_(comment_ids)).order_by(comments.c.id)
    if site_id is not None:
        query = query.where(comments.c.site_id == site_id)
    return {comment.id: comment for comment in read_comments(connection, query.with_for_update(of=comments))}


def load_claimed(connection: Connection, comment_ids: Sequence[str]) -> list[StoredComment]:
    """Return the comments that a worker claimed in this transaction."""
    return read_comments(connection, with_thread().where(comments.c.id.in_(comment_ids))) if comment_ids else []


def decide(connection: Connection, decided: Sequence[Decided], now: datetime) -> None:
    """Put decisions in force and write their log lines; the comments' scoring, if any, is over."""
    if not decided:
        return
    columns: dict[str, Any] = {
        name: bindparam(name)
        for name in (
            "status",
            "decision",
            "reason_codes",
            "harm",
            "scores",
            "models",
            "language",
            "cluster_id",
            "likeness",
        )
    }
    connection.execute(
        update(comments)
        .where(comments.c.id == bindparam("b_id"), comments.c.site_id == bindparam("b_site"))
        .values(sequence=comments.c.sequence + 1, updated_at=now, score_after=None, **columns),
        [
            {
                "b_id": one.comment.id,
                "b_site": one.comment.site_id,
                "status": one.decision.action.status.value,
                **decision_columns(one.decision),
                **scored_columns(one.scored or one.comment.scored),
                "cluster_id": cluster_of(one),
                "likeness": likeness_of(one),
            }
            for one in decided
        ],
    )
    log(connection, decided)


def raise_sequence(connection: Connection, site_id: str, comment_id: str) -> None:
    """Count an event of a comment that does not decide it."""
    mine = (comments.c.site_id == site_id) & (comments.c.id == comment_id)
    connection.execute(update(comments).where(mine).values(sequence=comments.c.sequence + 1))


def as_decided(one: Decided) -> StoredComment:
    """Return a comment as it is after a decision on what was known of it already."""
    return replace(
        one.comment,
        status=one.decision.action.status,
        decision=one.decision,
        sequence=one.comment.sequence + 1,
        updated_at=one.decision.at,
        score_after=None,
    )


def cluster_of(one: Decided) -> str | None:
    """Return the cluster that a comment is part of, as its latest scoring found it."""
    if one.scored is None or one.scored.cluster is None:
        return one.comment.cluster_id
    return one.scored.cluster.id


def likeness_of(one: Decided) -> bytes | None:
    """Return what a comment resembles others by, as its latest scoring found it."""
    if one.scored is None:
        return one.comment.likeness
    return pack(
        one.scored.embedding, one.scored.models.get("toxicity", "").partition("+")[0]
    )  # not what a site taught it


def log(connection: Connection, decided: Sequence[Decided]) -> None:
    """Write one line of the decision log for each; `comment` is as it was before."""
    if not decided:
        return
    connection.execute(
        insert(decisions),
        [
            {
                "site_id": one.comment.site_id,
                "comment_id": one.comment.id,
                "revision": one.comment.revision,
                "sequence": one.comment.sequence + 1,
                "status_before": one.comment.status.value,
                "status_after": one.decision.action.status.value,
                "decision": decision_document(one.decision),
                "at": one.decision.at,
                "batch_id": one.batch_id,
            }
            for one in decided
        ],
    )


def revise(connection: Connection, comment: StoredComment) -> None:
    """Store a changed comment over the one of the same id."""
    row = {name: value for name, value in comment_row(comment).items() if name not in {"id", "site_id"}}
    connection.execute(
        update(comments).where(comments.c.site_id == comment.site_id, comments.c.id == comment.id).values(row)
    )


def erase(connection: Connection, comment: StoredComment, now: datetime) -> StoredComment:
    """Remove text, author and all that could tell them from a comment's row; see `erasing.wipe` for all else.

    Its place, status, scores and the codes of its reasons stay, so that counts stay true.
    """
    erased = replace(
        comment,
        text="",
        author=Author(),
        author_key=None,
        address_key=None,
        text_key=None,
        cluster_id=None,
        likeness=None,
        language_hint=None,
        signals=Signals(),
        metadata={},
        findings=tuple(Finding(f.rule, f.verdict, f.code, "") for f in comment.findings),
        decision=comment.decision and _bare(comment.decision),
        erased_at=now,
        updated_at=now,
        sequence=comment.sequence + 1,
        score_after=None,
    )
    revise(connection, erased)
    return erased


def bare_reasons(reasons: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Return reasons without what could quote the text."""
    return [{**reason, "detail": "", "spans": []} for reason in reasons]


def with_thread() -> Select[tuple[object, ...]]:
    """Return the query of all comments with their threads, to be narrowed down and read by `read_comments`."""
    return select(comments, *THREAD_COLUMNS).join_from(
        comments,
        threads,
        (threads.c.site_id == comments.c.site_id) & (threads.c.id == comments.c.thread_id),
    )


def read_comments(connection: Connection, query: Select[tuple[object, ...]]) -> list[StoredComment]:
    """Return the comments that a query made of `with_thread` finds."""
    return [
        stored_comment(row, {"url": row["thread_url"], "title": row["thread_title"], "section": row["thread_section"]})
        for row in connection.execute(query).mappings()
    ]


def _bare(decision: Decision) -> Decision:
    reasons = tuple(replace(reason, detail="", spans=()) for reason in decision.reasons)
    return replace(decision, reasons=reasons, note=None)
