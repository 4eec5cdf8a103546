"""Nothing of what callers send is in the log: each call is made with canaries, well, badly, and while all fails."""

import ast
import inspect
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy.exc import DataError, OperationalError

from moderation import accounts, clock
from moderation.logs import configure_logs, log
from moderation.model import ATTRIBUTES, Scored
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.web import EXTENSION
from tests.build import add_akismet_key, settle_all
from tests.dashboard.visitor import Visitor
from tests.dialects.akismet_site import CHECK
from tests.dialects.conftest import Api
from tests.dialects.test_coral import add_secret, ask, body_of, put, signature
from tests.dialects.test_perspective import SUGGESTION, with_settings
from tests.proofs import Line, proves

CANARY = "kanarie"
ADDRESS = "203.0.113.177"
EMAIL, PASSWORD = f"{CANARY}@news.example", f"{CANARY} correct horse battery"
SECRET = f"{CANARY} a signing secret"
TEXT = f"{CANARY} you idiot"
SITE = f"https://{CANARY}.example"
AUTHOR = {"id": f"{CANARY}/1", "name": f"{CANARY} Kim", "email": EMAIL, "ip": ADDRESS, "url": SITE}
THREAD = {"id": f"{CANARY}-t", "title": CANARY}
COMMENT = {"text": TEXT, "thread": THREAD, "author": AUTHOR, "metadata": {CANARY: CANARY}}
DECISION = {"action": "reject", "reason": f"{CANARY} reason", "note": f"{CANARY} note"}
FAILURES = [
    OperationalError(f"INSERT '{TEXT}'", {"text": TEXT}, Exception(TEXT)),
    DataError(f"INSERT '{TEXT}'", {"text": TEXT}, Exception(TEXT)),
    RuntimeError(TEXT, EMAIL, ADDRESS),
]


@pytest.fixture
def full(api: Api, settings: Settings) -> Api:
    """Give the API of a site that every surface knows."""
    put(api)
    add_secret(api, settings, SECRET)
    made = with_settings(api, settings, max_site="news")
    accounts.add_moderator(made.database, "news", EMAIL, f"{CANARY} Kim", clock.now(), PASSWORD)
    return made


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> Iterator[None]:
    """Let every transaction end with an error for the length of a `with` block."""

    def fail(_database: Database) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Database, "write", fail)
        patched.setattr(Database, "read", fail)
        yield


def call_all(api: Api, akismet_key: str, comment_id: str) -> list[int]:
    """Call everything that takes a text, a name, an address, a key or a secret; return the statuses."""
    http, one = api.client, f"/v1/comments/{comment_id}"
    perspective = {"comment": {"text": TEXT}, "requestedAttributes": {"TOXICITY": {}}, "clientToken": CANARY}
    suggestion = {**SUGGESTION, "comment": {"text": TEXT}, "clientToken": CANARY}
    call = json.dumps(perspective)
    part = f"Content-ID: <x + {CANARY}>\r\n\r\nPOST /v1alpha1/comments:analyze?key={api.key}\r\n\r\n{call}"
    check = {**CHECK, "api_key": akismet_key, "comment_content": TEXT, "user_ip": ADDRESS}
    comment = {"sync": True, "comment": {"plainText": TEXT}}
    body = body_of(TEXT)
    answers = [
        api.call("POST", "/v1/comments", json=COMMENT, headers={"Idempotency-Key": CANARY, "User-Agent": CANARY}),
        api.call("POST", "/v1/comments/batch", json={"comments": [COMMENT, {CANARY: CANARY}]}),
        api.call("GET", f"/v1/comments?q={CANARY}&author={CANARY}"),
        api.call("PATCH", one, json={"text": f"{TEXT}, again"}),
        api.call("POST", f"{one}/decision", json=DECISION),
        api.call("POST", "/v1/decisions/batch", json={"decisions": [{"id": comment_id, **DECISION}]}),
        api.call("POST", "/v1/appeals", json={"comment_id": comment_id, "text": TEXT, "author": AUTHOR}),
        api.call("POST", "/v1/words", json={"words": [{"list": "banned", "term": CANARY}]}),
        api.call("POST", "/v1/words/test", json={"text": TEXT}),
        api.call("POST", "/v1/endpoints", json={"url": f"https://93.184.216.34/{CANARY}", "description": CANARY}),
        api.call("PUT", "/v1/policy", json={"words": {"banned": [{"term": CANARY}]}, "limits": []}),
        api.call("POST", "/v1/score", json={"texts": [TEXT]}),
        api.call("GET", f"/v1/threads/{CANARY}-t"),
        http.post(f"/v1alpha1/comments:analyze?key={api.key}", json=perspective),
        http.post(f"/v1alpha1/comments:suggestscore?key={api.key}", json=suggestion),
        http.post("/batch", data=f"--b\r\n{part}\r\n--b--", content_type="multipart/mixed; boundary=b"),
        api.call("POST", "/v1/moderations", json={"input": TEXT}),
        http.post("/1.1/comment-check", data=check),
        http.post("/1.1/submit-spam", data={**check, "comment_author_email": EMAIL}),
        ask(api, body, signature(body, SECRET)),
        http.post("/api/v1/classify", json={"model": "unbiased", "content": TEXT}, headers={"X-API-KEY": api.key}),
        http.post("/api/score-comment", json=comment, headers={"Authorization": api.key}),
        http.post("/model/predict", json={"text": [TEXT]}),
        api.call("DELETE", f"/v1/authors/{quote(CANARY)}/1"),
        api.call("DELETE", one),
    ]  # fmt: skip
    return [answer.status_code for answer in answers]


def surfaces() -> int:
    """Return how many calls `call_all` makes."""
    tree = ast.parse(inspect.getsource(call_all))
    return max(len(one.elts) for one in ast.walk(tree) if isinstance(one, ast.List))


def call_badly(api: Api) -> list[int]:
    """Call with broken bodies, too long ones and wrong keys, all of them canaries; return the statuses."""
    wrong = {"Authorization": f"Bearer mod_{CANARY}_{CANARY}"}
    broken = f'{{"text": "{CANARY}'
    paths = ["/v1/comments", "/v1/comments/batch", "/v1/score", "/v1/moderations", "/api/v1/classify", "/model/predict"]
    paths += ["/api/score-comment", f"/v1alpha1/comments:analyze?key={api.key}", "/1.1/comment-check", "/coral/news"]
    answers = [api.call("POST", path, data=broken, content_type="application/json") for path in paths]
    answers += [api.client.post(path, json=COMMENT, headers=wrong) for path in paths]
    answers += [
        api.call("POST", "/v1/comments", json={**COMMENT, "text": CANARY * 300}),
        api.call("POST", "/v1/comments", json={**COMMENT, "text": CANARY * 300_000}),
        api.call("POST", "/v1/comments", json={**COMMENT, "author": {"ip": CANARY}}),
        api.client.post(f"/v1alpha1/comments:analyze?key={CANARY}", json=COMMENT),
        api.client.post("/1.1/verify-key", data={"key": CANARY, "blog": CANARY}),
        ask(api, body_of(TEXT), f"sha256={CANARY}"),
        api.call("GET", f"/{CANARY}"),
        api.call("GET", f"/v1/comments/{CANARY}"),
    ]
    return [answer.status_code for answer in answers]


def visit(api: Api, comment_id: str) -> None:
    """Sign in with a wrong password, then with the right one, look at a comment and decide it."""
    visitor = Visitor(api.client.application.test_client())
    visitor.sign_in(EMAIL, f"{CANARY} wrong")
    assert visitor.sign_in(EMAIL, PASSWORD).status_code == 303
    form = visitor.get(f"/desk/comments/{comment_id}").form_with("note")
    assert visitor.send(form, {"action": "approve", "note": f"{CANARY} note"}).status_code < 400


@proves(Line.PRIVACY, lambda _: f"{surfaces()} surfaces × {len(FAILURES) + 1} ways to go")
@pytest.mark.usefixtures("worker")
def test_no_canary_is_in_the_log(
    full: Api, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts, names, addresses, keys and secrets are in no line: not when all goes well, nor when nothing does."""
    service = full.client.application.extensions[EXTENSION]
    akismet_key = add_akismet_key(full.database, service.parts.hasher)
    secrets = [CANARY, ADDRESS, akismet_key, full.key.split("_")[2]]
    scored = Scored({**dict.fromkeys(ATTRIBUTES, 0.01), "toxicity": 0.97})

    def post() -> str:
        made: dict[str, Any] = full.call("POST", "/v1/comments", json={**COMMENT, "author": None}).get_json()
        settle_all(service.parts, service.site("news"), scored, clock.now())
        return str(made["id"])

    spoken = StringIO()
    monkeypatch.setattr(sys, "stderr", spoken)
    monkeypatch.setattr(sys, "stdout", spoken)
    monkeypatch.delitem(vars(log), "bind", raising=False)  # a logger keeps the stream that it first wrote to
    configure_logs("debug")
    caplog.set_level(logging.DEBUG)
    first, second = post(), post()
    visit(full, second)
    statuses = call_all(full, akismet_key, first)
    assert max(statuses) < 400, str(statuses)
    assert min(call_badly(full)) >= 200
    third = post()
    for error in FAILURES:
        with failing(monkeypatch, error):
            assert max(call_all(full, akismet_key, third)) >= 500
            call_badly(full)
            full.client.post("/desk/login", data={"email": EMAIL, "password": PASSWORD})
    written = capfd.readouterr()
    logged = spoken.getvalue() + written.out + written.err + caplog.text

    assert logged.count('"where"') > 20  # the failures are in it, with where they were
    assert [secret for secret in secrets if secret in logged] == [], [
        line for line in logged.splitlines() if any(secret in line for secret in secrets)
    ][:5]
