"""What docs/webhooks.md tells receivers is so, and its programs do what they say."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from moderation import clock, intake, signing
from moderation.comment_object import timestamp
from moderation.hashing import Hasher
from moderation.model import Action, Author, Comment, DecidedBy, Decision, EventType, Reason, Span, Thread
from moderation.pipeline import decision_event
from moderation.policy_document import Policy
from moderation.records import Site
from moderation.storage.comments import Decided
from tests.workers.endpoint import says, serving
from workers.safe_http import KEEP
from workers.webhooks import DELAYS, sign

PAGE = (Path(__file__).parents[1] / "docs" / "webhooks.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECRET = signing.new_secret("hmac")
BODY = json.dumps({"type": "comment.approved", "data": {"external_id": "c-1", "sequence": 1, "note": "né"}}).encode()
NODE = """
import { readFileSync } from "node:fs";
import { verify } from "./verify.mjs";
const { secret, headers, body } = JSON.parse(readFileSync(0));
console.log(JSON.stringify(verify(secret, headers, Buffer.from(body))));
"""
SECONDS = 30


def blocks(language: str) -> list[str]:
    """Return the page's blocks in one language."""
    return [code for name, code in BLOCK.findall(PAGE) if name == language]


def shape(value: object) -> object:
    """Return `value` with its leaves forgotten: the names of fields, as deep as they go."""
    if isinstance(value, Mapping):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def tampered(headers: dict[str, str]) -> list[tuple[dict[str, str], bytes]]:
    """Return calls that are not ours, each wrong in one way."""
    now = clock.now()
    late = sign([SECRET], "e-1", datetime.fromtimestamp(now.timestamp() - 400, UTC), BODY)
    return [
        (headers, BODY.replace(b"c-1", b"c-2")),
        ({**headers, "webhook-id": "e-2"}, BODY),
        (sign([signing.new_secret("hmac")], "e-1", now, BODY), BODY),
        (late, BODY),
        ({**headers, "webhook-signature": "v1,"}, BODY),
        ({**headers, "webhook-signature": "v2" + headers["webhook-signature"][2:]}, BODY),
        ({name: value for name, value in headers.items() if name != "webhook-signature"}, BODY),
    ]


def run(*command: str, folder: Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program of the page in `folder`."""
    settings = {**os.environ, "NO_PROXY": "127.0.0.1", **environment}
    return subprocess.run(
        command, cwd=folder, input=given, env=settings, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def shell(script: str, headers: Mapping[str, str], body: bytes, folder: Path, url: str = "") -> str:
    """Run a shell program of the page on one call, and return what it printed and how it ended."""
    (folder / "body.json").write_bytes(body)
    done = run(
        "/bin/sh",
        "-c",
        script,
        folder=folder,
        SECRET=SECRET,
        ID=headers.get("webhook-id", ""),
        TIMESTAMP=headers.get("webhook-timestamp", ""),
        SIGNATURE=headers.get("webhook-signature", ""),
        URL=url,
    )
    return f"{done.returncode} {done.stdout.strip()}{done.stderr}"


def test_the_example_has_the_shape_of_an_event() -> None:
    """The page's event has exactly the fields that an event has."""
    site = Site("news", "News", Policy(), 3)
    comment = Comment("You are …", Thread("t"), Author("u"))
    prepared = intake.prepare(comment, site, Hasher("a secret of at least 32 characters"), NOW)
    reason = Reason("toxicity", "0.98, holds at 0.80", 0.98, 0.8, (Span(1, 2),))
    decision = Decision(Action.REJECT, DecidedBy.MODERATOR, NOW, 3, (reason,))
    event = decision_event(Decided(intake.new_comment(prepared, site, (), NOW), decision, None), NOW)
    (example,) = [json.loads(block) for block in blocks("json")]
    loose = ("models", "metadata")  # their names are those of the models, and the site's own
    real: dict[str, Any] = {**event.data, "models": None, "metadata": None}

    assert shape({**example["data"], **dict.fromkeys(loose)}) == shape(real)
    assert list(example) == ["type", "timestamp", "data"]
    assert len(example["timestamp"]) == len(timestamp(NOW))


def test_every_type_of_event_is_on_the_page() -> None:
    """With a sentence on when it comes."""
    assert [kind for kind in EventType if f"| `{kind.value}` | " not in PAGE] == []


def test_the_pauses_are_those_of_the_schedule() -> None:
    """The page names the pauses between tries, and how much of an answer is kept."""
    units = {"s": 1, "min": 60, "h": 3600}
    (pauses,) = re.findall(r"tried again after (.*?), each", PAGE)
    named = [int(number) * units[unit] for number, unit in re.findall(r"(\d+) (s|min|h)", pauses)]

    assert named == [int(delay.total_seconds()) for delay in DELAYS[1:]]
    assert KEEP == 1024


def test_the_python_program_takes_only_what_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's receiver answers 204 to a signed call, remembers the newest, and answers 401 to any other."""
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    (code,) = blocks("python")
    names: dict[str, Any] = {"__name__": "receiver"}
    exec(compile(code, "docs/webhooks.md", "exec"), names)  # noqa: S102 - our own page
    client = names["app"].test_client()
    headers = sign([SECRET], "e-1", clock.now(), BODY)

    assert client.post("/moderation", data=BODY, headers=headers).status_code == 204
    assert names["shown"] == {"c-1": (1, True)}
    for wrong_headers, wrong_body in tampered(headers):
        assert client.post("/moderation", data=wrong_body, headers=wrong_headers).status_code == 401

    old = BODY.replace(b"approved", b"held").replace(b'"sequence": 1', b'"sequence": 0')
    client.post("/moderation", data=old, headers=sign([SECRET], "e-0", clock.now(), old))
    assert names["shown"] == {"c-1": (1, True)}


@pytest.mark.parametrize("node", [path for path in [shutil.which("node")] if path])
def test_the_node_program_takes_only_what_is_ours(node: str, tmp_path: Path) -> None:
    """The page's function returns the event of a signed call and throws at any other."""
    (code,) = blocks("js")
    (tmp_path / "verify.mjs").write_text(code)
    (tmp_path / "main.mjs").write_text(NODE)
    headers = sign([SECRET], "e-1", clock.now(), BODY)

    def ask(some: dict[str, str], body: bytes) -> subprocess.CompletedProcess[str]:
        given = json.dumps({"secret": SECRET, "headers": some, "body": body.decode()})
        return run(node, "main.mjs", folder=tmp_path, given=given)

    done = ask(headers, BODY)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(BODY)
    for wrong in tampered(headers):
        assert ask(*wrong).returncode == 1


@pytest.mark.parametrize("_openssl", [path for path in [shutil.which("openssl")] if path])
def test_the_shell_program_knows_what_is_ours(_openssl: str, tmp_path: Path) -> None:
    """The page's commands say yes to a signed call, also among other signatures, and no to others."""
    verify, _ = blocks("sh")
    headers = sign([SECRET], "e-1", clock.now(), BODY)
    two = {**headers, "webhook-signature": f"v1,bm8= {headers['webhook-signature']}"}
    wrong = [one for one in tampered(headers) if one[0].get("webhook-timestamp") == headers["webhook-timestamp"]]

    assert shell(verify, headers, BODY, tmp_path) == "0 it is ours"
    assert shell(verify, two, BODY, tmp_path) == "0 it is ours"
    assert len(wrong) >= 4
    assert {shell(verify, *one, tmp_path) for one in wrong} == {"1 it is not ours"}


@pytest.mark.parametrize("_tools", [1] if shutil.which("openssl") and shutil.which("curl") else [])
def test_the_shell_program_signs_a_call_of_ones_own(_tools: int, tmp_path: Path) -> None:
    """The page's commands post a call that the receiver's library verifies."""
    verify, trial = blocks("sh")
    script = verify.partition("case")[0] + trial
    with serving(says("HTTP/1.1 200 OK\n\nheard")) as endpoint:
        assert shell(script, {}, BODY, tmp_path, endpoint.url()) == "0 heard"

    (request,) = endpoint.requests
    assert Webhook(SECRET).verify(request.body, dict(request.headers.items())) == json.loads(BODY)
