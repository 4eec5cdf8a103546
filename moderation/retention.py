"""Forgets what a site wants to keep for a time only, a bounded batch a transaction.

How long something is kept counts from a comment's last change: when it came, was edited or decided. Pending comments
are never forgotten, held ones only if the site says so. Counts and the audit log stay.
The site is told nothing: what it published is its own to keep, and only erasing tells it (`comment.erased`). But an
appeal that was open for a forgotten comment is closed, and it is told of that.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from moderation.appealing import close_for_good
from moderation.audit_entry import SERVICE, AuditAction, Change
from moderation.model import Status
from moderation.pipeline import Parts
from moderation.policy_document import RetentionPolicy
from moderation.queue import Bell
from moderation.records import Site
from moderation.storage import audit, comments, delivery_log, erasing, retention, sites
from moderation.storage.database import Connection
from moderation.storage.retention import Mark

AT_ONCE = 100
"""Comments of one transaction: so many are erased in some 50 ms, and nobody waits longer for the database."""
SITES_AT_MOST = 100_000
TEXTS = {"approved": Status.APPROVED, "rejected": Status.REJECTED, "held": Status.HELD}
"""The kinds that are the whole of a comment, by its status."""
DELIVERED = {"delivered": timedelta(days=30), "failed": timedelta(days=90)}
"""How long deliveries that are over can be looked at, and sent again, if the site says nothing else."""

Step = Callable[[Connection, str, list[str]], int]
STEPS: dict[str, Step] = {
    "addresses": retention.strip_addresses,
    "scores": retention.strip_scores,
    "notes": retention.strip_notes,
}


def forget_due(parts: Parts, now: datetime, go_on: Callable[[], bool]) -> None:
    """Forget for every site what is older than it wants, while `go_on` says so; the rest is for the next time."""
    with parts.database.read() as connection:
        known = [sites.get_site(connection, site_id) for site_id, _ in sites.list_sites(connection, SITES_AT_MOST)]
    for site in known:
        if site is None or site.policy.retention == RetentionPolicy():
            continue
        for kind, days in lives(site.policy.retention):
            while go_on():
                if kind == "deliveries":
                    more = _forget_deliveries(parts, site.id, now - timedelta(days=days))
                else:
                    more = forget_batch(parts, site, kind, now - timedelta(days=days), now)
                if not more:
                    break


def lives(policy: RetentionPolicy) -> Iterator[tuple[str, int]]:
    """Yield what is kept for a time only, and for how many days."""
    for kind in (*TEXTS, *STEPS, "deliveries"):
        days = getattr(policy, kind)
        if days is not None:
            yield kind, days


def forget_batch(parts: Parts, site: Site, kind: str, before: datetime, now: datetime) -> bool:
    """Forget one kind of thing of up to `AT_ONCE` comments; return whether there may be more.

    What the audit log says of them is how many they were.
    """
    with parts.database.write() as connection:
        deliveries = 0
        old = retention.oldest(connection, site.id, kind, before, AT_ONCE)
        wanted = [one.id for one in old if _is_meant(kind, one.status, erased=one.erased)]
        locked = comments.lock(connection, wanted, site.id) if wanted else {}
        still = [one for one in locked.values() if one.updated_at < before]
        if kind in TEXTS:
            for comment in still:
                standing, told = close_for_good(connection, comment, now)
                erasing.wipe(connection, standing, now)
                deliveries += told
            number = len(still)
        else:
            number = STEPS[kind](connection, site.id, [one.id for one in still])
        more = len(old) == AT_ONCE
        retention.move_mark(connection, site.id, kind, old[-1].mark if more else Mark(before, ""))
        if number:
            change = Change(SERVICE, AuditAction.RETENTION_APPLIED, kind, {"comments": number})
            audit.append(connection, site.id, now, change)
    if deliveries:
        parts.queue.ring(Bell.COURIER)
    return more


def _is_meant(kind: str, status: Status, *, erased: bool) -> bool:
    if kind in TEXTS:
        return status is TEXTS[kind] and not erased
    return status is not Status.PENDING


def _forget_deliveries(parts: Parts, site_id: str, before: datetime) -> bool:
    with parts.database.write() as connection:
        forgotten = [delivery_log.forget(connection, state, before, AT_ONCE, site_id) for state in DELIVERED]
    return AT_ONCE in forgotten
