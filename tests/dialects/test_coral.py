"""Coral's external moderation phase, with scores from a table; the numbers are those of the contract's checklist."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from moderation import clock, ids
from moderation.dialects.coral import told
from moderation.hashing import Hasher
from moderation.judging import Judged
from moderation.model import ATTRIBUTES, UNKNOWN, Action, DecidedBy, Decision, Reason
from moderation.policy_document import DialectsPolicy, Late, Policy, Threshold, Word, WordsPolicy
from moderation.queue import Queue
from moderation.sealing import CORAL, seal
from moderation.secret import load_secret
from moderation.settings import Settings
from moderation.storage import coral_secrets, sites
from moderation.storage.coral_secrets import Secret
from tests.build import NOW
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import default_of, with_settings

SECRET = "a signing secret of Coral's"
STATUSES = {"NONE", "APPROVED", "REJECTED", "PREMOD", "SYSTEM_WITHHELD"}
CODES = {
    "OFFENSIVE", "ABUSIVE", "SPAM", "BANNED_WORD", "AD", "ILLEGAL_CONTENT", "HARASSMENT_BULLYING", "MISINFORMATION",
    "HATE_SPEECH", "IRRELEVANT_CONTENT", "OTHER",
}  # fmt: skip


@pytest.fixture
def coral(api: Api, settings: Settings) -> Api:
    """Give the API of a site whose phase has a secret."""
    put(api)
    add_secret(api, settings, SECRET)
    return api


def put(api: Api, late: Late = Late.RULES_ONLY, take_in: tuple[Any, ...] = ()) -> None:
    """Give the site a policy."""
    words = WordsPolicy(banned=(Word("grumkin"),), suspect=(Word("snark"),))
    thresholds: Any = {**Policy().thresholds, "insult": Threshold(hold=0.6, reject=0.9)}
    policy = Policy(limits=(), words=words, thresholds=thresholds, dialects=DialectsPolicy(take_in, late))
    with api.database.write() as connection:
        sites.put_policy(connection, "news", policy, "test", clock.now())


def add_secret(api: Api, settings: Settings, secret: str) -> None:
    """Store a secret of the site `news`."""
    sealed = seal(Hasher(load_secret(settings)).derive(CORAL), secret)
    with api.database.write() as connection:
        coral_secrets.add_secret(connection, "news", Secret(ids.new_id(clock.now()), sealed, clock.now()))


def body_of(text: str, action: str = "NEW") -> bytes:
    """Return a request as Coral writes it, with two spaces of indent."""
    document = {
        "action": action,
        "comment": {"body": text, "parentID": None},
        "author": {"id": "u-1", "role": "COMMENTER"},
        "story": {"id": "s-1", "url": "https://news.example/1"},
        "site": {"id": "site-1"},
        "tenantID": "t-1",
        "tenantDomain": "coral.news.example",
    }
    return json.dumps(document, indent=2).encode()


def signature(body: bytes, secret: str = SECRET) -> str:
    """Return Coral's signature of a body."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def ask(api: Api, body: bytes, signed: str | None = None, site: str = "news") -> TestResponse:
    """Ask as Coral does."""
    headers = {"X-Coral-Signature": signature(body) if signed is None else signed}
    return api.client.post(f"/coral/{site}", data=body, headers=headers, content_type="application/json")


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("action", ["NEW", "EDIT"])
@pytest.mark.parametrize("text", ["thank you", "<div><b>thank</b> you<br/></div>"])
def test_1_a_comment_that_is_fine_has_no_answer(coral: Api, action: str, text: str) -> None:
    """204 without a body, for a new comment and an edited one, plain and as HTML."""
    response = ask(coral, body_of(text, action))

    assert (response.status_code, response.data) == (204, b"")


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("text", ["you idiot", "<p>you <i>id</i>iot</p>"])
def test_1_4_a_comment_that_is_rejected_says_why(coral: Api, text: str) -> None:
    """Status, flag, code and an explanation that names rule and score."""
    response = ask(coral, body_of(text))

    assert response.status_code == 200
    answer = response.get_json()
    assert answer["status"] == answer["moderationAction"]["status"] == "REJECTED"
    assert answer["actions"] == [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}]
    why = answer["moderationAction"]["rejectionReason"]
    assert why["code"] == "ABUSIVE"
    assert "insult: 0.93, rejects at 0.90" in why["detailedExplanation"]


@pytest.mark.parametrize("signed", ["", "sha256=", "sha256=00", "sha256=ü", "nonsense", f"sha256={'0' * 64}"])
def test_2_a_wrong_signature_is_refused(coral: Api, signed: str) -> None:
    """And so is a site without a secret; nothing is scored."""
    body = body_of("thank you")

    assert ask(coral, body, signed).status_code == 401
    assert ask(coral, body, site="other").status_code == 401
    assert ask(coral, body, site="nowhere").status_code == 401
    assert ask(coral, body + b" ", signature(body)).status_code == 401


@pytest.mark.usefixtures("worker")
def test_2_one_good_signature_is_enough(coral: Api, settings: Settings) -> None:
    """While a secret is rolled there are two, on either side."""
    body = body_of("thank you")

    assert ask(coral, body, f"{signature(body, 'old')}, {signature(body)}").status_code == 204
    add_secret(coral, settings, "new")
    assert ask(coral, body, signature(body, "new")).status_code == 204
    assert ask(coral, body).status_code == 204


@pytest.mark.parametrize(
    ("late", "text", "answer"),
    [
        (Late.OPEN, "a snark", None),
        (Late.HOLD, "thank you", {"status": "PREMOD"}),
        (Late.RULES_ONLY, "thank you", None),
        (Late.RULES_ONLY, "a snark", {"status": "PREMOD"}),
    ],
)
def test_3_who_cannot_wait_is_told_what_is_certain(
    api: Api, settings: Settings, late: Late, text: str, answer: Mapping[str, Any] | None
) -> None:
    """Within Coral's 200 ms, worker or none, as the site's policy says."""
    Queue(settings.redis).redis.flushall()
    put(api, late)
    add_secret(api, settings, SECRET)
    hurried = with_settings(api, settings, coral_timeout_seconds=default_of("coral_timeout_seconds"))
    ask(hurried, body_of("a first request"))  # which fills the caches
    began = clock.monotonic()

    response = ask(hurried, body_of(text))

    assert clock.monotonic() - began < 1.0  # 0.15 s and what a busy machine adds
    assert response.status_code == (204 if answer is None else 200)
    assert answer is None or response.get_json() == answer


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize(
    "code", [*ATTRIBUTES, "raid", "banned_word", "banned_domain", "too_many_links", "duplicate_site", "unscored", "new"]
)
def test_5_only_values_that_coral_knows_are_sent(action: Action, code: str) -> None:
    """One other value, and Coral would drop the whole answer."""
    decision = Decision(action, DecidedBy.POLICY, NOW, 1, (Reason(code, "x" * 2000),))

    answer = told(Judged(decision, UNKNOWN))

    assert set(answer) <= {"status", "actions", "moderationAction"}
    assert answer.get("status", "NONE") in STATUSES
    for flag in answer.get("actions", []):
        assert flag["actionType"] == "FLAG"
        assert flag["reason"] in {"COMMENT_DETECTED_TOXIC", "COMMENT_DETECTED_SPAM"}
    if action is Action.REJECT:
        assert answer["moderationAction"]["rejectionReason"]["code"] in CODES
        assert 0 < len(answer["moderationAction"]["rejectionReason"]["detailedExplanation"]) <= 500
    assert (answer == {}) == (action is Action.APPROVE)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("toxicity", {"status": "SYSTEM_WITHHELD", "reason": "COMMENT_DETECTED_TOXIC"}),
        ("spam", {"status": "SYSTEM_WITHHELD", "reason": "COMMENT_DETECTED_SPAM"}),
        ("raid", {"status": "SYSTEM_WITHHELD", "reason": "COMMENT_DETECTED_SPAM"}),
        ("suspect_word", {"status": "PREMOD", "reason": None}),
        ("unscored", {"status": "PREMOD", "reason": None}),
    ],
)
def test_what_is_held_is_withheld_or_waits(code: str, answer: Mapping[str, str | None]) -> None:
    """For toxicity and spam Coral has a status and flags of its own."""
    decision = Decision(Action.HOLD, DecidedBy.POLICY, NOW, 1, (Reason(code, "why"),))

    said = told(Judged(decision, UNKNOWN))

    assert said["status"] == answer["status"]
    assert [one["reason"] for one in said.get("actions", [])] == ([answer["reason"]] if answer["reason"] else [])


def test_6_a_request_that_is_sent_again_changes_nothing(api: Api, settings: Settings) -> None:
    """There is no time in what is signed, so anyone who saw a request can send it again."""
    Queue(settings.redis).redis.flushall()
    put(api, take_in=("coral",))
    add_secret(api, settings, SECRET)
    body = body_of("a grumkin")

    first, again = ask(api, body), ask(api, body)

    assert first.get_json() == again.get_json()
    (kept,) = api.call("GET", "/v1/comments").get_json()["comments"]
    assert (kept["text"], kept["status"], kept["revision"]) == ("a grumkin", "rejected", 1)
    assert kept["thread"] == {"id": "s-1", "url": "https://news.example/1", "title": None, "section": None}


def test_18_over_the_limit_is_too_many_requests(coral: Api, settings: Settings) -> None:
    """With when to come again."""
    limited = with_settings(coral, settings, coral_per_minute=1)
    ask(limited, body_of("a grumkin"))

    refused = ask(limited, body_of("a grumkin"))

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"comment": {}}', b"\xff", b'{"comment": {"body": 7}}'])
def test_what_is_no_request_is_refused(coral: Api, body: bytes) -> None:
    """Coral skips the phase then."""
    assert ask(coral, body).status_code in {400, 422}


def test_a_secret_of_another_installation_opens_nothing(coral: Api) -> None:
    """A database that came without the service's secret has secrets that nobody can read."""
    with coral.database.write() as connection:
        for one in coral_secrets.list_secrets(connection, "news"):
            coral_secrets.remove_secret(connection, "news", one.id)
        foreign = Secret(ids.new_id(clock.now()), seal(bytes(32), SECRET), clock.now())
        coral_secrets.add_secret(connection, "news", foreign)

    assert ask(coral, body_of("thank you")).status_code == 401
