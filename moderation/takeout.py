"""All data of a site or of one of its authors, as documents, a page of comments in memory at a time.

A comment comes with every decision it had, its notes, scores, appeals and label, and what its site told of how it was
written.
Earlier texts of an edited comment are not kept; `revision` says how many there were.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moderation.audit_entry import Entry
from moderation.comment_object import appeal_object, comment_object, timestamp
from moderation.errors import NotFoundError
from moderation.model import Restriction
from moderation.policy_document import render
from moderation.records import Appeal, Label, StoredComment
from moderation.storage import appeals, audit, authors, comments, decision_log, labels, policies
from moderation.storage.audit import Wanted
from moderation.storage.database import Connection, Database
from moderation.storage.decision_log import Line
from moderation.storage.filters import Filter
from moderation.storage.rows import decision_document, signals_document

PAGE = 500
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuthorPage:
    """Some of an author's comments, newest first, and the id to go on from, or None at the end."""

    restriction: Document | None
    comments: list[Document]
    following: str | None


def everything(database: Database, site_id: str) -> Iterator[Document]:
    """Yield all that is kept of a site, each with its `kind`: policies, restrictions, comments, the audit log."""
    yield from _policies(database, site_id)
    yield from _restrictions(database, site_id)
    yield from _comments(database, site_id, Filter())
    yield from _audit(database, site_id, Wanted())


def of_author(database: Database, site_id: str, author_key: str) -> Iterator[Document]:
    """Yield all that is kept of one author: their restriction, comments, and what the audit log says of them."""
    with database.read() as connection:
        restriction = authors.restrictions(connection, site_id, [author_key]).get(author_key)
    if restriction is not None:
        yield _restriction(author_key, restriction)
    yield from _comments(database, site_id, Filter(author_key=author_key))
    yield from _audit(database, site_id, Wanted(subjects=[author_key]))


def author_page(database: Database, site_id: str, author_key: str, limit: int, before_id: str | None) -> AuthorPage:
    """Return a page of what is kept of an author.

    Raises:
        NotFoundError: the site knows no such author.
    """
    with database.read() as connection:
        restriction = authors.restrictions(connection, site_id, [author_key]).get(author_key)
        wanted = Filter(author_key=author_key)
        found = comments.list_page(connection, site_id, wanted, limit=limit + 1, before_id=before_id)
        page = _documents(connection, site_id, found[:limit])
    if not found and restriction is None and before_id is None:
        raise NotFoundError
    following = found[limit - 1].id if len(found) > limit else None
    return AuthorPage(None if restriction is None else _restriction(author_key, restriction), page, following)


def _comments(database: Database, site_id: str, wanted: Filter) -> Iterator[Document]:
    before_id = None
    while True:
        with database.read() as connection:
            page = comments.list_page(connection, site_id, wanted, limit=PAGE, before_id=before_id)
            documents = _documents(connection, site_id, page)
        yield from documents
        if len(page) < PAGE:
            return
        before_id = page[-1].id


def _documents(connection: Connection, site_id: str, page: list[StoredComment]) -> list[Document]:
    ids = [one.id for one in page]
    if not ids:
        return []
    lines = decision_log.of_comments(connection, site_id, ids)
    said = labels.of_comments(connection, site_id, ids)
    appealed = appeals.of_comments(connection, site_id, ids)
    return [_comment(one, lines.get(one.id, []), said.get(one.id), appealed.get(one.id, [])) for one in page]


def _comment(comment: StoredComment, lines: list[Line], label: Label | None, appealed: list[Appeal]) -> Document:
    return {
        "kind": "comment",
        **comment_object(comment),
        "language_hint": comment.language_hint,
        "signals": signals_document(comment.signals),
        "address_hash": comment.address_key,
        "findings": [
            {"rule": one.rule, "verdict": one.verdict.value, "detail": one.detail} for one in comment.findings
        ],
        "decisions": [
            {"at": timestamp(one.at), "before": one.before.value, **decision_document(one.decision)} for one in lines
        ],
        "appeals": [{**appeal_object(one), "text": one.text} for one in appealed],
        "label": label and {"attributes": dict(label.attributes), "by": label.by.value, "at": timestamp(label.at)},
    }


def _restrictions(database: Database, site_id: str) -> Iterator[Document]:
    after = ""
    while True:
        with database.read() as connection:
            page = authors.list_restrictions(connection, site_id, after, PAGE)
        yield from (_restriction(key, restriction) for key, restriction in page)
        if len(page) < PAGE:
            return
        after = page[-1][0]


def _restriction(author_key: str, restriction: Restriction) -> Document:
    return {
        "kind": "restriction",
        "author_hash": author_key,
        "action": restriction.action.value,
        "until": restriction.until and timestamp(restriction.until),
        "reason": restriction.reason,
        "by": restriction.by,
        "at": timestamp(restriction.at),
    }


def _policies(database: Database, site_id: str) -> Iterator[Document]:
    before = None
    while True:
        with database.read() as connection:
            page = policies.list_versions(connection, site_id, PAGE, before)
            found = [policies.get_version(connection, site_id, one.version) for one in page]
        for pair in found:
            if pair is not None:
                one, policy = pair
                shown = {"version": one.version, "at": timestamp(one.at), "by": one.by, "policy": render(policy)}
                yield {"kind": "policy", **shown}
        if len(page) < PAGE:
            return
        before = page[-1].version


def _audit(database: Database, site_id: str, wanted: Wanted) -> Iterator[Document]:
    before = None
    while True:
        with database.read() as connection:
            page = audit.list_page(connection, site_id, wanted, limit=PAGE, before_number=before)
        yield from map(_entry, page)
        if len(page) < PAGE:
            return
        before = page[-1].number


def _entry(one: Entry) -> Document:
    return {
        "kind": "audit",
        "number": one.number,
        "at": timestamp(one.at),
        "actor": {"kind": one.actor.kind.value, "id": one.actor.id or None},
        "action": one.action,
        "subject": one.subject or None,
        "details": dict(one.details),
        "previous": one.previous,
        "hash": one.hash,
    }
