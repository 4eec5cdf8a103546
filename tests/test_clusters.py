from dataclasses import replace

import pytest

from moderation import clusters
from moderation.clusters import decide_cluster
from moderation.errors import NotFoundError
from moderation.model import Action, Cluster, DecidedBy, Decision, Status
from moderation.pipeline import Parts, overrule
from moderation.records import StoredComment
from moderation.storage import comments
from moderation.storage.database import Database
from tests.build import HARMLESS, NOW, comment, make_parts, make_site, post, settle_all

CLUSTER = "01940000-0000-7000-8000-000000000001"
REJECT = Decision(Action.REJECT, DecidedBy.API, NOW, 1, actor="the site")


@pytest.fixture
def parts(database: Database, redis_url: str) -> Parts:
    """Join the parts on an empty Redis and a database with two sites."""
    joined = make_parts(database, redis_url)
    make_site(database, "blog")
    return joined


def copies(parts: Parts, number: int) -> list[str]:
    """Store near copies, of which the first five are approved and the others held; return their ids."""
    site = make_site(parts.database)
    made = []
    for at in range(number):
        made.append(post(parts, site, comment(f"Copy number {at} of the same advert")).id)
        settle_all(parts, site, replace(HARMLESS, cluster=Cluster(CLUSTER, at + 1, at + 1)))
    return made


def read(parts: Parts, ids: list[str]) -> list[StoredComment]:
    """Return stored comments."""
    with parts.database.read() as connection:
        found = [comments.get(connection, "news", one) for one in ids]
    return [one for one in found if one]


def test_one_decision_is_for_all_copies(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that passed before anybody noticed and those that are held, over several pages."""
    monkeypatch.setattr(clusters, "PAGE", 3)
    made = copies(parts, 8)
    assert [one.status for one in read(parts, made)] == [Status.APPROVED] * 5 + [Status.HELD] * 3

    assert decide_cluster(parts, "news", CLUSTER, REJECT) == 8
    after = read(parts, made)
    assert {one.status for one in after} == {Status.REJECTED}
    assert {one.decision.actor for one in after if one.decision} == {"the site"}
    assert {one.cluster_id for one in after} == {CLUSTER}
    assert decide_cluster(parts, "news", CLUSTER, REJECT) == 0


def test_what_a_person_decided_singly_stays(parts: Parts) -> None:
    """A moderator who approved one of the copies knew why."""
    made = copies(parts, 7)
    overrule(parts, "news", made[6], Decision(Action.APPROVE, DecidedBy.MODERATOR, NOW, 1, actor="Kim"))

    assert decide_cluster(parts, "news", CLUSTER, REJECT) == 6
    assert read(parts, made)[6].status is Status.APPROVED


def test_a_cluster_of_another_site_is_not_there(parts: Parts) -> None:
    """Its id gives nothing away, and nothing of it changes."""
    made = copies(parts, 6)

    with pytest.raises(NotFoundError):
        decide_cluster(parts, "blog", CLUSTER, REJECT)
    assert Status.REJECTED not in {one.status for one in read(parts, made)}
