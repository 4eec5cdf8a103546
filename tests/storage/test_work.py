"""The comments that wait for scoring."""

from datetime import timedelta

from moderation.pipeline import Parts
from moderation.storage import comments, work
from moderation.storage.database import Database
from tests.build import NOW, comment, make_parts, make_site, post

LEASE = timedelta(seconds=20)


def claim(parts: Parts, *, limit: int = 10, later: timedelta = timedelta()) -> list[str]:
    """Claim in a transaction of its own."""
    with parts.database.write() as connection:
        return work.claim(connection, limit=limit, lease=LEASE, now=NOW + later)


def test_a_comment_is_claimed_by_one_worker_only(database: Database, redis_url: str) -> None:
    """What one worker claimed is not given to another while the lease lasts."""
    parts = make_parts(database, redis_url)
    stored = post(parts, make_site(database), comment())

    assert claim(parts) == [stored.id]
    assert claim(parts) == []


def test_a_lease_that_runs_out_frees_the_comment(database: Database, redis_url: str) -> None:
    """A comment whose worker never came back is claimed again after the lease, and its attempts are counted."""
    parts = make_parts(database, redis_url)
    stored = post(parts, make_site(database), comment())
    claim(parts)

    assert claim(parts, later=LEASE) == [stored.id]
    with database.read() as connection:
        again = comments.get(connection, "news", stored.id)
    assert again is not None
    assert again.attempts == 2


def test_a_comment_that_was_tried_before_comes_alone(database: Database, redis_url: str) -> None:
    """After a crash each comment of the batch is tried by itself, so that one cannot take the others along."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    for number in range(3):
        post(parts, site, comment(f"Comment number {number}, quite harmless"))
    assert len(claim(parts)) == 3

    assert len(claim(parts, later=LEASE)) == 1


def test_awaited_comments_come_first(database: Database, redis_url: str) -> None:
    """A comment that somebody waits for is claimed before older ones."""
    from moderation.pipeline import receive
    from tests.build import prepared

    parts = make_parts(database, redis_url)
    site = make_site(database)
    post(parts, site, comment("The first one, nobody waits for it"))
    awaited = prepared(parts, site, comment("The second one, somebody waits"), NOW, priority=0)
    receive(parts, site, [awaited], NOW)

    assert claim(parts, limit=1) == [awaited.id]


def test_two_workers_share_what_waits(database: Database, redis_url: str) -> None:
    """Two transactions that claim at the same time never get the same comment."""
    if database.is_sqlite:
        return  # one writer at a time: there is no same time
    parts = make_parts(database, redis_url)
    site = make_site(database)
    for number in range(4):
        post(parts, site, comment(f"Comment number {number}, quite harmless"))

    with database.write() as one, database.write() as other:
        first = work.claim(one, limit=2, lease=LEASE, now=NOW)
        second = work.claim(other, limit=2, lease=LEASE, now=NOW)

    assert len(first) == len(second) == 2
    assert not set(first) & set(second)


def test_a_clock_that_is_set_back_delays_nobody(database: Database, redis_url: str) -> None:
    """What came, or was claimed, at a time that is yet to come can be claimed now."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    claimed = post(parts, site, comment("A comment that somebody had claimed"))
    claim(parts)
    waiting = post(parts, site, comment("A comment that was waiting"))
    set_back = timedelta(hours=-1)

    with database.read() as connection:
        assert work.is_due(connection, NOW + set_back)
    assert claim(parts, later=set_back) == [claimed.id]
    assert claim(parts, later=set_back) == [waiting.id]
    assert claim(parts, later=set_back) == []
