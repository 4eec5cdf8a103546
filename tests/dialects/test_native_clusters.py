"""Near copies, decided together, in the native API."""

from dataclasses import replace
from datetime import timedelta

from moderation import clock, pipeline
from moderation.model import Cluster, Scope
from moderation.parts import join_parts
from moderation.settings import Settings
from moderation.storage import comments, sites, work
from tests.build import HARMLESS
from tests.dialects.conftest import Api

CLUSTER = "01940000-0000-7000-8000-000000000001"


def settle(settings: Settings) -> None:
    """Settle what waits on the site `news`, as copies of which there are enough."""
    parts, now = join_parts(settings), clock.now()
    with parts.database.write() as connection:
        site = sites.get_site(connection, "news")
        claimed = work.claim(connection, limit=100, lease=timedelta(seconds=20), now=now)
        waiting = comments.load_claimed(connection, claimed)
    assert site is not None
    scored = replace(HARMLESS, cluster=Cluster(CLUSTER, 9, 9))
    pipeline.settle(parts, [(one, scored) for one in waiting], {site.id: site}, now)


def test_copies_are_listed_and_decided_together(api: Api, settings: Settings) -> None:
    """The comments name their cluster, are found by it, and one call rejects them all."""
    for number in range(3):
        api.post(f"Copy number {number} of the same advert")
    settle(settings)
    api.post("Something else altogether")
    listed = api.call("GET", f"/v1/comments?cluster={CLUSTER}").get_json()["comments"]
    assert [one["decision"]["reasons"][0]["code"] for one in listed] == ["raid"] * 3

    answer = api.call("POST", f"/v1/clusters/{CLUSTER}/decision", json={"action": "reject", "reason": "an advert"})

    batch_id = answer.get_json()["batch_id"]
    assert (answer.status_code, answer.get_json()) == (
        200, {"cluster_id": CLUSTER, "decided": 3, "batch_id": batch_id}
    )  # fmt: skip
    after = api.call("GET", f"/v1/comments?cluster={CLUSTER}").get_json()["comments"]
    assert {(one["status"], one["decision"]["reasons"][0]["detail"]) for one in after} == {("rejected", "an advert")}
    assert api.call("POST", f"/v1/decisions/{batch_id}/undo").get_json()["restored"] == 3


def test_a_cluster_that_is_not_there_is_404(api: Api) -> None:
    """Whether its id was never given or is no id at all."""
    for name in (CLUSTER, "nonsense"):
        assert api.call("POST", f"/v1/clusters/{name}/decision", json={"action": "reject"}).status_code == 404


def test_deciding_a_cluster_needs_the_right_to(api: Api) -> None:
    """A key that may only read is refused."""
    reader = api.with_key("news", [Scope.READ])

    assert reader.call("POST", f"/v1/clusters/{CLUSTER}/decision", json={"action": "reject"}).status_code == 403
