"""Judges a comment for a caller of another API who waits for little more than a yes or no, by a deadline.

By the site's setting the comment is taken in, as if it had been posted: stored, decided, shown at the desk. Otherwise
nothing of it is kept, and neither limits nor repetitions are looked at, since nothing was counted; nor is it asked
whether its author is restricted, since a text that is only looked at has no past.
How long a comment may be is the caller's affair: it asks after the writer was told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from moderation import clock, intake, rules
from moderation.asks import Beside
from moderation.errors import EmptyError, ModerationError, OverloadedError, RefusedError, UnavailableError
from moderation.intake import Handed, Received
from moderation.model import (
    UNKNOWN,
    Action,
    Comment,
    DecidedBy,
    Decision,
    Facts,
    Finding,
    Reason,
    Scope,
    Scored,
    Status,
    Thread,
)
from moderation.policy import decide, decide_early, decide_late
from moderation.policy_document import LONGEST, DialectName
from moderation.records import Key, Site, StoredComment
from moderation.scores import Wanted, first_error
from moderation.service import Service
from moderation.storable import storable
from moderation.storage.database import SQLAlchemyError

LOOKED_AT_MOST = 32_768
"""Code points; Discourse, whose posts are the longest, sends 32,000. A person looks at what is longer."""
GLANCE_SECONDS, GLANCE_SHARE = 0.15, 0.25
"""So much of the time, at most this share of it, is left for a glance at what cannot be scored whole by then."""
KEEP_SECONDS = 1.0
"""How long an answer that is ready waits for the database."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Judged:
    """What to do with a comment now."""

    decision: Decision
    scored: Scored
    comment: StoredComment | None = None
    """As it is stored; None if it was not taken in."""
    late: bool = False
    """Whether not all scores came in time; a stored comment is decided later all the same."""


def judge(
    service: Service, site_id: str, comment: Comment, seconds: float, *, dialect: DialectName, keeps: bool = True
) -> Judged:
    """Return the site's decision on a comment, `seconds` from now at the latest; without `keeps` it is looked at only.

    Raises:
        OverloadedError: more comments wait than can be settled in the promised time.
        UnavailableError: the database does not take the comment in time.
        ConflictError: its external id names another comment.
    """
    site, comment = service.site(site_id), storable(comment)
    if len(comment.text) > LOOKED_AT_MOST:
        detail = f"{len(comment.text)} of {LOOKED_AT_MOST} code points"
        return Judged(_decision(site, Action.HOLD, Reason("too_long", detail)), UNKNOWN)
    if keeps and dialect in site.policy.dialects.take_in and len(comment.text) <= LONGEST:
        return _taken_in(service, site, comment, seconds)
    return _looked_at(service, site, comment, seconds)


def judge_again(service: Service, comment: StoredComment, seconds: float) -> Judged:
    """Return what was decided of a comment that was taken in before; one that waits still has `seconds` more."""
    site = service.site(comment.site_id)
    return _waited(service, site, Received(comment), clock.monotonic() + seconds)


def score(
    service: Service,
    key: Key,
    comments: Sequence[Comment],
    seconds: float,
    *,
    dialect: DialectName,
    patient: bool = False,
) -> list[Scored]:
    """Return the scores of comments, in order, and `keep` them whether they could be scored or not.

    Raises:
        OverloadedError: more texts wait than can be scored in time.
        UnavailableError: there are no scores of one of them in `seconds`.
    """
    wanted = [Wanted(one.text, site=key.site_id) for one in comments]
    try:
        outcomes = service.scores.of(wanted, seconds, patient=patient)
    finally:
        keep(service, key, comments, dialect=dialect)
    error = first_error(outcomes)
    if error is not None:
        raise error
    return [one for one in outcomes if isinstance(one, Scored)]


def keep(service: Service, key: Key, comments: Sequence[Comment], *, dialect: DialectName) -> None:
    """Take comments in if their site wants those of this dialect; whatever speaks against it is logged only.

    A key that may not post comments, such as one in a page that everybody reads, leaves none here either.
    The answer waits for a slow database no longer than `KEEP_SECONDS`; they are stored after it, then.
    """
    if Scope.SUBMIT not in key.scopes:
        return
    handed = [Handed(storable(one), any_length=True) for one in comments if len(one.text) <= LONGEST]
    try:
        if dialect not in service.site(key.site_id).policy.dialects.take_in:
            return
        outcomes = service.post(key.site_id, handed, seconds=KEEP_SECONDS, insists=True)
    except ModerationError as error:
        outcomes = [error] * len(handed)
    except SQLAlchemyError as error:
        log.warning("not_taken_in", dialect=dialect, number=len(handed), error=type(error).__name__)
        return
    refused = [one for one in outcomes if isinstance(one, ModerationError)]
    if refused:
        log.warning("not_taken_in", dialect=dialect, number=len(refused), error=refused[0].code)


def _taken_in(service: Service, site: Site, comment: Comment, seconds: float) -> Judged:
    until = clock.monotonic() + seconds
    (outcome,) = service.post(site.id, [Handed(comment, any_length=True)], waits=True, seconds=seconds)
    if isinstance(outcome, EmptyError):
        return Judged(_nothing_to_read(site), UNKNOWN)
    if isinstance(outcome, RefusedError):
        reason = Reason(outcome.code, outcome.detail)
        return Judged(_decision(site, Action.REJECT, reason), UNKNOWN)
    if isinstance(outcome, ModerationError):
        raise outcome
    if not isinstance(outcome, Received):
        raise TypeError("A comment without an idempotency key has no earlier answer")
    return _waited(service, site, outcome, until)


def _looked_at(service: Service, site: Site, comment: Comment, seconds: float) -> Judged:
    now, until = clock.now(), clock.monotonic() + seconds
    prepared = intake.prepare(comment, site, service.parts.hasher, now, any_length=True)
    draft = rules.Draft(comment, prepared.text, prepared.policy, Facts(), prepared.length)
    findings = rules.run(draft)
    if isinstance(rules.refusal(findings, prepared.length, Facts()), EmptyError):
        return Judged(_nothing_to_read(site), UNKNOWN)
    early = decide_early(findings, prepared.policy, site.policy_version, now)
    if early is not None:
        return Judged(early, UNKNOWN)
    wanted = _wanted(comment, site.id)
    try:
        (scored,) = service.scores.of([wanted], seconds - _left_for_glance(seconds))
    except OverloadedError as error:
        scored = UnavailableError(error.detail)
    if isinstance(scored, UnavailableError):
        glance = service.scores.glance(wanted, until - clock.monotonic())
        return Judged(_late(site, comment.thread, findings, glance), glance, late=True)
    return Judged(decide(findings, scored, prepared.policy, site.policy_version, now), scored)


def _waited(service: Service, site: Site, received: Received, until: float) -> Judged:
    """Return what is decided of a stored comment by a moment of the monotonic clock, else what a glance tells of it."""
    left = until - clock.monotonic()
    stored = service.wait(site.id, received, max(0.0, left - _left_for_glance(left)))
    if stored.decision is not None and stored.status is not Status.PENDING:
        return Judged(stored.decision, stored.scored, stored)
    glance = service.scores.glance(_wanted(stored, site.id), until - clock.monotonic())
    return Judged(_late(site, stored.thread, stored.findings, glance), glance, stored, late=True)


def _left_for_glance(seconds: float) -> float:
    return min(GLANCE_SECONDS, GLANCE_SHARE * seconds)


def _wanted(comment: Comment | StoredComment, site_id: str) -> Wanted:
    author, signals = comment.author, comment.signals
    beside = Beside(author.name, author.url, signals.honeypot, signals.filled_in_ms)
    language = comment.language if isinstance(comment, Comment) else comment.language_hint
    return Wanted(comment.text, language, site=site_id, beside=None if beside == Beside() else beside)


def _late(site: Site, thread: Thread, findings: Sequence[Finding], glance: Scored) -> Decision:
    policy = site.policy.for_section(thread.section)
    return decide_late(findings, glance, policy, site.policy_version, clock.now())


def _nothing_to_read(site: Site) -> Decision:
    return _decision(site, Action.APPROVE, Reason("empty", "nothing to read"))


def _decision(site: Site, action: Action, reason: Reason) -> Decision:
    return Decision(action, DecidedBy.POLICY, clock.now(), site.policy_version, (reason,))
