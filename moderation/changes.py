"""What happens to a stored comment later: its author edits it, or it is erased."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from moderation import ids, intake, rules
from moderation.appealing import SUPERSEDED, close_for_good, close_open
from moderation.audit_entry import SERVICE, Actor, AuditAction, Change, Value
from moderation.comment_object import event_object
from moderation.errors import NotFoundError
from moderation.model import UNKNOWN, Comment, EventType, Facts, Status
from moderation.pipeline import Parts, decision_event
from moderation.policy import decide_early
from moderation.queue import Bell
from moderation.records import Event, Site, StoredComment
from moderation.storage import audit, authors, comments, erasing, events, threads
from moderation.storage.comments import Decided
from moderation.storage.database import Connection
from moderation.storage.erasing import Places
from moderation.storage.filters import Filter
from moderation.traces import Traces

AT_ONCE = 1000
"""Comments of an author that one call erases: a request has an end, and whoever asks can ask again."""


def edit(parts: Parts, site: Site, comment_id: str, text: str, now: datetime, actor: Actor = SERVICE) -> StoredComment:
    """Give a comment a new text: a new revision, checked by the rules and scored again.

    An edit does not count against the limits of posting, and is no duplicate of what it replaces; but it is no way out
    of a restriction either.

    Raises:
        NotFoundError: the site has no such comment, or it was erased.
        RefusedError: a rule refuses the new text; the old one stays.
    """
    with parts.database.write() as connection:
        before = _get(connection, site.id, comment_id)
        submitted = Comment(
            text=text,
            thread=before.thread,
            author=before.author,
            external_id=before.external_id,
            parent_id=before.parent_id,
            language=before.language_hint,
            created_at=before.created_at,
            signals=before.signals,
            metadata=before.metadata,
        )
        one = intake.prepare(submitted, site, parts.hasher, now)
        facts = _facts(connection, site.id, before.author_key, now)
        findings = rules.run(rules.Draft(submitted, one.text, one.policy, facts, one.length))
        refusal = rules.refusal(findings, one.length, facts)
        if refusal is not None:
            raise refusal
        closed = close_open(connection, [before], SUPERSEDED, now)
        before = replace(before, sequence=before.sequence + len(closed))
        pending = replace(
            before,
            text=text,
            text_key=one.text_key,
            revision=before.revision + 1,
            status=Status.PENDING,
            length=one.length,
            findings=findings,
            scored=UNKNOWN,
            decision=None,
            updated_at=now,
            score_after=now,
            attempts=0,
            cluster_id=None,
            likeness=None,
        )
        decision = decide_early(findings, one.policy, site.policy_version, now)
        after = pending if decision is None else intake.decided_at_once(pending, decision)
        comments.revise(connection, after)
        threads.count_moves(connection, site.id, [(after.thread.id, before.status, after.status)])
        told = closed
        if decision is not None:
            decided = Decided(pending, decision, None)
            comments.log(connection, [decided])
            told = [*closed, decision_event(decided, now)]
        deliveries = events.publish(connection, told, now)
        change = Change(actor, AuditAction.COMMENT_EDITED, comment_id, {"revision": after.revision})
        audit.append(connection, site.id, now, change)
    if after.score_after is not None:
        parts.queue.ring(Bell.SCORING)
    if deliveries:
        parts.queue.ring(Bell.COURIER)
    return after


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased: of how many comments, and from how many rows of which kind."""

    at: datetime
    comments: int
    more: bool = False
    """Whether there are comments of the author that are left for another call."""
    rows: Places = field(default_factory=dict)
    restriction: bool = False
    """Whether the author was restricted, and is not any more."""
    redis: bool = True
    """Whether Redis forgot at once what it remembers for a time; else it does so by itself."""


def erase(parts: Parts, site_id: str, comment_id: str, now: datetime, actor: Actor = SERVICE) -> StoredComment:
    """Erase a comment and return it as it is left; see `erase_comment`."""
    return erase_comment(parts, site_id, comment_id, now, actor)[0]


def erase_comment(
    parts: Parts, site_id: str, comment_id: str, now: datetime, actor: Actor = SERVICE
) -> tuple[StoredComment, Receipt]:
    """Remove a comment's text and author everywhere and keep its place in the counts; twice is once.

    A comment that was still pending stays so in the counts, and nothing scores it any more.

    Raises:
        NotFoundError: the site has no such comment.
    """
    after, places, redis = _erase(parts, Traces(parts, site_id), comment_id, now, actor)
    return after, Receipt(now, places.get("comments", 0), rows=places, redis=redis)


def erase_author(parts: Parts, site_id: str, author_key: str, now: datetime, actor: Actor = SERVICE) -> Receipt:
    """Erase an author's newest comments, one transaction each.

    With the last of them the audit log says whose they were; no entry says it of a single comment.
    Once there are no more, a restriction is removed, too.
    """
    with parts.database.read() as connection:
        wanted = Filter(author_key=author_key)
        found = comments.list_page(connection, site_id, wanted, limit=AT_ONCE + 1, before_id=None)
        restricted = author_key in authors.restrictions(connection, site_id, [author_key])
    number, more = min(len(found), AT_ONCE), len(found) > AT_ONCE
    traces, rows, redis = Traces(parts, site_id), Counter[str](), True
    for place, comment in enumerate(found[:AT_ONCE], 1):
        whose = {"comments": number, "more": more} if place == number else None
        _, places, told = _erase(parts, traces, comment.id, now, actor, author_key, whose)
        rows.update(places)
        redis = redis and told
    if restricted and not more:
        with parts.database.write() as connection:
            authors.remove_restriction(connection, site_id, author_key)
            audit.append(connection, site_id, now, Change(actor, AuditAction.AUTHOR_FREED, author_key))
    return Receipt(now, number, more, dict(rows), restricted and not more, redis)


def _erase(
    parts: Parts,
    traces: Traces,
    comment_id: str,
    now: datetime,
    actor: Actor,
    author_key: str = "",
    whose: Mapping[str, Value] | None = None,
) -> tuple[StoredComment, Places, bool]:
    """Erase one comment; with `whose` the audit log says that it was the last of an author's."""
    site_id = traces.site_id
    also = [] if whose is None else [Change(actor, AuditAction.AUTHOR_ERASED, author_key, whose)]
    with parts.database.write() as connection:
        before = comments.get(connection, site_id, comment_id, lock=True)
        if before is None:
            raise NotFoundError
        if before.erased_at is not None:
            audit.append(connection, site_id, now, *also)
            return before, {}, True
        before, deliveries = close_for_good(connection, before, now)
        after, places = erasing.wipe(connection, before, now)
        event = Event(
            id=ids.new_id(now),
            site_id=site_id,
            comment_id=comment_id,
            type=EventType.COMMENT_ERASED,
            sequence=after.sequence,
            at=now,
            data=event_object(after, before.status.value, after.sequence),
        )
        deliveries += events.publish(connection, [event], now)
        where = {name: number for name, number in places.items() if number}
        audit.append(connection, site_id, now, Change(actor, AuditAction.COMMENT_ERASED, comment_id, where), *also)
    told = traces.forget(before)
    parts.queue.announce([comment_id])
    if deliveries:
        parts.queue.ring(Bell.COURIER)
    return after, places, told


def _facts(connection: Connection, site_id: str, author_key: str | None, now: datetime) -> Facts:
    """Return what the rules may know of an edit."""
    if author_key is None:
        return Facts()
    return Facts(restriction=authors.in_force(connection, site_id, [author_key], now).get(author_key))


def _get(connection: Connection, site_id: str, comment_id: str) -> StoredComment:
    comment = comments.get(connection, site_id, comment_id, lock=True)
    if comment is None or comment.erased_at is not None:
        raise NotFoundError
    return comment
