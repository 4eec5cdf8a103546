"""Akismet's API over HTTP, with scores from a table; the numbers are those of the contract's checklist.

Long because each line of the checklist has its own short test.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from moderation import clock
from moderation.dialects.akismet_keys import TRIES
from moderation.dialects.akismet_verdicts import THANKS
from moderation.hashing import Hasher
from moderation.policy_document import DialectsPolicy, Late, Policy, Word, WordsPolicy
from moderation.queue import Queue
from moderation.secret import load_secret
from moderation.settings import Settings
from moderation.storage import labels, sites
from moderation.storage.comments import list_page
from moderation.storage.filters import Filter
from tests.answering import Answerer, answering, result
from tests.build import add_akismet_key
from tests.dialects.akismet_site import CHECK
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import default_of, with_settings

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
POLICY = Policy(
    limits=(),
    words=WordsPolicy(banned=(Word("grumkin"),), suspect=(Word("snark"),)),
    dialects=DialectsPolicy(take_in=(), late=Late.RULES_ONLY),
)


@pytest.fixture
def key(api: Api, settings: Settings) -> str:
    """Give an Akismet key of a site whose comments are only looked at."""
    with api.database.write() as connection:
        sites.put_policy(connection, "news", POLICY, "test", clock.now())
    return add_akismet_key(api.database, Hasher(load_secret(settings)))


def call(api: Api, path: str, fields: Mapping[str, str], **options: Any) -> TestResponse:
    """Post a form, without the native key."""
    return api.client.post(path, data=fields, **options)


def check(api: Api, key: str, **fields: str) -> TestResponse:
    """Have a comment checked."""
    return call(api, "/1.1/comment-check", {"api_key": key, **CHECK, **fields})


@pytest.mark.parametrize("field", ["key", "api_key"])
def test_1_a_key_is_good_or_not(api: Api, key: str, field: str) -> None:
    """The answer is always 200; what to do about a wrong key is in a header."""
    good = call(api, "/1.1/verify-key", {field: key, "blog": "https://blog.example"})
    wrong = call(api, "/1.1/verify-key", {field: "0" * 12})

    assert (good.status_code, good.data, good.mimetype) == (200, b"valid", "text/plain")
    assert "X-akismet-debug-help" not in good.headers
    assert (wrong.status_code, wrong.data, wrong.mimetype) == (200, b"invalid", "text/plain")
    assert wrong.headers["X-akismet-debug-help"]


@pytest.mark.usefixtures("worker")
def test_2_15_17_an_answer_is_a_word_and_has_an_id(api: Api, key: str) -> None:
    """No newline, no explanation that clients would take for an error; what was wrong has a header of ours."""
    spam, ham, wrong = check(api, key, comment_content="a grumkin"), check(api, key), check(api, "f" * 12)

    assert [one.data for one in (spam, ham, wrong)] == [b"true", b"false", b"invalid"]
    for one in (spam, ham):
        assert one.mimetype == "text/plain"
        assert one.headers["X-akismet-guid"]
        assert not {"X-akismet-debug-help", "X-akismet-alert-code"} & set(one.headers.keys())
    assert spam.headers["X-Moderation-Reasons"] == "banned_word"
    assert "X-akismet-debug-help" in wrong.headers


@pytest.mark.parametrize(
    ("host", "fields", "answer"),
    [
        ("{key}.rest.akismet.com", {}, b"valid"),
        ("{KEY}.rest.akismet.com:443", {}, b"valid"),
        ("{key}.rest.akismet.com", {"api_key": "0" * 12}, b"invalid"),
        ("000000000000.rest.akismet.com", {"api_key": "{KEY}"}, b"valid"),
        ("moderation.example.org", {}, b"invalid"),
        ("127.0.0.1", {}, b"invalid"),
        ("{key}", {}, b"invalid"),
    ],
)
def test_3_the_key_stands_in_a_field_or_in_the_host(
    api: Api, key: str, host: str, fields: Mapping[str, str], answer: bytes
) -> None:
    """In any letter case; the field wins, and other hosts are taken for no key."""

    def filled(text: str) -> str:
        return text.format(key=key, KEY=key.upper())

    response = call(
        api,
        "/1.1/verify-key",
        {name: filled(value) for name, value in fields.items()},
        headers={"Host": filled(host)},
    )

    assert response.data == answer


@pytest.mark.usefixtures("worker")
def test_5_any_character_set_is_read(api: Api, key: str) -> None:
    """A form may say in which one it is written."""
    for charset in ("UTF-8", "iso-8859-1", "no-such-set"):
        said = f"application/x-www-form-urlencoded; charset={charset}"
        assert check_raw(api, key, "comment_content=a+gr%75mkin", said).data == b"true"


def check_raw(api: Api, key: str, form: str, content_type: str = FORM) -> TestResponse:
    """Have a form checked as it is written."""
    return api.client.post(f"/1.1/comment-check?api_key={key}", data=form.encode(), content_type=content_type)


@pytest.mark.usefixtures("worker")
def test_6_json_is_taken_too(api: Api, key: str) -> None:
    """For checks and for submissions; a value may be of any kind."""
    body = {"api_key": key, **CHECK, "comment_content": "a grumkin", "is_test": False, "user_ip": None, "extra": [1]}

    answers = {
        path: api.client.post(path, json=body).data
        for path in ("/1.1/comment-check", "/1.1/submit-spam", "/1.1/submit-ham")
    }

    assert answers == {
        "/1.1/comment-check": b"true", "/1.1/submit-spam": THANKS.encode(), "/1.1/submit-ham": THANKS.encode()
    }  # fmt: skip


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"a":' * 100_000])
def test_what_is_no_json_object_is_invalid(api: Api, key: str, body: bytes) -> None:
    """With what to do about it, and never 500."""
    response = api.client.post(f"/1.1/comment-check?api_key={key}", data=body, content_type="application/json")

    assert (response.status_code, response.data) == (200, b"invalid")
    assert "JSON" in response.headers["X-akismet-debug-help"]


@pytest.mark.parametrize("path", ["/1.1/get-stats", "/1.2/get-key-stats", "/1.2/key-sites", "/1.2/usage-limit"])
def test_7_figures_are_asked_for_in_the_query_or_the_body(api: Api, key: str, path: str) -> None:
    """By GET and by POST, with the key anywhere."""
    answers = [
        api.client.get(f"{path}?api_key={key}"),
        api.client.post(f"{path}?key={key}"),
        call(api, path, {"key": key}),
    ]

    assert [one.status_code for one in answers] == [200, 200, 200]
    assert len({json.dumps(one.get_json()) for one in answers}) == 1


@pytest.mark.usefixtures("worker")
def test_8_9_what_is_missing_is_not_needed(api: Api, key: str) -> None:
    """Neither an address, nor the blog of a submission."""
    assert check(api, key, user_ip="").data == b"false"
    for path in ("/1.1/submit-spam", "/1.1/submit-ham"):
        assert call(api, path, {"api_key": key, "comment_content": "buy"}).data == THANKS.encode()


@pytest.mark.parametrize(
    ("flag", "learns"), [("1", False), ("true", False), ("True", False), ("false", True), ("0", True), ("", True)]
)
def test_12_tests_teach_nothing(api: Api, key: str, flag: str, *, learns: bool) -> None:
    """A flag that says no is no flag."""
    call(api, "/1.1/submit-spam", {"api_key": key, "comment_content": "buy shoes", "is_test": flag})

    with api.database.read() as connection:
        found = labels.suggested(connection, "news", 10)
    assert [(one.text, one.attributes) for one in found] == ([("buy shoes", {"spam": True})] if learns else [])


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"comment_author": "akismet-guaranteed-spam"}, b"true"),
        ({"comment_author": "viagra-test-123"}, b"true"),
        ({"comment_author_email": "akismet-guaranteed-spam@example.com"}, b"true"),
        ({"user_role": "administrator"}, b"false"),
        ({"user_role": "editor, administrator", "comment_content": "a grumkin"}, b"false"),
        ({"user_role": "super_admin"}, b"false"),
    ],
)
def test_13_test_values_have_a_certain_answer(api: Api, key: str, fields: Mapping[str, str], answer: bytes) -> None:
    """Without any worker, and without the advice to throw anything away."""
    response = check(api, key, **fields)

    assert (response.data, response.headers.get("X-akismet-pro-tip")) == (answer, None)
    assert response.headers["X-akismet-guid"]


def test_14_what_only_a_robot_does_reaches_the_scorer(api: Api, key: str, worker: Answerer) -> None:
    """A filled field that people do not see, and a form without its script; the time of day is no such sign."""
    check(api, key, honeypot_field_name="trap", trap="http://x.example")
    check(api, key, POST_ak_hp_textarea="hello")
    check(api, key, POST_ak_js="120")
    check(api, key, POST_ak_js="1790000000000")

    found = [ask.beside and (ask.beside.honeypot, ask.beside.filled_in_ms) for ask in worker.taken]
    assert found == [("http://x.example", None), ("hello", None), (None, 120), (None, None)]


@pytest.mark.parametrize(("spam", "tip"), [(0.995, "discard"), (0.985, None), (0.01, None)])
def test_16_only_the_blatant_is_to_be_discarded(
    api: Api, key: str, settings: Settings, spam: float, tip: str | None
) -> None:
    """From the threshold on, and only beside `true`."""
    queue = Queue(settings.redis)
    queue.redis.flushall()
    with answering(queue, lambda _: result(spam=spam)):
        response = check(api, key)

    assert response.data == (b"true" if spam > 0.5 else b"false")
    assert response.headers.get("X-akismet-pro-tip") == tip
    assert float(response.headers["X-Moderation-Score"]) == spam


def test_20_a_key_that_is_missing_is_invalid(api: Api) -> None:
    """Never 400 or 401."""
    answers = [
        api.client.get("/1.2/key-sites"),
        call(api, "/1.2/usage-limit", {"api_key": "nonsense"}),
        call(api, "/1.1/deactivate", {}),
        call(api, "/1.1/token", {"api_key": "x" * 12}),
    ]

    assert {(one.status_code, one.data) for one in answers} == {(200, b"invalid")}


def test_22_switching_off_is_confirmed(api: Api, key: str) -> None:
    """In the very word; the key goes on working."""
    assert call(api, "/1.1/deactivate", {"key": key, "blog": "https://blog.example"}).data == b"deactivated"
    assert call(api, "/1.1/token", {"api_key": key}).data not in {b"", b"invalid"}


@pytest.mark.parametrize(("text", "answer"), [("thank you", b"false"), ("a snark", b"true")])
def test_24_who_cannot_wait_is_told_by_the_rules(
    api: Api, key: str, settings: Settings, text: str, answer: bytes
) -> None:
    """Half a second is all that a check takes, worker or none; what may yet turn out spam can be asked again."""
    Queue(settings.redis).redis.flushall()
    hurried = with_settings(api, settings, akismet_timeout_seconds=default_of("akismet_timeout_seconds"))
    began = clock.monotonic()

    response = check(hurried, key, comment_content=text)

    assert clock.monotonic() - began < 1.0
    assert response.data == answer
    assert ("X-akismet-recheck-after" in response.headers) == (answer == b"false")
    assert "unscored" in response.headers["X-Moderation-Reasons"]


@pytest.mark.usefixtures("worker")
def test_29_over_the_limit_is_too_many_requests(api: Api, key: str, settings: Settings) -> None:
    """With when to come again, and no word that could be taken for an answer."""
    limited = with_settings(api, settings, akismet_per_minute=1)

    check(limited, key)
    refused = check(limited, key)

    assert (refused.status_code, refused.data) == (429, b"")
    assert int(refused.headers["Retry-After"]) > 0


def test_29_a_failure_is_never_ham(api: Api, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong here has the status of an error."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("moderation.dialects.akismet.judge", broken)

    response = check(api, key)

    assert response.status_code == 500
    assert b"false" not in response.data


def test_guessing_is_slowed_down(api: Api, key: str, settings: Settings) -> None:
    """After many wrong keys from one address a new key is not looked up, one that was right from there is."""
    Queue(settings.redis).redis.flushall()
    verify = {"key": key}
    other = add_akismet_key(api.database, Hasher(load_secret(settings)), "other")
    assert call(api, "/1.1/verify-key", verify).data == b"valid"
    for number in range(TRIES):
        assert call(api, "/1.1/verify-key", {"key": f"{number:012x}"}).data == b"invalid"

    refused = call(api, "/1.1/verify-key", {"key": other})
    elsewhere = call(api, "/1.1/verify-key", {"key": other}, environ_base={"REMOTE_ADDR": "198.51.100.7"})

    assert (refused.status_code, refused.data) == (429, b"")
    assert int(refused.headers["Retry-After"]) > 0
    assert (call(api, "/1.1/verify-key", verify).data, elsewhere.data) == (b"valid", b"valid")


def test_a_native_key_is_none_of_akismets(api: Api, key: str) -> None:
    """And an Akismet key opens nothing else."""
    assert call(api, "/1.1/verify-key", {"key": api.key}).data == b"invalid"
    headers = {"Authorization": f"Bearer {key}"}
    assert api.client.get("/v1/comments", headers=headers).status_code == 401


@pytest.mark.usefixtures("worker")
def test_a_test_is_not_kept(api: Api, key: str) -> None:
    """Even where comments are taken in."""
    with api.database.write() as connection:
        sites.put_policy(connection, "news", Policy(limits=()), "test", clock.now() + timedelta(seconds=1))

    assert check(api, key, is_test="1").data == b"false"

    with api.database.read() as connection:
        assert list_page(connection, "news", Filter(), limit=10, before_id=None) == []
