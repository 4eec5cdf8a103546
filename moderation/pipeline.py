"""Moves a comment along: `receive` takes it in, `settle` decides it, `overrule` decides it again.

    a site's request
      | dialects        one Comment
      v
    prepare             normalised, measured, hashed; what a request can do by itself
      v
    receive             facts -> rules -> findings; stored, pending or decided at once
      | queue           rings
      v
    a worker            claims, scores
      v
    settle              findings + scores + policy -> one decision
      |                 decision, log line, event and deliveries in one transaction
      v
    overrule            a person or the site decides otherwise; the same transaction again, a label, an audit entry

Nothing here decides: rules and policy do. `intake.py` has the steps of `receive`,
`changes.py` what happens to a comment later: edits and erasure; `appealing.py` closes appeals.
Long because the stations of this way are read together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from moderation import ids, intake, rules
from moderation.appealing import SUPERSEDED, Closing, close_open
from moderation.audit_entry import AuditAction, Change, Value, decider
from moderation.comment_object import event_object
from moderation.errors import NotFoundError, StaleError
from moderation.habits import carry_over
from moderation.hashing import Hasher
from moderation.intake import Outcome, Prepared, Received
from moderation.labels import label_of
from moderation.model import Decision, EventType, Scored, Status
from moderation.policy import TRIES, decide, decide_early, decide_unscorable
from moderation.queue import Bell, Queue
from moderation.records import Event, Site, StoredComment
from moderation.storage import audit, comments, events, labels, sites, threads
from moderation.storage.comments import Decided
from moderation.storage.database import Connection, Database
from moderation.windows import Windows


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pipeline works on; joined once a process."""

    database: Database
    queue: Queue
    windows: Windows
    hasher: Hasher


def receive(parts: Parts, site: Site, group: Sequence[Prepared], now: datetime) -> list[Outcome]:
    """Check comments of one site and store them in one transaction; return, in order, each one's fate.

    A comment that was stored before (same idempotency key or external id) is found, not stored or counted again.

    Raises:
        sqlalchemy.exc.IntegrityError: another process stored one of them at this very moment; try them singly.
    """
    results: dict[str, Outcome] = {}
    if any(one.idempotency_key or one.comment.external_id for one in group):
        with parts.database.read() as connection:
            results = intake.find_earlier(connection, site, group)
    first_of: dict[str, Prepared] = {}
    for one in group:
        if one.comment.external_id and one.id not in results:
            first_of.setdefault(one.comment.external_id, one)
    repeats = [
        one for one in group if one.id not in results and first_of.get(one.comment.external_id or "", one) is not one
    ]
    repeated = {one.id for one in repeats}
    fresh = [one for one in group if one.id not in results and one.id not in repeated]
    if fresh:
        _check_and_store(parts, site, fresh, results, now)
    for one in repeats:
        first = results[first_of[str(one.comment.external_id)].id]
        results[one.id] = intake.same_or_conflict(one, first.comment) if isinstance(first, Received) else first
    return [results[one.id] for one in group]


def settle(
    parts: Parts, scored: Sequence[tuple[StoredComment, Scored]], sites: Mapping[str, Site], now: datetime
) -> list[str]:
    """Decide scored comments in one transaction and return the ids of those that were still waiting for it.

    A comment that was edited, erased, decided by a person or claimed again in between is left alone.
    """
    with parts.database.write() as connection:
        current = comments.lock(connection, [comment.id for comment, _ in scored])
        decided = []
        for comment, result in scored:
            one = current.get(comment.id)
            if one is None or (one.revision, one.score_after) != (comment.revision, comment.score_after):
                continue
            site = sites[one.site_id]
            policy = site.policy.for_section(one.thread.section)
            if one.attempts > TRIES:
                decision = decide_unscorable(one.findings, site.policy_version, now)
            else:
                decision = decide(one.findings, result, policy, site.policy_version, now)
            decided.append(Decided(one, decision, result))
        deliveries, _ = put_in_force(connection, decided, now)
    done = [one.comment.id for one in decided]
    parts.queue.announce(done)
    if deliveries:
        parts.queue.ring(Bell.COURIER)
    return done


def overrule(
    parts: Parts,
    site_id: str,
    comment_id: str,
    decision: Decision,
    *,
    expected_revision: int | None = None,
    expected_status: Status | None = None,
    batch_id: str | None = None,
) -> StoredComment:
    """Put a person's or the site's own decision in force and return the comment as it then is.

    Raises:
        NotFoundError: the site has no such comment, or it was erased.
        StaleError: the comment is not as the caller expected.
    """
    with parts.database.write() as connection:
        found = comments.get(connection, site_id, comment_id, lock=True)
        comment = expected(found, expected_revision, expected_status)
        decided = Decided(comment, decision, None, batch_id)
        deliveries, made = overrule_within(connection, decided)
    parts.queue.announce([comment_id])
    if deliveries:
        parts.queue.ring(Bell.COURIER)
    return comments.as_decided(made)


def overrule_within(
    connection: Connection, decided: Decided, closing: Closing = SUPERSEDED, *also: Change
) -> tuple[int, Decided]:
    """Do what `overrule` does to a locked comment, as the last thing of a transaction; return what `put_in_force` does.

    `also` is what the audit log says beside the decision.
    """
    site_id, at = decided.comment.site_id, decided.decision.at
    deliveries, (made,) = put_in_force(connection, [decided], at, closing)
    teach(connection, site_id, [made])
    audit.append(connection, site_id, at, decided_change(made), *also)
    return deliveries, made


def expected(comment: StoredComment | None, revision: int | None, status: Status | None) -> StoredComment:
    """Return a comment if it is there and as a caller expected it; raises as `overrule` does."""
    if comment is None or comment.erased_at is not None:
        raise NotFoundError
    if revision not in {None, comment.revision} or status not in {None, comment.status}:
        raise StaleError(status_now=comment.status.value, revision_now=comment.revision)
    return comment


def put_in_force(
    connection: Connection, decided: Sequence[Decided], now: datetime, closing: Closing = SUPERSEDED
) -> tuple[int, list[Decided]]:
    """Write decisions, log lines, counts, events and deliveries.

    Open appeals are closed before, as nothing is left that they are against; whoever goes by the last event of a
    comment goes by the decision. Return how many deliveries are due, and the decisions, counted after those events.
    """
    closed = close_open(
        connection, [one.comment for one in decided if one.comment.status is not Status.PENDING], closing, now
    )
    counted = {event.comment_id: event.sequence for event in closed}
    made = [
        replace(one, comment=replace(one.comment, sequence=counted.get(one.comment.id, one.comment.sequence)))
        for one in decided
    ]
    comments.decide(connection, made, now)
    for site_id in sorted({one.comment.site_id for one in made}):
        moves = [
            (one.comment.thread.id, one.comment.status, one.decision.action.status)
            for one in made
            if one.comment.site_id == site_id
        ]
        threads.count_moves(connection, site_id, moves)
    return events.publish(connection, [*closed, *(decision_event(one, now) for one in made)], now), made


def decided_change(decided: Decided) -> Change:
    """Return what the audit log says of a decision that a person or the site made."""
    before, decision = decided.comment, decided.decision
    details: dict[str, Value] = {"action": decision.action.value, "status_before": before.status.value}
    details |= {"revision": before.revision, "sequence": before.sequence + 1}
    if decided.batch_id:
        details["batch"] = decided.batch_id
    return Change(decider(decision), AuditAction.COMMENT_DECIDED, before.id, details)


def teach(connection: Connection, site_id: str, decided: Sequence[Decided]) -> None:
    """Keep what decisions of people, or of the site's program, say of the comments' texts."""
    site = sites.get_site(connection, site_id)
    if site is None:
        return
    found = [
        label_of(one.comment, one.decision, site.policy.for_section(one.comment.thread.section)) for one in decided
    ]
    labels.put(connection, [label for label in found if label is not None])


def decision_event(decided: Decided, now: datetime) -> Event:
    """Return the event that tells of a decision; `decided.comment` is as it was before."""
    before = decided.comment
    after = replace(
        before,
        status=decided.decision.action.status,
        decision=decided.decision,
        scored=decided.scored or before.scored,
        cluster_id=comments.cluster_of(decided),
        sequence=before.sequence + 1,
        updated_at=now,
    )
    return Event(
        id=ids.new_id(now),
        site_id=before.site_id,
        comment_id=before.id,
        type=EventType(f"comment.{after.status.value}"),
        sequence=after.sequence,
        at=now,
        data=event_object(after, before.status.value, after.sequence),
    )


def _check_and_store(
    parts: Parts, site: Site, fresh: Sequence[Prepared], results: dict[str, Outcome], now: datetime
) -> None:
    counted = [intake.counted(one) for one in fresh]
    uses = parts.windows.reserve(site, counted, now)
    renamed = {one.address_before: one.address_key for one in fresh if one.address_before and one.address_key}
    if renamed:
        carry_over(parts.queue.redis, site.id, renamed)
    new: list[tuple[Prepared, StoredComment]] = []
    decided: list[Decided] = []
    try:
        with parts.database.read() as connection:
            known = intake.gather_facts(
                connection, site, fresh, {one.id: use for one, use in zip(fresh, uses, strict=True)}, now
            )
        for one in fresh:
            findings = rules.run(rules.Draft(one.comment, one.text, one.policy, known[one.id], one.length))
            refusal = rules.refusal(findings, one.length, known[one.id])
            if refusal is not None:
                results[one.id] = refusal
                continue
            comment = intake.new_comment(one, site, findings, now)
            decision = decide_early(findings, one.policy, site.policy_version, now)
            if decision is not None:
                decided.append(Decided(comment, decision, None))
                comment = intake.decided_at_once(comment, decision)
            new.append((one, comment))
            results[one.id] = Received(comment)
        deliveries = 0
        if new:
            with parts.database.write() as connection:
                intake.store(connection, site, new, now)
                comments.log(connection, decided)
                deliveries = events.publish(connection, [decision_event(one, now) for one in decided], now)
    except BaseException:
        parts.windows.release(site, counted)
        raise
    stored = {one.id for one, _ in new}
    parts.windows.release(site, [one for one in counted if one.id not in stored])
    if len(decided) < len(new):
        parts.queue.ring(Bell.SCORING)
    if deliveries:
        parts.queue.ring(Bell.COURIER)
