"""What is kept of a comment-check of Akismet's API, so that it can be put right later, from either side."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import structlog

from moderation import ids, signing
from moderation.addresses import check_url
from moderation.audit_entry import AuditAction, Change
from moderation.errors import BlockedTargetError, NotFoundError
from moderation.judging import Judged
from moderation.model import Action, Comment, DecidedBy, Decision, EventType, Reason, Scope
from moderation.pipeline import overrule
from moderation.policy_document import LONGEST
from moderation.queue import Bell
from moderation.records import Endpoint, Key, StoredComment
from moderation.sealing import AKISMET, InvalidToken, seal, unseal
from moderation.service import Service
from moderation.storage import akismet, audit, comments, endpoints
from moderation.storage.akismet import Check
from moderation.storage.database import Connection
from moderation.suggestions import Suggestion, receive_suggestion

ENDPOINTS_AT_MOST = 50
"""Callback addresses of one site; a further one is not told of anything."""
BLOG_AT_MOST = 300
REPORTER_AT_MOST = 200
TAG = re.compile("<[^<>]*>")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """A check or a submission as it came; `secret` is the key itself, `callback` where later decisions are told."""

    key: Key
    secret: str
    comment: Comment
    blog: str
    callback: str | None = None

    @property
    def whole(self) -> str:
        """What tells the comment from others: its page, author and text."""
        author = self.comment.author
        told = map(_bare, (author.name or "", author.email or "", self.comment.text))
        return "\0".join([self.comment.thread.url or "", *told])


def remember(service: Service, asked: Asked, judged: Judged, now: datetime, *, spam: bool) -> None:
    """Count a check and, if its comment was taken in, keep how to find it and whom to tell."""
    site_id, stored, due = asked.key.site_id, judged.comment, False
    with service.parts.database.write() as connection:
        akismet.count(connection, site_id, now.date(), _blog(asked.blog), "spam" if spam else "ham")
        if stored is not None:
            endpoint, changes = _endpoint(service, connection, asked, now) if asked.callback else (None, ())
            told = 0 if judged.late else stored.sequence
            check = Check(stored.id, site_id, _match(service, asked), spam, told, endpoint)
            due = akismet.add_check(connection, check, _told(service), ids.new_id(now), now)
            audit.append(connection, site_id, now, *changes)
    if due:
        service.parts.queue.ring(Bell.COURIER)


def earlier(service: Service, asked: Asked) -> StoredComment | None:
    """Return the comment that was taken in when the same one was checked before, None if there is none."""
    site_id = asked.key.site_id
    with service.parts.database.read() as connection:
        check = akismet.find_check(connection, site_id, None, _match(service, asked))
        return None if check is None else comments.get(connection, site_id, check.comment_id)


def submit(
    service: Service, asked: Asked, now: datetime, *, spam: bool, reporter: str | None, guid: str | None
) -> None:
    """Take in that a comment is spam, or is not: a decision on the one that was checked, else a label of its text."""
    site_id = asked.key.site_id
    with service.parts.database.write() as connection:
        check = akismet.find_check(connection, site_id, guid, _match(service, asked))
        if check is None or akismet.note_submission(connection, check, spam=spam):
            kind = "missed_spam" if spam else "false_positives"
            akismet.count(connection, site_id, now.date(), _blog(asked.blog), kind)
    if check is not None:
        action, reason = (Action.REJECT, "spam") if spam else (Action.APPROVE, "not spam")
        decision = Decision(
            action,
            DecidedBy.API,
            now,
            service.site(site_id).policy_version,
            (Reason(reason.replace(" ", "_"), reason),),
            actor=asked.key.name,
            note=f"reported by {reporter[:REPORTER_AT_MOST]}" if reporter else None,
            actor_id=asked.key.prefix,
        )
        try:
            overrule(service.parts, site_id, check.comment_id, decision)
        except NotFoundError:
            log.info("submission_of_erased_comment", site=site_id, comment=check.comment_id)
    elif asked.comment.text.strip() and len(asked.comment.text) <= LONGEST:
        may_teach = replace(asked.key, scopes=frozenset({Scope.DECIDE}))
        receive_suggestion(service.parts, may_teach, Suggestion(asked.comment.text, {"spam": float(spam)}), now)


def counted(service: Service, site_id: str, start: date, end: date, blog: str | None = None) -> list[akismet.Counts]:
    """Return a site's counts by day and blog, from `start` up to, not including, `end`."""
    with service.parts.database.read() as connection:
        return list(akismet.counts(connection, site_id, start, end, None if blog is None else _blog(blog)))


def used(service: Service, site_id: str, start: date, end: date) -> int:
    """Return how many checks a site asked for in those days."""
    with service.parts.database.read() as connection:
        return akismet.used(connection, site_id, start, end)


def _endpoint(
    service: Service, connection: Connection, asked: Asked, now: datetime
) -> tuple[str | None, Sequence[Change]]:
    """Return the id of the endpoint of a callback address, made if it is new, and what the audit log says of that.

    The id is None if the address may not be called.
    """
    url, site_id = str(asked.callback), asked.key.site_id
    try:
        check_url(url, allow_http=service.settings.webhook_http, networks=service.settings.networks)
    except BlockedTargetError as error:
        log.warning("callback_not_taken", site=site_id, why=error.detail)
        return None, ()
    sealing = service.parts.hasher.derive(AKISMET)
    known = endpoints.list_akismet(connection, site_id)
    same = next((one for one in known if one.url == url), None)
    if same is not None:
        stale = same.events != _told(service) or not _is(sealing, same, asked.secret)
        if stale or same.disabled_at is not None:
            endpoints.renew_akismet(connection, site_id, same.id, seal(sealing, asked.secret), _told(service))
            return same.id, [Change(asked.key.actor, AuditAction.ENDPOINT_CHANGED, same.id)]
        return same.id, ()
    if len(known) >= ENDPOINTS_AT_MOST:
        log.warning("callback_not_taken", site=site_id, why="the site has too many")
        return None, ()
    made = Endpoint(
        id=ids.new_id(now),
        site_id=site_id,
        url=url,
        secret=signing.new_secret("hmac"),
        events=_told(service),
        include_text=False,
        description="named by a client of Akismet's API",
        created_at=now,
        disabled_at=None,
        disabled_why=None,
        akismet_key=seal(sealing, asked.secret),
    )
    endpoints.add_endpoint(connection, made)
    return made.id, [Change(asked.key.actor, AuditAction.ENDPOINT_MADE, made.id)]


def _bare(text: str) -> str:
    r"""Return a text without what clients add between a check and what they say of it later.

    WordPress has a comment checked as PHP escapes it ("don\'t"), and later sends what it stored: without backslashes,
    with entities, with fewer tags and other attributes.
    """
    return " ".join(html.unescape(TAG.sub("", text.replace("\\", ""))).split())


def _match(service: Service, asked: Asked) -> str:
    return service.parts.hasher.hash("akismet", asked.whole)


def _told(service: Service) -> tuple[EventType, ...]:
    """Return the decisions that callbacks tell; of what is held only what looks like spam, if that is to be told."""
    decided = (EventType.COMMENT_APPROVED, EventType.COMMENT_REJECTED)
    return (*decided, EventType.COMMENT_HELD) if service.settings.akismet_held_spam == "spam" else decided


def _is(sealing: bytes, endpoint: Endpoint, secret: str) -> bool:
    try:
        return unseal(sealing, endpoint.akismet_key or "") == secret
    except InvalidToken:  # the service has another secret than it had
        return False


def _blog(blog: str) -> str:
    return blog.strip().rstrip("/")[:BLOG_AT_MOST]
