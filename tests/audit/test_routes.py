"""Whatever people and keys decide and change leaves one entry in the audit log, on both databases.

The routes are the app's own list: one that is added must be named here.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from moderation import appeals, authors, delivering, ids, word_changes, word_lists
from moderation.appeals import Asked
from moderation.audit_entry import SERVICE, Actor, ActorKind, Entry
from moderation.auditing import verify
from moderation.model import Action, Cluster, Restriction
from moderation.service import Service
from moderation.word_changes import Place, Who
from tests.build import TOXIC, add_model, comment, post, settle_all
from tests.logbook import added, dumped, moderator
from tests.proofs import Line, proves
from tests.test_tenants import BODIES, VERSIONS, Tenant

ROOT = Path(__file__).parents[1]
LEAVES = {
    "native.edit_comment": "comment.edited",
    "native.erase_comment": "comment.erased",
    "native.decide_comment": "comment.decided",
    "native_clusters.decide_comments": "comment.decided",
    "native_clusters.undo_decisions": "decisions.undone",
    "native_authors.erase_author": "author.erased",
    "native_authors.restrict_author": "author.restricted",
    "native_authors.free_author": "author.freed",
    "native_clusters.decide_copies": "cluster.decided",
    "native_learning.roll_back_learning": "learning.rolled_back",
    "native_admin.put_policy": "policy.changed",
    "native_endpoints.add_endpoint": "endpoint.made",
    "native_endpoints.change_endpoint": "endpoint.changed",
    "native_endpoints.rotate_secret": "endpoint.rotated",
    "native_endpoints.remove_endpoint": "endpoint.removed",
    "native_policy.roll_back_policy": "policy.changed",
    "native_appeals.post_appeal": "appeal.opened",
    "native_appeals.decide_appeal": "appeal.decided",
    "native_words.add_words": "policy.changed",
    "native_words.change_word": "policy.changed",
    "native_words.import_words": "policy.changed",
    "native_words.remove_word": "policy.changed",
    "desk.decide": "comment.decided",
    "desk.decide_appeal": "appeal.decided",
    "desk.decide_copies": "cluster.decided",
    "desk.restrict_author": "author.restricted",
}
"""What a call of each route leaves; those of Akismet's and the login have tests of their own."""
LEAVES_NONE = {
    "native.post_comment", "native.post_batch", "native_threads.get_thread_counts", "native_threads.score",
    "native_endpoints.test_endpoint", "native_endpoints.replay_delivery", "native_endpoints.replay_deliveries",
    "perspective.call_method", "perspective.call_many", "openai.moderate", "coral.moderate", "discourse.classify",
    "osmod.score_comment", "ibm_max.predict", "akismet.verify_key", "akismet.token", "akismet.deactivate",
    "akismet.key_sites", "akismet.usage_limit", "akismet.get_stats", "akismet.get_key_stats", "desk.nothing",
    "desk.choose_language",
    "desk.sign_out", "desk.presence", "desk.change_comfort", "desk.save_filter", "desk.remove_filter",
    "native_policy.preview_policy", "desk.test_endpoint", "desk.replay_to_endpoint", "desk.replay_delivery",
    "native_words.try_words", "native_words.preview_words", "desk.start_totp",
}  # fmt: skip
"""Routes that take something in, look something up, or send again what was sent before."""
DESK_FORMS = {
    "desk.change_password", "desk.decide_many", "desk.take_back", "desk.change_policy", "desk.roll_back_policy",
    "desk.add_endpoint", "desk.enable_endpoint", "desk.disable_endpoint", "desk.rotate_endpoint_secret",
    "desk.remove_endpoint", "desk.change_words", "desk.add_key", "desk.rotate_key", "desk.revoke_key",
    "desk.add_moderator", "desk.change_role", "desk.sign_out_moderator", "desk.remove_moderator", "desk.turn_on_totp",
    "desk.turn_off_totp", "desk.turn_off_totp_of",
}  # fmt: skip
TESTED_APART = {
    "akismet.comment_check", "akismet.submit_spam", "akismet.submit_ham", "desk.sign_in", "native_erasures.erase",
    "desk.sign_in_with_code",
} | DESK_FORMS  # fmt: skip
MORE_BODIES: Mapping[str, Mapping[str, object]] = {
    **BODIES,
    "native.decide_comment": {"action": "reject", "reason": "canary-reason", "note": "canary-note"},
    "native_clusters.decide_copies": {"action": "reject", "reason": "canary-reason", "note": "canary-note"},
    "native.edit_comment": {"text": "canary-text"},
    "native_authors.restrict_author": {"action": "reject", "reason": "canary-reason"},
    "native_endpoints.add_endpoint": {"url": "https://93.184.216.34/canary-url", "description": "canary-description"},
    "native_endpoints.change_endpoint": {"description": "canary-description", "include_text": True},
    "native_appeals.decide_appeal": {"outcome": "upheld", "note": "canary-note"},
    "native_policy.roll_back_policy": {"version": VERSIONS["news"]},
    "native_admin.put_policy": {"words": {"banned": [{"term": "canary-word"}]}, "limits": []},
    "native_words.add_words": {"words": [{"list": "banned", "term": "canary-term"}]},
    "native_words.import_words": {"text": "canary-line"},
}


def renew(service: Service, tenant: Tenant, number: int) -> Tenant:
    """Return the site with a fresh comment of a fresh cluster and author, a fresh endpoint and a model in force."""
    now, parts = service.now(), service.parts
    site, author_id, cluster = service.site("news"), f"canary-author-{number}", ids.new_id(now)
    author = replace(comment().author, id=author_id, name="canary-name", email="canary@example.com")
    made = post(parts, site, comment(f"canary {number} of the texts", author=author), now)
    settle_all(parts, site, replace(TOXIC, cluster=Cluster(cluster, 9, 9)), now)
    for earlier in service.endpoints("news"):
        delivering.remove(service, "news", earlier.id)
    word = word_lists.Entry("suspect", f"canary-word-{number}")
    word_changes.add(parts, Place("news"), [word], Who("canary", SERVICE), now)
    endpoint = delivering.add(service, "news", "https://93.184.216.34/canary", (), include_text=True, description="")
    add_model(parts.database, version=number)
    appealed = post(parts, site, comment(f"canary {number} of others", author=author), now)
    settle_all(parts, site, TOXIC, now)
    asked = Asked(appealed.id, None, "canary-appeal")
    appeal = appeals.open_appeal(parts, "news", asked, 1000, now, SERVICE).document["id"]
    has = {
        "comment_id": made.id,
        "appeal_id": appeal,
        "cluster_id": cluster,
        "author_id": author_id,
        "endpoint_id": endpoint.id,
    }
    has |= {"author_key": str(made.author_key), "word_id": word.id}
    return replace(tenant, has={**tenant.has, **has})


@proves(Line.AUDIT, lambda _: f"{len(set(LEAVES) | LEAVES_NONE | TESTED_APART)} routes")
def test_every_route_that_can_change_something_is_known(news: Tenant) -> None:
    """A route that is added must say what it leaves in the log."""
    found = {
        rule.endpoint for rule in news.app.url_map.iter_rules() if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }

    assert found == set(LEAVES) | LEAVES_NONE | TESTED_APART


@proves(Line.AUDIT, lambda _: f"{len(LEAVES)} routes")
def test_each_change_leaves_one_entry_with_its_actor(
    news: Tenant, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the key's prefix or the moderator's id, and no text, name, address, key or secret is in any of them."""
    database = service.parts.database
    key, person = Actor(ActorKind.API_KEY, ids.api_key_prefix(news.key) or ""), moderator(database)
    rules = {rule.endpoint: rule for rule in news.app.url_map.iter_rules() if rule.endpoint in LEAVES}
    for number, (endpoint, action) in enumerate(LEAVES.items(), 1):
        site, rule = renew(service, news, number), rules[endpoint]
        if action == "author.freed":
            always = Restriction(Action.HOLD, None, "canary-reason", "canary-name", service.now())
            authors.restrict(service.parts, "news", site.has["author_key"], always, SERVICE)
        (method,) = (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
        together = {"decisions": [{"id": site.has["comment_id"], "action": "reject", "note": "canary-note"}]}
        appeal = {"comment_id": site.has["comment_id"], "text": "canary-text"}
        own = {"native_clusters.decide_comments": together, "native_appeals.post_appeal": appeal}
        monkeypatch.setattr("tests.test_tenants.BODIES", {**MORE_BODIES, **own})
        with added(database) as found:
            answer = site.call(rule, method, site.has)

        assert answer.status_code < 400, (endpoint, answer.text)
        found = [one for one in found if not (action == "author.erased" and one.action == "comment.erased")]
        actor = person if endpoint.startswith("desk.") else key
        assert [(one.action, one.actor) for one in found] == [(action, actor)], endpoint
        assert _fits(found[0], site.has), (endpoint, found)

    kept = dumped(database)
    assert verify(database, "news").broken is None
    secrets = [news.key, news.key.split("_")[2], news.secret, "whsec_", "Kim", "kim@", "canary", news.text, "author-of"]
    assert [one for one in secrets if one in kept] == []


@proves(Line.AUDIT, lambda _: f"{len(DESK_FORMS)} forms")
def test_forms_of_the_desk_leave_entries(news: Tenant, service: Service) -> None:
    """Many decided at once, taken back, the policy saved and put back: each is the moderator's."""
    database, desk = service.parts.database, news.desk
    first = service.site("news").policy_version
    site = renew(service, news, 1)
    with added(database) as found:
        picked = {"action": "reject", "pick": f"{site.has['comment_id']}:1"}
        desk.send(desk.get("/desk").form("/decisions"), picked)
        desk.send(next(form for form in desk.get("/desk").forms if "/undo/" in form.action), {})
        desk.send(next(form for form in desk.get("/desk/policy").forms if "save" in form.buttons), {"do": "save"})
        page = desk.get("/desk/policy").form("/policy/rollback")
        desk.send(page, {"version": str(first)})

    assert [one.action for one in found] == [
        "comment.decided", "decisions.undone", "policy.changed", "policy.changed"
    ]  # fmt: skip
    assert {one.actor for one in found} == {moderator(database)}


def _fits(entry: Entry, has: Mapping[str, str]) -> bool:
    """Tell whether an entry is of the thing that was changed."""
    kind = entry.action.split(".")[0]
    if kind == "author":
        return entry.subject == has["author_key"]
    named = {
        "comment": "comment_id",
        "cluster": "cluster_id",
        "endpoint": "endpoint_id",
        "learning": "attribute",
        "appeal": "appeal_id",
    }
    named["decisions"] = "batch_id"
    if kind not in named or entry.action in {"endpoint.made", "appeal.opened"}:
        return bool(entry.subject)
    return entry.subject == has[named[kind]]


@proves(Line.AUDIT)
def test_what_is_refused_leaves_nothing(news: Tenant, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call about what the site does not have, or that cannot be understood, is no change."""
    nobodys = dict.fromkeys(news.has, "01940000-0000-7000-8000-00000000ffff")
    with added(service.parts.database) as found:
        for rule in news.app.url_map.iter_rules():
            method = min((rule.methods or set()) - {"HEAD", "OPTIONS"})
            if rule.endpoint in LEAVES:
                monkeypatch.setattr("tests.test_tenants.BODIES", MORE_BODIES if rule.arguments else {})
                news.call(rule, method, nobodys)

    assert found == []


def test_a_change_that_changes_nothing_leaves_nothing(news: Tenant, service: Service) -> None:
    """An endpoint that stays as it was, a comment that is erased twice, a cluster that was decided already."""
    client, headers = news.app.test_client(), {"Authorization": f"Bearer {news.key}"}
    paths = {name: f"/v1/{name}s/{news.has[f'{name}_id']}" for name in ("endpoint", "comment", "cluster")}
    client.post(f"{paths['cluster']}/decision", json={"action": "reject"}, headers=headers)
    client.delete(paths["comment"], headers=headers)

    with added(service.parts.database) as found:
        assert client.patch(paths["endpoint"], json={"include_text": True}, headers=headers).status_code == 200
        assert client.patch(paths["endpoint"], json={}, headers=headers).status_code == 200
        assert client.delete(paths["comment"], headers=headers).status_code == 200
        client.post(f"{paths['cluster']}/decision", json={"action": "reject"}, headers=headers)

    assert found == []
