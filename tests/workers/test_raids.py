from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis

from moderation import clock
from moderation.model import Author, Status
from moderation.queue import Queue
from moderation.storage import comments
from moderation.storage.database import Database
from tests.build import comment, make_parts, make_site, post
from tests.workers.fakes import TableScorers, make_process
from tests.workers.test_likeness import ADVERT, OTHER
from workers import drain
from workers.raids import Posted, Raids

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def redis(redis_url: str) -> Redis:
    """Give an empty Redis."""
    client = Queue(redis_url).redis
    client.flushall()
    return client


def posted(*texts: str, site: str = "news", window: int = 600) -> list[Posted]:
    """Return comments of as many authors."""
    return [Posted(f"{site}-{at}", site, text, f"author {at}", window) for at, text in enumerate(texts)]


def names(raids: Raids, group: Sequence[Posted]) -> list[str | None]:
    """Return the ids of the comments' clusters."""
    return [None if cluster is None else cluster.id for cluster in raids.join(group, NOW)]


def test_copies_are_counted_with_their_authors(redis: Redis) -> None:
    """The first is a cluster by itself; each next one sees how many came before it, and of how many authors."""
    group = posted(ADVERT, ADVERT + "!", "Kim: " + ADVERT)
    group[2] = replace(group[2], author=group[0].author)
    found = Raids(redis).join(group, NOW)

    assert [(one.comments, one.authors) for one in found if one] == [(1, 1), (2, 2), (3, 2)]
    assert len({one.id for one in found if one}) == 1


def test_a_comment_scored_again_counts_once(redis: Redis) -> None:
    """A worker that dies after looking, or an edit, adds no copy."""
    raids = Raids(redis)
    raids.join(posted(ADVERT), NOW)
    (again,) = raids.join(posted(ADVERT), NOW)

    assert again is not None
    assert again.comments == 1


def test_other_texts_and_other_sites_are_other_clusters(redis: Redis) -> None:
    """Nothing of one site is seen from another."""
    raids = Raids(redis)
    own = names(raids, posted(ADVERT, OTHER))
    others = names(raids, posted(ADVERT, site="blog"))

    assert len({*own, *others}) == 3


def test_short_texts_and_sites_without_a_window_have_no_cluster(redis: Redis) -> None:
    """They are not looked up, and nothing is kept of them."""
    assert names(Raids(redis), [*posted("yes", "thank you"), *posted(ADVERT, window=0)]) == [None] * 3
    assert redis.dbsize() == 0


def test_everything_kept_has_an_end(redis: Redis) -> None:
    """No key outlives the window, and none holds the text."""
    Raids(redis).join(posted(ADVERT, ADVERT + " now"), NOW)
    keys = redis.keys("*")

    assert keys
    assert all(0 < redis.ttl(key) <= 600 for key in keys)
    assert "trading" not in str([redis.dump(key) for key in keys])


def test_while_redis_is_away_nobody_is_in_a_cluster() -> None:
    """The comments are decided by what else is known of them."""
    assert names(Raids(Queue("redis://127.0.0.1:1/0").redis), posted(ADVERT)) == [None]


def test_after_the_first_copies_the_next_are_held(database: Database, redis_url: str, tmp_path: Path) -> None:
    """Five copies by five authors pass, the sixth is held with the reason, and all know their cluster."""
    parts = make_parts(database, redis_url)
    make_site(database)
    here = make_process(parts, tmp_path, TableScorers())
    site = here.sites.current("news")
    made = []
    for number in range(7):
        one = comment(f"Hi {number}. {ADVERT}", thread=f"t{number}", author=Author(id=f"u{number}"))
        made.append(post(parts, site, one, clock.now()).id)
        assert drain.score_batch(here)
    with database.read() as connection:
        stored = [comments.get(connection, "news", name) for name in made]

    assert [one.status for one in stored if one] == [Status.APPROVED] * 5 + [Status.HELD] * 2
    assert len({one.cluster_id for one in stored if one}) == 1
    last = stored[-1]
    assert last is not None
    assert last.decision is not None
    assert [(reason.code, reason.detail) for reason in last.decision.reasons] == [
        ("raid", "one of 7 near copies by 7 authors")
    ]
