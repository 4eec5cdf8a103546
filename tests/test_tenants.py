"""No site sees or changes what another has, by whichever route: the routes are the app's own list.

Long because the two sites and every sweep over all routes stand side by side.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from moderation import accounts, appeals, batches, delivering, ids, keys, members
from moderation.app import create_app
from moderation.appeals import Asked
from moderation.audit_entry import CLI, SERVICE
from moderation.model import Action, Cluster, DecidedBy, Decision, Scope
from moderation.pipeline import Parts
from moderation.policy_document import Word, WordsPolicy
from moderation.sealing import CORAL, seal
from moderation.service import Service
from moderation.settings import Settings
from moderation.storage import coral_secrets, saved_filters, sites
from moderation.storage.coral_secrets import Secret
from moderation.storage.database import Database
from moderation.storage.delivery_log import Wanted
from moderation.storage.saved_filters import SavedFilter
from moderation.storage.tables import api_keys, metadata
from moderation.web import EXTENSION
from moderation.word_lists import Entry
from tests.build import FREE, TOXIC, add_model, comment, make_site, post, settle_all
from tests.conftest import PATIENCE
from tests.dashboard.visitor import PASSWORD, Visitor
from tests.proofs import Line, described, proves

NAMES_NOTHING = {"filename", "anything", "prefix", "method"}
"""Parts of paths that stand for nothing that a site has: files, and how programs call."""
BODIES: Mapping[str, Mapping[str, object]] = {
    "native.edit_comment": {"text": "Another text"},
    "native.decide_comment": {"action": "reject"},
    "native_clusters.decide_copies": {"action": "reject"},
    "native_authors.restrict_author": {"action": "hold"},
    "native_endpoints.change_endpoint": {"description": "ours"},
    "native_endpoints.rotate_secret": {"overlap_hours": 0},
    "native_words.change_word": {"deobfuscate": True},
    "native_appeals.decide_appeal": {"outcome": "upheld"},
}
FORM = {"role": "viewer", "overlap": "7", "outcome": "upheld"}
"""What forms of the desk need beside that of a decision."""
LAST = {"desk.revoke_key", "desk.remove_moderator", "desk.remove_endpoint"}
"""Forms after which there is nothing more to do with a thing."""
FILTERS_OF_NOTHING = {
    "status", "reason", "before", "after", "limit", "span_units", "state", "type", "action", "actor", "with", "list",
    "section", "contains", "outcome", "format",
}  # fmt: skip
VERSIONS = {"news": 620_100_001, "other": 620_100_002}  # the only one of each site's policy
THINGS = ("comment", "cluster", "endpoint", "delivery", "batch", "filter", "appeal", "moderator")
NOBODYS = {
    **dict.fromkeys(
        (f"{kind}_id" for kind in THINGS),
        "01940000-0000-7000-8000-00000000ffff",
    ),
    "author_id": "author-of-nowhere",
    "author_key": "0123456789abcdef0123456789abcdef",
    "thread_id": "thread-of-nowhere",
    "attribute": "insult",
    "site_id": "nowhere",
    "key_prefix": "00000000",
    "version": "620100003",
    "word_id": "0123456789abcdef0123456789abcdef",
}  # fmt: skip
"""Names that nothing has."""


@dataclass(frozen=True)
class Tenant:
    """A site with all that a path can name, and its ways in."""

    app: APIFlask
    key: str
    secret: str
    desk: Visitor
    form: Mapping[str, str]
    has: Mapping[str, str]
    """The names of what it has, by what paths call them."""
    text: str

    @property
    def marks(self) -> list[str]:
        """Return what is in no answer to another site."""
        return [self.text, *(value for name, value in self.has.items() if name not in {"attribute", "site_id"})]

    def call(self, rule: Rule, method: str, named: Mapping[str, str]) -> TestResponse:
        """Call a route about what has these names, as this site may."""
        values = {name: named[name] for name in rule.arguments}
        path = self.app.url_map.bind("localhost").build(rule.endpoint, values, method)
        return self.open(rule.endpoint, method, path)

    def open(self, endpoint: str, method: str, path: str) -> TestResponse:
        """Call a path with what opens it: the desk's cookie, Coral's signature, or the key."""
        if endpoint.startswith("desk."):
            return self.desk.client.open(path, method=method, data=self.form if method == "POST" else None)
        client = self.app.test_client()
        if endpoint.startswith("coral."):
            body = b'{"comment": {"body": "A fine article, thank you"}}'
            signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
            return client.post(path, data=body, headers={"X-Coral-Signature": f"sha256={signature}"})
        headers = {"Authorization": f"Bearer {self.key}"}
        return client.open(path, method=method, headers=headers, json=BODIES.get(endpoint))


@dataclass(frozen=True)
class Tenants:
    """An app with two sites."""

    app: APIFlask
    parts: Parts
    news: Tenant
    other: Tenant


@pytest.fixture
def tenants(settings: Settings, database: Database) -> Iterator[Tenants]:
    """Give an app with two sites, of which one has learnt too, in turn on SQLite and on PostgreSQL."""
    url = database.engine.url.render_as_string(hide_password=False)
    hurried = dict.fromkeys(PATIENCE, 0.5)  # nobody scores here
    app = create_app(settings.model_copy(update={"database_url": url, **hurried}))
    service: Service = app.extensions[EXTENSION]
    service.parts.queue.redis.flushall()
    tenants = Tenants(app, service.parts, settle_in(app, service, "news"), settle_in(app, service, "other"))
    add_model(service.parts.database, site_id="news")
    yield tenants
    service.parts.queue.redis.close()
    service.parts.database.close()


def settle_in(app: APIFlask, service: Service, site_id: str) -> Tenant:
    """Make a site with one held comment, an endpoint that is told of it, a moderator and a secret of Coral's."""
    parts, now = service.parts, service.now()
    policy, secret = replace(FREE, words=WordsPolicy(suspect=(Word(f"word-of-{site_id}"),))), ids.new_secret()
    site = make_site(parts.database, site_id, policy, VERSIONS[site_id])
    prefix, key = ids.new_api_key()
    accounts.add_moderator(parts.database, site_id, f"kim@{site_id}.example", "Kim", now, PASSWORD)
    with parts.database.write() as connection:
        sites.add_key(connection, site_id, key, prefix, "native", list(Scope), "test", now)
        sealed = seal(parts.hasher.derive(CORAL), secret)
        coral_secrets.add_secret(connection, site_id, Secret(ids.new_id(now), sealed, now))
    endpoint = delivering.add(service, site_id, "https://93.184.216.34/hook", (), include_text=True, description="")
    text, cluster_id = f"The comment of {site_id}", ids.new_id(now)
    author = replace(comment().author, id=f"author-of-{site_id}")
    made = post(
        parts, site, comment(text, thread=f"thread-of-{site_id}", author=author, external_id=f"of-{site_id}"), now
    )
    settle_all(parts, site, replace(TOXIC, cluster=Cluster(cluster_id, 9, 9)), now)
    earlier = post(parts, site, comment(f"Another of {site_id}", thread=f"thread-of-{site_id}", author=author), now)
    approval, batch_id = Decision(Action.APPROVE, DecidedBy.API, now, 1), ids.new_id(now)
    batches.decide_batch(parts, site_id, [batches.Wanted(earlier.id, approval)], batch_id)
    asked = Asked(made.id, None, f"Appeal of {site_id}")
    appeal = appeals.open_appeal(parts, site_id, asked, 5, now, SERVICE).document["id"]
    delivery = delivering.find(service, site_id, Wanted(comment_id=made.id), 1, None)[0][0]
    saved = SavedFilter(ids.new_id(now), site_id, None, f"of {site_id}", "status=held", now)
    with parts.database.write() as connection:
        saved_filters.put(connection, saved)
    accounts.add_moderator(parts.database, site_id, f"zoe@{site_id}.example", "Zoe", now, PASSWORD)
    moderator_id = members.list_members(parts.database, site_id)[1].id
    key_prefix = ids.api_key_prefix(keys.make(parts.database, parts.hasher, site_id, keys.Wanted("blog"), now, CLI))
    desk = Visitor(app.test_client())
    desk.sign_in(f"kim@{site_id}.example")
    form = {**desk.get(f"/desk/comments/{made.id}").form("/decision").fields, "action": "reject", **FORM}
    has = {
        "comment_id": made.id,
        "cluster_id": cluster_id,
        "batch_id": batch_id,
        "endpoint_id": endpoint.id,
        "delivery_id": delivery.id,
        "filter_id": saved.id,
        "author_id": f"author-of-{site_id}",
        "author_key": str(made.author_key),
        "thread_id": f"thread-of-{site_id}",
        "attribute": "spam",
        "site_id": site_id,
        "version": str(VERSIONS[site_id]),
        "appeal_id": appeal,
        "word_id": Entry("suspect", f"word-of-{site_id}").id,
        "key_prefix": str(key_prefix),
        "moderator_id": moderator_id,
    }
    return Tenant(app, key, secret, desk, form, has, text)


def routes(app: APIFlask, *, of_things: bool) -> Iterator[tuple[Rule, str]]:
    """Yield routes with their methods: those whose path names what a site has, or those whose path names nothing."""
    for rule in app.url_map.iter_rules():
        named = rule.arguments - NAMES_NOTHING
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if bool(named) is of_things and (of_things or not rule.arguments):
                yield rule, method


def filters_of_things(app: APIFlask) -> Iterator[tuple[str, str]]:
    """Yield path and name of every filter that is described and finds what a site has."""
    for path, item in described(app)["paths"].items():
        for one in item.get("get", {}).get("parameters", ()):
            if one["in"] == "query" and one["name"] not in FILTERS_OF_NOTHING | {"cursor"}:
                yield path, one["name"]


def everything(database: Database) -> dict[str, list[Any]]:
    """Return every row of every table, without when keys were used, which a thread notes at its leisure."""
    with database.read() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(*(one for one in table.c if one is not api_keys.c.used_at)).order_by(*table.primary_key)
                )
            ]
            for table in metadata.sorted_tables
        }


def said(response: TestResponse, named: Mapping[str, str]) -> tuple[int, str]:
    """Return what was answered, whatever the names were that stood in the request, and whenever that was."""
    text = re.sub(r'"at":"[^"]*Z"', '"at":"then"', response.text)
    for name, value in named.items():
        text = text.replace(value, name)
    return response.status_code, text


@proves(Line.TENANTS, lambda app: f"{len(list(routes(app, of_things=True)))} routes, each with its ids")
def test_what_another_site_has_is_as_if_it_were_not_there(tenants: Tenants) -> None:
    """Every route answers about what another site has as it does about what nobody has, and changes nothing."""
    before = everything(tenants.parts.database)

    for rule, method in routes(tenants.app, of_things=True):
        found = said(tenants.other.call(rule, method, tenants.news.has), tenants.news.has)
        missing = said(tenants.other.call(rule, method, NOBODYS), NOBODYS)

        assert found == missing, (method, rule)
        nothing_erased = rule.endpoint == "native_authors.erase_author" and '"erased":0' in found[1]
        assert found[0] in {401, 403, 404} or nothing_erased, (method, rule)
    assert everything(tenants.parts.database) == before


@proves(Line.TENANTS, lambda app: f"{len(list(routes(app, of_things=True)))} routes")
def test_a_site_reaches_what_it_has(tenants: Tenants) -> None:
    """Each of those routes leads its own site to the thing; what removes goes last, and a thing after what it has.

    Whatever decides a comment ends its appeal, so appeals are decided first.
    """

    def turn(one: tuple[Rule, str]) -> tuple[bool, int, str]:
        rule, method = one
        removes = method == "DELETE" or rule.endpoint in LAST
        return removes, -len(str(rule)) if removes else 0, "" if "appeal_id" in rule.arguments else str(rule)

    service: Service = tenants.app.extensions[EXTENSION]
    spare = delivering.add(service, "news", "https://93.184.216.34/spare", (), include_text=False, description="").id
    for rule, method in sorted(routes(tenants.app, of_things=True), key=turn):
        # the API and the desk can each remove an endpoint, but not the same one
        has = {**tenants.news.has, **({"endpoint_id": spare} if rule.endpoint == "desk.remove_endpoint" else {})}
        assert tenants.news.call(rule, method, has).status_code < 400, (method, rule)


@proves(Line.TENANTS, lambda app: f"{sum(method == 'GET' for _, method in routes(app, of_things=False))} routes")
def test_no_list_shows_what_another_site_has(tenants: Tenants) -> None:
    """No answer that needs no name holds anything of another site, and some hold what the own site has."""
    shown = set()
    for rule, method in routes(tenants.app, of_things=False):
        if method == "GET":
            mine, others = (one.open(rule.endpoint, method, str(rule)).text for one in (tenants.news, tenants.other))
            assert [mark for mark in tenants.news.marks if mark in others] == [], rule
            if any(mark in mine for mark in tenants.news.marks):
                shown.add(rule.endpoint)

    assert shown == {
        "native_audit.list_audit", "native_words.list_words", "desk.words", "native_appeals.list_appeals",
        "desk.appeals_page",
        "native.list_comments", "native_admin.get_policy", "native_policy.list_versions", "desk.policy", "desk.queue",
        "native_endpoints.list_endpoints", "native_endpoints.list_deliveries", "desk.policy_versions_page",
        "desk.endpoints_page", "desk.overview_page", "desk.keys_page", "desk.moderators_page", "desk.audit_page",
    }  # fmt: skip


@proves(Line.TENANTS, lambda app: f"{len(list(filters_of_things(app)))} filters")
def test_no_filter_finds_what_another_site_has(tenants: Tenants) -> None:
    """Every filter that is described finds nothing with another site's names, and something with the own."""
    filters = {name: tenants.news.has[f"{name}_id"] for name in ("thread", "author", "cluster", "endpoint", "comment")}
    filters |= {"q": tenants.news.text, "subject": filters["comment"]}
    tenants.news.open("native.decide_comment", "POST", f"/v1/comments/{filters['comment']}/decision")

    for path, name in filters_of_things(tenants.app):
        asked = f"{path}?{urlencode({name: filters[name]})}"
        assert tenants.news.has["comment_id"] in tenants.news.open("", "GET", asked).text, asked
        mine = tenants.other.open("", "GET", asked)
        assert (mine.status_code, [mark for mark in tenants.news.marks if mark in mine.text]) == (200, []), asked


@proves(Line.TENANTS)
def test_no_body_reaches_what_another_site_has(tenants: Tenants) -> None:
    """Names in a body are the own site's: its threads, its endpoints, its external ids."""
    names, text, http = tenants.news.has, tenants.news.text, tenants.app.test_client()
    calls: list[tuple[str, dict[str, Any], str]] = [
        ("/v1/threads/counts", {"ids": [names["thread_id"]]}, '"held":1'),
        ("/v1/deliveries/replay", {"state": None, "endpoint": names["endpoint_id"]}, '"replayed":3'),
        ("/v1/deliveries/replay", {"state": None, "comment": names["comment_id"]}, '"replayed":2'),
        ("/v1/appeals", {"comment_id": names["comment_id"]}, "appeal_open"),
        ("/v1/appeals", {"external_id": "of-news"}, "appeal_open"),
        ("/v1/comments", {"text": "A", "thread": {"id": "t"}, "external_id": "of-news"}, "external_id_taken"),
        ("/v1/decisions/batch", {"decisions": [{"id": names["comment_id"], "action": "reject"}]}, '"status_code":200'),
        ("/v1/comments", {"text": text, "thread": {"id": "t"}, "external_id": "of-news"}, names["comment_id"]),
    ]
    for path, body, found in calls:
        mine, others = (
            http.post(path, json=body, headers={"Authorization": f"Bearer {one.key}"}).text
            for one in (tenants.news, tenants.other)
        )
        assert found in mine, path
        assert found not in others, path
