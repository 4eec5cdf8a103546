"""The native API: the audit log, which tells who changed what."""

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field

from moderation import auditing
from moderation.audit_entry import ActorKind, AuditAction, Entry, Value
from moderation.comment_object import timestamp
from moderation.dialects import native_requests as requests
from moderation.dialects.native_answers import Answer
from moderation.dialects.native_schemas import PAGE_AT_MOST, Name, Query
from moderation.model import Scope
from moderation.openapi import Moment, answers, needs, takes
from moderation.storage.audit import Wanted
from moderation.web import answer, read_query, require_key, service

blueprint = APIBlueprint("native_audit", __name__, tag="Audit log")


class AuditQuery(Query):
    """Which entries to list."""

    action: AuditAction | None = None
    actor: Name | None = None
    """The id of a moderator, the prefix of a key, or a kind: `moderator`, `api_key`, `cli`, `service`, `nobody`."""
    subject: Name | None = None
    """The id of what was changed; an author's is the one that your site gave."""
    after: Moment | None = None
    """Only what was done at or after this moment."""
    before: Moment | None = None
    """Only what was done before this moment."""
    cursor: Annotated[str, Field(max_length=200)] | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=PAGE_AT_MOST)] = 50


class ActorOut(Answer):
    """Who did something: a person at the desk, a key, a shell on the server, the service, or somebody unknown."""

    kind: ActorKind
    id: str | None
    """A moderator's id or a key's public prefix; null for the others."""


class AuditEntryOut(Answer):
    """A change, in its place in the site's chain."""

    number: int
    """1, 2, 3 … without a gap."""
    at: datetime
    actor: ActorOut
    action: AuditAction
    subject: str | None
    """The id of what was changed: of a comment, a cluster, an endpoint, a moderator, the prefix of a key …"""
    details: dict[str, Value]
    """Ids and numbers, never texts or names."""
    previous: str
    """The hash of the entry before this one."""
    hash: str


class AuditOut(Answer):
    """A page of the audit log, newest first."""

    entries: list[AuditEntryOut]
    next: str | None
    """The `cursor` of the page after this one; null on the last."""


@blueprint.get("/v1/audit")
@takes(query=AuditQuery)
@blueprint.doc(responses=answers(200, model=AuditOut), security=needs(Scope.MANAGE))
def list_audit() -> Response:
    """List who decided and changed what, newest first; what the policy decides is in each comment's own log."""
    key = require_key(Scope.MANAGE)
    query = read_query(AuditQuery)
    subjects = None if query.subject is None else (query.subject, service().author_key(query.subject))
    wanted = Wanted(query.action, query.actor, subjects, query.after, query.before)
    before = None if query.cursor is None else requests.read_number_cursor(query.cursor)
    page, following = auditing.find(service().parts.database, key.site_id, wanted, query.limit, before)
    return answer(
        {
            "entries": [_entry(one) for one in page],
            "next": None if following is None else requests.cursor(str(following)),
        }
    )


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": timestamp(one.at),
        "actor": {"kind": one.actor.kind.value, "id": one.actor.id or None},
        "action": one.action,
        "subject": one.subject or None,
        "details": dict(one.details),
        "previous": one.previous,
        "hash": one.hash,
    }
