"""What single entries of the audit log say, on both databases."""

from dataclasses import replace

from moderation import ids
from moderation.audit_entry import Actor, ActorKind
from moderation.auditing import verify
from moderation.model import Cluster
from moderation.service import Service
from tests.build import TOXIC, comment, post, settle_all
from tests.dashboard.visitor import PASSWORD, Visitor
from tests.logbook import added, dumped, entries, moderator
from tests.test_tenants import Tenant


def test_an_endpoint_is_switched_off_and_on(news: Tenant, service: Service) -> None:
    """Off is an action of its own; which fields differ is told, not what they hold."""
    client, headers = news.app.test_client(), {"Authorization": f"Bearer {news.key}"}
    with added(service.parts.database) as found:
        for body in ({"enabled": False}, {"enabled": False}, {"enabled": True, "description": "ours"}):
            client.patch(f"/v1/endpoints/{news.has['endpoint_id']}", json=body, headers=headers)

    assert [(one.action, one.details) for one in found] == [
        ("endpoint.disabled", {"fields": ["enabled"]}),
        ("endpoint.changed", {"fields": ["description", "enabled"]}),
    ]


def test_a_policy_is_told_by_the_parts_that_differ(news: Tenant, service: Service) -> None:
    """With its version, which is kept whole elsewhere."""
    first = service.site("news").policy_version
    with added(service.parts.database) as found:
        for body in ({"mode": "pre"}, {"mode": "pre", "unknown": "approve", "limits": []}):
            news.app.test_client().put("/v1/policy", json=body, headers={"Authorization": f"Bearer {news.key}"})

    assert [one.details["version"] for one in found] == [first + 1, first + 2]
    assert [one.subject for one in found] == [str(first + 1), str(first + 2)]
    assert [one.details["parts"] for one in found] == [["limits", "mode", "words"], ["limits", "unknown"]]


def test_erasing_keeps_the_chain_whole(news: Tenant, service: Service) -> None:
    """Entries about a comment and its author stay as they are when both are erased."""
    client, headers = news.app.test_client(), {"Authorization": f"Bearer {news.key}"}
    client.post(f"/v1/comments/{news.has['comment_id']}/decision", json={"action": "reject"}, headers=headers)
    before = entries(service.parts.database)

    client.delete(f"/v1/authors/{news.has['author_id']}", headers=headers)

    after = entries(service.parts.database)
    assert after[: len(before)] == before
    assert [one.action for one in after[len(before) :]] == ["comment.erased", "comment.erased", "author.erased"]
    assert verify(service.parts.database, "news").broken is None


def test_a_cluster_is_told_with_its_comments(news: Tenant, service: Service) -> None:
    """Which ones were decided is in the entry: each of them is in no other."""
    database, site = service.parts.database, service.site("news")
    cluster = Cluster(news.has["cluster_id"], 9, 9)
    made = [post(service.parts, site, comment(f"A copy, number {one}"), service.now()).id for one in range(3)]
    settle_all(service.parts, site, replace(TOXIC, cluster=cluster), service.now())

    with added(database) as found:
        path = f"/v1/clusters/{cluster.id}/decision"
        headers = {"Authorization": f"Bearer {news.key}"}
        answer = news.app.test_client().post(path, json={"action": "approve"}, headers=headers)

    (one,) = found
    assert one.details.pop("batch") == answer.get_json()["batch_id"]  # type: ignore[attr-defined]
    assert one.details == {"action": "approve", "comments": sorted([*made, news.has["comment_id"]])}


def test_who_signs_in_or_is_refused_is_told(news: Tenant, service: Service) -> None:
    """With whose session it is; what was typed is nowhere, and of an address that nobody has no site hears."""
    database, visitor = service.parts.database, Visitor(news.app.test_client())
    with added(database) as found, added(database, "") as elsewhere:
        visitor.sign_in("kim@news.example", "canary-password")
        visitor.sign_in("canary@nowhere.example", PASSWORD)
        visitor.sign_in("kim@news.example", PASSWORD)

    person = moderator(database)
    assert [(one.action, one.actor, one.subject) for one in found] == [
        ("session.refused", Actor(ActorKind.NOBODY), person.id),
        ("session.opened", person, person.id),
    ]
    assert [(one.action, one.actor, one.subject) for one in elsewhere] == [
        ("session.refused", Actor(ActorKind.NOBODY), "")
    ]
    assert "canary" not in dumped(database)


def test_decisions_made_together_name_their_batch(news: Tenant, service: Service) -> None:
    """Each has its entry; taking them back is one entry with the comments that stand as before, and once only."""
    site, client, headers = service.site("news"), news.app.test_client(), {"Authorization": f"Bearer {news.key}"}
    made = sorted(post(service.parts, site, comment(f"The text, number {one}"), service.now()).id for one in range(2))
    wanted = [{"id": one, "action": "reject"} for one in [*made, made[0], ids.new_id(service.now())]]

    with added(service.parts.database) as found:
        batch = client.post("/v1/decisions/batch", json={"decisions": wanted}, headers=headers).get_json()["batch_id"]
        for _ in range(2):
            assert client.post(f"/v1/decisions/{batch}/undo", headers=headers).status_code == 200

    assert [(one.action, one.subject) for one in found] == [
        ("comment.decided", made[0]), ("comment.decided", made[1]), ("decisions.undone", batch)
    ]  # fmt: skip
    assert [one.details.get("batch") for one in found] == [batch, batch, None]
    assert found[2].details == {"comments": made}
    assert {one.actor.kind for one in found} == {ActorKind.API_KEY}
    assert verify(service.parts.database, "news").broken is None
