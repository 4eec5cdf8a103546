"""What came through Akismet's API: checks that can still be answered for, and counts for a site's own figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, select, update

from moderation.comment_object import akismet_result
from moderation.model import Action, EventType
from moderation.storage.database import insert
from moderation.storage.tables import akismet_checks, akismet_counts, comments, deliveries, events, first_try

KINDS = ("spam", "ham", "missed_spam", "false_positives")
"""What is counted: answers of both kinds, and submissions that put one right."""
ROWS_AT_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Check:
    """A stored comment that was checked: how to find it again, what was answered, and where to tell of a change."""

    comment_id: str
    site_id: str
    match_key: str
    spam: bool
    told_sequence: int
    """The number of the decision that the answer told; 0 if there was none yet."""
    endpoint_id: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each kind a blog had on one day."""

    day: date
    blog: str
    spam: int
    ham: int
    missed_spam: int
    false_positives: int


def add_check(connection: Connection, check: Check, told: Sequence[EventType], delivery_id: str, now: datetime) -> bool:
    """Keep a check; if the last decision came since it was answered it is told now: return whether one is due.

    `told` are the kinds of decisions that the endpoint hears of. Of a comment that is checked again the last answer
    is kept.
    The comment is locked first, as it is while it is decided: a decision either finds the check, or is found here.
    """
    mine = (comments.c.site_id == check.site_id) & (comments.c.id == check.comment_id)
    connection.execute(select(comments.c.id).where(mine).with_for_update())
    connection.execute(
        insert(connection.dialect.name, akismet_checks)
        .values(
            comment_id=check.comment_id,
            site_id=check.site_id,
            match_key=check.match_key,
            spam=check.spam,
            endpoint_id=check.endpoint_id,
        )
        .on_conflict_do_update(index_elements=[akismet_checks.c.comment_id], set_={"spam": check.spam})
    )
    if check.endpoint_id is None:
        return False
    missed = connection.execute(
        select(events.c.id, events.c.type, events.c.data)
        .where(
            events.c.site_id == check.site_id,
            events.c.comment_id == check.comment_id,
            events.c.sequence > check.told_sequence,
            events.c.type.in_([f"comment.{action.status.value}" for action in Action]),
        )
        .order_by(events.c.sequence.desc())
        .limit(1)
    ).one_or_none()
    if missed is None or EventType(missed.type) not in told:
        return False
    if akismet_result(EventType(missed.type), missed.data) is None:
        return False
    connection.execute(
        insert(connection.dialect.name, deliveries)
        .values(
            id=delivery_id,
            site_id=check.site_id,
            event_id=missed.id,
            endpoint_id=check.endpoint_id,
            state="pending",
            attempts=0,
            next_try_at=first_try(now),
        )
        .on_conflict_do_nothing()
    )
    return True


def find_check(connection: Connection, site_id: str, comment_id: str | None, match_key: str) -> Check | None:
    """Return the check of that comment, or the latest one of the same author, page and text; None if there is none."""
    mine = akismet_checks.c.site_id == site_id
    for one in ([akismet_checks.c.comment_id == comment_id] if comment_id else []) + [
        akismet_checks.c.match_key == match_key
    ]:
        row = connection.execute(
            select(akismet_checks).where(mine, one).order_by(akismet_checks.c.comment_id.desc()).limit(1)
        ).one_or_none()
        if row is not None:
            return Check(row.comment_id, row.site_id, row.match_key, row.spam, 0, row.endpoint_id)
    return None


def note_submission(connection: Connection, check: Check, *, spam: bool) -> bool:
    """Keep what a submission says of a check; return whether it says something new."""
    done = connection.execute(
        update(akismet_checks)
        .where(
            akismet_checks.c.site_id == check.site_id,
            akismet_checks.c.comment_id == check.comment_id,
            akismet_checks.c.spam != spam,
        )
        .values(spam=spam)
    )
    return done.rowcount > 0


def endpoints_of(connection: Connection, site_ids: Sequence[str], comment_ids: Sequence[str]) -> Mapping[str, str]:
    """Return, by comment, the endpoint that wants to hear of it."""
    rows = connection.execute(
        select(akismet_checks.c.comment_id, akismet_checks.c.endpoint_id).where(
            akismet_checks.c.site_id.in_(site_ids),
            akismet_checks.c.comment_id.in_(comment_ids),
            akismet_checks.c.endpoint_id.is_not(None),
        )
    )
    return {row.comment_id: row.endpoint_id for row in rows}


def forget_check(connection: Connection, site_id: str, comment_id: str) -> int:
    """Forget how a comment that was erased could be found; return whether it could be, 1 or 0."""
    mine = (akismet_checks.c.site_id == site_id) & (akismet_checks.c.comment_id == comment_id)
    return connection.execute(delete(akismet_checks).where(mine)).rowcount


def count(connection: Connection, site_id: str, day: date, blog: str, kind: str) -> None:
    """Count one of `KINDS`."""
    fresh = {name: int(name == kind) for name in KINDS}
    counted = akismet_counts.c[kind]
    connection.execute(
        insert(connection.dialect.name, akismet_counts)
        .values(site_id=site_id, day=day, blog=blog, **fresh)
        .on_conflict_do_update(
            index_elements=[akismet_counts.c.site_id, akismet_counts.c.day, akismet_counts.c.blog],
            set_={kind: counted + 1},
        )
    )


def counts(connection: Connection, site_id: str, start: date, end: date, blog: str | None = None) -> Iterator[Counts]:
    """Yield what was counted from `start` up to, not including, `end`; of all blogs if none is named."""
    wanted = select(akismet_counts).where(
        akismet_counts.c.site_id == site_id, akismet_counts.c.day >= start, akismet_counts.c.day < end
    )
    if blog is not None:
        wanted = wanted.where(akismet_counts.c.blog == blog)
    for row in connection.execute(wanted.order_by(akismet_counts.c.day, akismet_counts.c.blog).limit(ROWS_AT_MOST)):
        yield Counts(row.day, row.blog, row.spam, row.ham, row.missed_spam, row.false_positives)


def used(connection: Connection, site_id: str, start: date, end: date) -> int:
    """Return how many checks a site asked for."""
    total = connection.execute(
        select(func.sum(akismet_counts.c.spam + akismet_counts.c.ham)).where(
            akismet_counts.c.site_id == site_id, akismet_counts.c.day >= start, akismet_counts.c.day < end
        )
    ).scalar_one()
    return int(total or 0)
