"""The API's description: valid, whole, and true of what the service answers."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from moderation import ids
from moderation.app import create_app
from moderation.model import ATTRIBUTES, Scope, Scored
from moderation.pipeline import settle
from moderation.settings import Settings
from moderation.storage import comments, sites, work
from moderation.web import EXTENSION
from tests.build import NOW, add_model, make_site
from tests.proofs import Line, described, operations, proves
from tests.walks import walk_appeals, walk_words

SCHEMAS = "#/components/schemas/"
TOXIC = Scored(scores={**dict.fromkeys(ATTRIBUTES), "toxicity": 0.97}, models={"toxicity": "m"})


@dataclass(frozen=True)
class Caller:
    """A client of an app with one site."""

    http: FlaskClient
    spec: dict[str, Any]

    def ask(self, method: str, path: str, *scopes: Scope, **more: Any) -> Any:
        """Send a request with a new key that has `scopes`, all of them if none is given."""
        prefix, key = ids.new_api_key()
        with self.http.application.extensions[EXTENSION].parts.database.write() as connection:
            sites.add_key(connection, "news", key, prefix, "native", list(scopes or Scope), "test", NOW)
        return self.http.open(path, method=method, headers={"Authorization": f"Bearer {key}"}, **more)

    def announce(self) -> None:
        """Say, as a scoring worker does, what is served."""
        figure = {"measure": "AUC", "value": 0.9, "low": 0.8, "high": 0.95, "rows": 100}
        card = {"name": "m@1", "attributes": ["toxicity"], "languages": ["en"], "figures": [figure]}
        figures = [{"language": code, **figure} for code in ("en", "de")]
        queue = self.http.application.extensions[EXTENSION].parts.queue
        queue.beat("scorer", 60, {"models": [{**card, "language_figures": figures}]})

    def learn(self) -> None:
        """Put a model in force that the site's decisions made."""
        add_model(self.http.application.extensions[EXTENSION].parts.database)

    def settle(self) -> None:
        """Give every comment that waits the same high score."""
        service = self.http.application.extensions[EXTENSION]
        with service.parts.database.write() as connection:
            now = service.now()
            claimed = comments.load_claimed(
                connection, work.claim(connection, limit=10, lease=timedelta(seconds=20), now=now)
            )
        settle(service.parts, [(one, TOXIC) for one in claimed], {"news": service.site("news")}, now)


@pytest.fixture
def caller(settings: Settings) -> Caller:
    """Give a client of a service with the site `news`."""
    app = create_app(settings)
    make_site(app.extensions[EXTENSION].parts.database)
    http = app.test_client()
    return Caller(http, http.get("/openapi.json").get_json())


def scoped(spec: dict[str, Any]) -> Iterator[tuple[str, str, list[Scope]]]:
    """Yield method, path and scopes of every operation that needs one, but one that would wait for a worker."""
    for method, path, operation in operations(spec):
        if path != "/v1/score" and "security" in operation:
            yield method, path, [Scope(name) for needed in operation["security"] for name in needed["key"]]


def references(node: Any) -> Iterator[str]:
    """Yield every `$ref` in a document."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from references(one)


def test_the_description_is_valid(caller: Caller) -> None:
    """`/openapi.json` is OpenAPI 3.1."""
    assert [error.message for error in OpenAPIV31SpecValidator(caller.spec).iter_errors()] == []


def test_every_reference_leads_somewhere_and_every_schema_is_used(caller: Caller) -> None:
    """What is referred to is described, and what is described is referred to."""
    named = {SCHEMAS + name for name in caller.spec["components"]["schemas"]}

    assert set(references(caller.spec)) == named


def test_schemas_have_short_names(caller: Caller) -> None:
    """No two models share a name: the longer names that pydantic would then make do not appear."""
    assert [name for name in caller.spec["components"]["schemas"] if not re.fullmatch(r"[A-Za-z]+", name)] == []


def test_parameters_stand_alone(caller: Caller) -> None:
    """A parameter refers to nothing, has values of one type and is never null: not every client can resolve more."""
    parameters = [one for _, _, operation in operations(caller.spec) for one in operation["parameters"]]

    assert list(references(parameters)) == []
    assert [one["name"] for one in parameters if "anyOf" in one["schema"] or "type" not in one["schema"]] == []
    listed = caller.spec["paths"]["/v1/comments"]["get"]["parameters"]
    status = next(one for one in listed if one["name"] == "status")
    assert status["schema"]["enum"] == ["pending", "approved", "held", "rejected"]


def test_the_description_does_not_depend_on_who_asks_first(settings: Settings) -> None:
    """The host of the first request is not kept and shown to others as the service's address."""
    http = create_app(settings).test_client()

    assert b"evil.example" not in http.get("/openapi.json", headers={"Host": "evil.example"}).data


@proves(Line.KEYS, lambda app: f"{len(list(scoped(described(app))))} operations")
def test_a_key_needs_the_scope_that_is_described(caller: Caller) -> None:
    """A key without a scope that an operation names is told which one is missing; one with it alone is let in."""
    for method, path, enough in scoped(caller.spec):
        others = [one for one in Scope if one not in enough]

        path = path.replace("{version}", "1")  # noqa: PLW2901 - a number; any text will do for the others

        refused = caller.ask(method, path, *others, json={})

        assert refused.status_code == 403, (method, path)
        assert refused.get_json()["scope"] in enough, (method, path)
        for scope in enough:
            assert caller.ask(method, path, scope, json={}).status_code != 403, (method, path)


def walk_webhooks(step: Callable[..., Any]) -> None:
    """Call what there is for webhooks."""
    made = step("POST", "/v1/endpoints", json={"url": "https://news.example/hook"})
    step("POST", "/v1/endpoints", json={"url": "https://127.0.0.1/hook"})
    step("GET", "/v1/endpoints")
    mine = f"/v1/endpoints/{made['id']}"
    step("GET", "/v1/endpoints/{endpoint_id}", mine)
    step("PATCH", "/v1/endpoints/{endpoint_id}", mine, json={"description": "ours"})
    step("POST", "/v1/endpoints/{endpoint_id}/rotate", f"{mine}/rotate", json={})
    tested = step("POST", "/v1/endpoints/{endpoint_id}/test", f"{mine}/test")["delivery_id"]
    step("GET", "/v1/deliveries")
    step("GET", "/v1/deliveries/{delivery_id}", f"/v1/deliveries/{tested}")
    step("POST", "/v1/deliveries/{delivery_id}/replay", f"/v1/deliveries/{tested}/replay")
    step("POST", "/v1/deliveries/replay", json={"state": "pending"})
    step("DELETE", "/v1/endpoints/{endpoint_id}", f"/v1/endpoints/{made['id']}")


def walk_policy(step: Callable[..., Any]) -> None:
    """Call what there is for the policy."""
    step("GET", "/v1/policy")
    step("PUT", "/v1/policy", json={"sections": {"letters": {"mode": "pre"}}})
    previewed = step("POST", "/v1/policy/preview", json={"policy": {"thresholds": {}}})
    assert previewed["changes"][0]["samples"] != []
    step("GET", "/v1/policy/versions")
    step("GET", "/v1/policy/versions", "/v1/policy/versions?before=0")
    step("GET", "/v1/policy/versions/{version}", "/v1/policy/versions/1")
    step("GET", "/v1/policy/versions/{version}", "/v1/policy/versions/7")
    assert step("GET", "/v1/policy/versions/{version}/diff", "/v1/policy/versions/2/diff")["differences"] != []
    step("POST", "/v1/policy/rollback", json={"version": 1, "expected_version": 2})
    step("POST", "/v1/policy/rollback", json={"version": 1, "expected_version": 2})
    step("GET", "/v1/policy/presets")


def walk_authors(step: Callable[..., Any]) -> None:
    """Call what there is for authors; the comment of `kim` is there."""
    one = "/v1/authors/{author_id}"
    assert step("GET", one, "/v1/authors/kim")["history"] != []
    step("PUT", f"{one}/restriction", "/v1/authors/kim/restriction", {"action": "hold", "reason": "asked to"})
    ended = {"action": "reject", "until": "2020-01-01T00:00:00Z"}
    step("PUT", f"{one}/restriction", "/v1/authors/kim/restriction", ended)
    assert step("GET", one, "/v1/authors/kim")["restriction"]["action"] == "hold"
    step("DELETE", f"{one}/restriction", "/v1/authors/kim/restriction")
    assert step("GET", f"{one}/export", "/v1/authors/kim/export")["next"] is None
    step("DELETE", one, "/v1/authors/kim")
    step("POST", "/v1/erasures", "/v1/erasures", json={"of": "author", "id": "kim"})
    step("GET", one, "/v1/authors/kim")


def test_answers_are_as_described(caller: Caller) -> None:
    """Every answer of a walk through the API has a status that is described and the shape that is described for it."""
    body = {"text": "A fine article", "thread": {"id": "t1"}, "author": {"id": "kim", "ip": "203.0.113.9"}}
    walk: list[tuple[str, str, str, Any]] = []

    def step(method: str, path: str, at: str = "", json: Any = None) -> Any:
        response = caller.ask(method, at or path, json=json)
        said = response.text if response.mimetype == "text/csv" else response.get_json(silent=True)
        walk.append((method, path, str(response.status_code), said))
        return walk[-1][3]

    posted = step("POST", "/v1/comments", json=body)
    one = f"/v1/comments/{posted['id']}"
    caller.settle()
    assert step("GET", "/v1/comments/{comment_id}", one)["decision"]["reasons"] != []
    walk_appeals(step, posted["id"])
    walk_policy(step)
    walk_words(step)
    step("GET", "/v1/comments")
    step("GET", "/v1/comments", "/v1/comments?limit=0")
    step("POST", "/v1/comments", json={})
    step("POST", "/v1/comments", json={**body, "text": "x" * 301})
    step("POST", "/v1/comments/batch", json={"comments": [body, {}]})
    step("POST", "/v1/comments/{comment_id}/decision", f"{one}/decision", {"action": "approve", "reason": "fine"})
    step("POST", "/v1/comments/{comment_id}/decision", f"{one}/decision", {"action": "hold", "expected_revision": 9})
    step("PATCH", "/v1/comments/{comment_id}", one, {"text": "Another text"})
    walk_authors(step)
    step("DELETE", "/v1/comments/{comment_id}", one)
    step("GET", "/v1/comments/{comment_id}", one)
    step("GET", "/v1/comments/{comment_id}", "/v1/comments/none")
    step("POST", "/v1/clusters/{cluster_id}/decision", f"/v1/clusters/{posted['id']}/decision", {"action": "reject"})
    decisions = {"decisions": [{"id": "no such comment", "action": "reject"}]}
    batch_id = step("POST", "/v1/decisions/batch", json=decisions)["batch_id"]
    step("POST", "/v1/decisions/{batch_id}/undo", f"/v1/decisions/{batch_id}/undo")
    step("GET", "/v1/learning")
    step("POST", "/v1/learning/{attribute}/rollback", "/v1/learning/spam/rollback")
    caller.learn()
    assert step("GET", "/v1/learning")["attributes"][-1]["in_force"]["version"] == 1
    step("POST", "/v1/learning/{attribute}/rollback", "/v1/learning/spam/rollback")
    step("GET", "/v1/threads/{thread_id}", "/v1/threads/t1")
    step("POST", "/v1/threads/counts", json={"ids": ["t1", "t2"]})
    walk_webhooks(step)
    assert step("GET", "/v1/audit")["entries"] != []
    step("GET", "/v1/audit", "/v1/audit?cursor=none")
    step("GET", "/v1/models")
    caller.announce()
    for path in ("/v1/models", "/livez", "/readyz"):
        step("GET", path)

    seen = {(method, path) for method, path, _, _ in walk}
    assert {(method, path) for method, path, _ in operations(caller.spec)} - seen == {("POST", "/v1/score")}
    for method, path, status, document in walk:
        described = caller.spec["paths"][path][method.lower()]["responses"][status]
        for content in described.get("content", {}).values():
            schema = {**content["schema"], "components": caller.spec["components"]}
            assert [error.message for error in OAS31Validator(schema).iter_errors(document)] == [], (method, path)
        if "code" in (document or {}) and int(status) >= 400:
            assert f"`{document['code']}`" in described["description"], (method, path)
