"""An author of a site: how their comments were decided, how far they can be trusted, and restricting them.

An author is named by the keyed hash that their comments carry. Nobody is known of whom there is neither a comment
nor a restriction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from moderation.audit_entry import Actor, AuditAction, Change
from moderation.comment_object import timestamp
from moderation.errors import InvalidInputError, NotFoundError
from moderation.model import DecidedBy, Restriction, Status
from moderation.pipeline import Parts
from moderation.storage import audit, authors
from moderation.storage.authors import Written
from moderation.storage.database import Connection
from moderation.trust import trust

LOOKED_AT = 1000
"""The newest comments, which counts, strikes and trust are made of."""
SHOWN = 20
STRIKE_DAYS = 90
LONGEST = timedelta(days=36_525)
"""A restriction with an end ends within a century: no later moment is sure to be one that a database gives back."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an author; a restriction that is over is none."""

    counts: Mapping[Status, int]
    strikes: int
    """Rejections by a person or the site in the last 90 days that still stand."""
    trust: float
    first_seen: datetime | None
    last_seen: datetime | None
    restriction: Restriction | None
    more: bool
    """Whether there are older comments, which are not counted."""
    history: Sequence[Written]
    """The newest comments, newest first."""


def known(parts: Parts, site_id: str, author_key: str, now: datetime) -> Known:
    """Return what is known of an author.

    Raises:
        NotFoundError: the site knows no such author.
    """
    with parts.database.read() as connection:
        found = authors.newest(connection, site_id, author_key, LOOKED_AT + 1)
        first = authors.first_seen(connection, site_id, author_key)
        restriction = authors.restrictions(connection, site_id, [author_key]).get(author_key)
    if not found and restriction is None:
        raise NotFoundError
    return picture(found, first, restriction, now)


def picture(found: Sequence[Written], first: datetime | None, restriction: Restriction | None, now: datetime) -> Known:
    """Return what an author's comments say, newest first, of which one more than are looked at shows that there are."""
    looked_at = found[:LOOKED_AT]
    counts = Counter(one.status for one in looked_at)
    since = now - timedelta(days=STRIKE_DAYS)
    return Known(
        counts={status: counts[status] for status in Status},
        strikes=sum(_is_strike(one, since) for one in looked_at),
        trust=trust(counts[Status.APPROVED], counts[Status.REJECTED]),
        first_seen=first,
        last_seen=found[0].received_at if found else None,
        restriction=restriction if restriction is not None and restriction.holds_at(now) else None,
        more=len(found) > LOOKED_AT,
        history=looked_at[:SHOWN],
    )


def restrict(parts: Parts, site_id: str, author_key: str, restriction: Restriction, actor: Actor) -> None:
    """Let everything that an author writes from now on be held or rejected.

    What was decided already stays as it is. To restrict twice alike is to restrict once.

    Raises:
        NotFoundError: the site knows no such author.
        InvalidInputError: the restriction would end in the past, or in more than a century.
    """
    until, now = restriction.until, restriction.at
    if until is not None and not now < until <= now + LONGEST:
        message = "must be in the future, and within a century"
        raise InvalidInputError([{"field": "until", "code": "out_of_range", "message": message}])
    until = until and until.astimezone(UTC)
    with parts.database.write() as connection:
        before = _restriction(connection, site_id, author_key)
        if before is not None and (before.action, before.until, before.reason) == (
            restriction.action, until, restriction.reason
        ):  # fmt: skip
            return
        authors.put_restriction(connection, site_id, author_key, replace(restriction, until=until))
        details = {"action": restriction.action.value, "until": None if until is None else timestamp(until)}
        audit.append(connection, site_id, now, Change(actor, AuditAction.AUTHOR_RESTRICTED, author_key, details))


def free(parts: Parts, site_id: str, author_key: str, now: datetime, actor: Actor) -> None:
    """Let an author's comments be decided like everybody's again; it is nothing if they are already.

    Raises:
        NotFoundError: the site knows no such author.
    """
    with parts.database.write() as connection:
        _restriction(connection, site_id, author_key)
        if authors.remove_restriction(connection, site_id, author_key):
            audit.append(connection, site_id, now, Change(actor, AuditAction.AUTHOR_FREED, author_key))


def _restriction(connection: Connection, site_id: str, author_key: str) -> Restriction | None:
    """Return an author's restriction, over or not; raises as `known` does."""
    found = authors.restrictions(connection, site_id, [author_key]).get(author_key)
    if found is None and authors.first_seen(connection, site_id, author_key) is None:
        raise NotFoundError
    return found


def _is_strike(one: Written, since: datetime) -> bool:
    return (
        one.status is Status.REJECTED
        and one.decided_by in {DecidedBy.MODERATOR, DecidedBy.API}
        and one.decided_at is not None
        and one.decided_at >= since
    )
