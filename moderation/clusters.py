"""One decision for all comments that are near copies of each other."""

from collections.abc import Iterator, Sequence

from moderation.audit_entry import AuditAction, Change, decider
from moderation.errors import NotFoundError
from moderation.model import DecidedBy, Decision, Status
from moderation.pipeline import Parts, put_in_force, teach
from moderation.queue import Bell
from moderation.records import StoredComment
from moderation.storage import audit, comments
from moderation.storage.comments import Decided
from moderation.storage.filters import Filter

PAGE = 500
"""Comments decided in one transaction."""


def decide_cluster(parts: Parts, site_id: str, cluster_id: str, decision: Decision, batch_id: str | None = None) -> int:
    """Put `decision` in force for every comment of a cluster; return for how many that changed something.

    Pending comments are left to their scoring, and what a person or the site decided singly stays as it is.

    Raises:
        NotFoundError: the site has no comment of that cluster.
    """
    decided, known = 0, False
    for page in _pages(parts, site_id, cluster_id):
        known = True
        with parts.database.write() as connection:
            current = comments.lock(connection, [comment.id for comment in page], site_id)
            wanted = [one for one in current.values() if _open(one, decision)]
            made = [Decided(one, decision, None, batch_id) for one in wanted]
            deliveries, _ = put_in_force(connection, made, decision.at)
            teach(connection, site_id, made)
            if made:
                audit.append(connection, site_id, decision.at, _change(cluster_id, decision, made))
        parts.queue.announce([one.id for one in wanted])
        if deliveries:
            parts.queue.ring(Bell.COURIER)
        decided += len(wanted)
    if not known:
        raise NotFoundError
    return decided


def _change(cluster_id: str, decision: Decision, made: Sequence[Decided]) -> Change:
    """Return what the audit log says of a page of copies that were decided together."""
    batch = {"batch": made[0].batch_id} if made[0].batch_id else {}
    details = {"action": decision.action.value, "comments": [one.comment.id for one in made], **batch}
    return Change(decider(decision), AuditAction.CLUSTER_DECIDED, cluster_id, details)


def _pages(parts: Parts, site_id: str, cluster_id: str) -> Iterator[list[StoredComment]]:
    """Yield the comments of a cluster, newest first, page by page."""
    before_id = None
    while True:
        with parts.database.read() as connection:
            wanted = Filter(cluster=cluster_id)
            page = comments.list_page(connection, site_id, wanted, limit=PAGE, before_id=before_id)
        if not page:
            return
        yield page
        before_id = page[-1].id


def _open(comment: StoredComment, decision: Decision) -> bool:
    """Tell whether the decision is for this comment too: it was decided by policy, and is not erased."""
    return (
        comment.erased_at is None
        and comment.status is not Status.PENDING
        and comment.decision is not None
        and comment.decision.by is DecidedBy.POLICY
        and (comment.status is not decision.action.status or comment.status is Status.HELD)
    )
