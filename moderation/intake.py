"""The steps of taking comments in: prepared, compared with earlier ones, told the facts, stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from moderation import ids
from moderation.comment_object import comment_object
from moderation.errors import ConflictError, IdempotencyReusedError, ModerationError
from moderation.hashing import Hasher
from moderation.model import UNKNOWN, Comment, Decision, Facts, Finding, Length, LengthUnit, Status, WindowUse
from moderation.policy_document import LONGEST, LengthPolicy, Policy
from moderation.records import Site, StoredComment
from moderation.storage import authors, comments, facts, idempotency, threads
from moderation.storage.database import Connection
from moderation.storage.idempotency import Answer
from moderation.text import Normalised, compare_key, count, normalise
from moderation.windows import Counted


@dataclass(frozen=True, slots=True)
class Handed:
    """One comment as a request hands it in."""

    comment: Comment
    idempotency_key: str | None = None
    body_hash: str = ""
    any_length: bool = False
    """Whether the site's limits of length do not hold for it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A comment with all that can be said of it without looking anywhere.

    `priority` is 0 if somebody waits for its decision, 1 if nobody does, 2 if it was imported.
    """

    id: str
    comment: Comment
    policy: Policy
    policy_version: int
    text: Normalised
    length: Length
    author_key: str | None
    address_key: str | None
    text_key: str | None
    priority: int
    idempotency_key: str | None
    body_hash: str
    any_length: bool = False
    """Whether the site's limits of length do not hold for it."""
    address_before: str | None = None
    """The address key under the key before, while that is kept: it is never stored."""


@dataclass(frozen=True, slots=True)
class Received:
    """A stored comment; `replayed` if an earlier request had stored it."""

    comment: StoredComment
    replayed: bool = False


Outcome = Received | Answer | ModerationError
"""What becomes of a comment that is handed in; an `Answer` is what an earlier request with its key was told."""


def prepare(
    comment: Comment,
    site: Site,
    hasher: Hasher,
    now: datetime,
    *,
    priority: int = 1,
    idempotency_key: str | None = None,
    body_hash: str = "",
    any_length: bool = False,
) -> Prepared:
    """Normalise, measure and hash a comment."""
    policy = site.policy.for_section(comment.thread.section)
    if any_length:
        most = max(LONGEST, len(comment.text))
        policy = replace(policy, length=LengthPolicy(max=most, unit=LengthUnit.CODE_POINTS))
    length = Length(count(comment.text, policy.length.unit), policy.length.max, policy.length.unit)
    # what is too long is refused before any rule looks at its text
    text = normalise(comment.text if length.count <= length.limit else "")
    key = compare_key(text)
    address_key, address_before = hasher.addresses(comment.author.ip, now)
    return Prepared(
        id=ids.new_id(now),
        comment=comment,
        policy=policy,
        policy_version=site.policy_version,
        text=text,
        length=length,
        author_key=hasher.author(comment.author),
        address_key=address_key,
        text_key=hasher.hash("text", key) if len(key) >= policy.duplicates.min_length else None,
        priority=priority,
        idempotency_key=idempotency_key,
        body_hash=body_hash,
        any_length=any_length,
        address_before=address_before,
    )


def counted(one: Prepared) -> Counted:
    """Return the comment as the windows see it."""
    thread_id, limits = one.comment.thread.id, one.policy.limits
    return Counted(one.id, thread_id, one.author_key, one.address_key, limits, one.address_before)


def find_earlier(connection: Connection, site: Site, group: Sequence[Prepared]) -> dict[str, Outcome]:
    """Return, by id, the fate of those that an earlier request had already stored."""
    answers = idempotency.get_answers(
        connection, site.id, [one.idempotency_key for one in group if one.idempotency_key]
    )
    known = comments.by_external_id(
        connection, site.id, [one.comment.external_id for one in group if one.comment.external_id]
    )
    found: dict[str, Outcome] = {}
    for one in group:
        answer = answers.get(one.idempotency_key or "")
        earlier = known.get(one.comment.external_id or "")
        if answer is not None:
            found[one.id] = answer if answer.body_hash == one.body_hash else IdempotencyReusedError()
        elif earlier is not None:
            found[one.id] = same_or_conflict(one, earlier)
    return found


def same_or_conflict(one: Prepared, earlier: StoredComment) -> Received | ConflictError:
    """Tell whether a comment repeats the earlier one of its external id, or is another."""
    if (earlier.text, earlier.thread.id) == (one.comment.text, one.comment.thread.id):
        return Received(earlier, replayed=True)
    return ConflictError(id=earlier.id)


def gather_facts(
    connection: Connection,
    site: Site,
    group: Sequence[Prepared],
    uses: Mapping[str, tuple[WindowUse, ...]],
    now: datetime,
) -> dict[str, Facts]:
    """Return, by id, what the rules need to know; comments earlier in the group count as stored."""
    longest = max(
        (max(one.policy.duplicates.author_seconds, one.policy.duplicates.site_seconds) for one in group), default=0
    )
    same = facts.same_text(
        connection,
        site.id,
        sorted({one.text_key for one in group if one.text_key}),
        now - timedelta(seconds=longest),
    )
    known_authors = sorted({one.author_key for one in group if one.author_key})
    restrictions = authors.in_force(connection, site.id, known_authors, now)
    totals = Counter[str]()
    with_total = {one.comment.thread.id for one in group if one.policy.thread_total is not None}
    if with_total:
        found = threads.get_counts(connection, site.id, sorted(with_total))
        totals.update({thread_id: counts.total for thread_id, counts in found.items()})
    result = {}
    for one in group:
        earlier = same.get(one.text_key or "", [])
        duplicates = one.policy.duplicates
        result[one.id] = Facts(
            windows=uses[one.id],
            thread_total=totals[one.comment.thread.id],
            author_has_same=any(
                author_key is not None
                and author_key == one.author_key
                and at > now - timedelta(seconds=duplicates.author_seconds)
                for author_key, at in earlier
            ),
            site_has_same=any(at > now - timedelta(seconds=duplicates.site_seconds) for _, at in earlier),
            restriction=restrictions.get(one.author_key or ""),
        )
        totals[one.comment.thread.id] += 1
        if one.text_key:
            same.setdefault(one.text_key, []).append((one.author_key, now))
    return result


def new_comment(one: Prepared, site: Site, findings: tuple[Finding, ...], now: datetime) -> StoredComment:
    """Return the pending row of a comment that the rules let in."""
    comment = one.comment
    return StoredComment(
        id=one.id,
        site_id=site.id,
        thread=comment.thread,
        external_id=comment.external_id,
        parent_id=comment.parent_id,
        text=comment.text,
        author=replace(comment.author, ip=None),
        author_key=one.author_key,
        address_key=one.address_key,
        text_key=one.text_key,
        language_hint=comment.language,
        signals=comment.signals,
        metadata=comment.metadata,
        created_at=comment.created_at or now,
        received_at=now,
        updated_at=now,
        erased_at=None,
        revision=1,
        sequence=0,
        status=Status.PENDING,
        length=one.length,
        findings=findings,
        scored=UNKNOWN,
        decision=None,
        priority=one.priority,
        score_after=now,
        attempts=0,
    )


def decided_at_once(comment: StoredComment, decision: Decision) -> StoredComment:
    """Return a pending comment as it is after a decision that needed no scores."""
    return replace(
        comment, status=decision.action.status, decision=decision, sequence=comment.sequence + 1, score_after=None
    )


def store(connection: Connection, site: Site, new: Sequence[tuple[Prepared, StoredComment]], now: datetime) -> None:
    """Write comments with their threads, counts and first answers."""
    if not new:
        return
    threads.count_new(connection, site.id, [(comment.thread, comment.status) for _, comment in new], now)
    comments.add(connection, [comment for _, comment in new])
    answers = [
        Answer(one.idempotency_key, one.body_hash, comment.id, http_status(comment), comment_object(comment))
        for one, comment in new
        if one.idempotency_key
    ]
    idempotency.add_answers(connection, site.id, answers, now)


def http_status(comment: StoredComment) -> int:
    """Return 202 for a comment that waits for its decision, 201 for one that has it."""
    return 202 if comment.status is Status.PENDING else 201
