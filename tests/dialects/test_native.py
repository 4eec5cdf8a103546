"""The native API: shapes, statuses, headers and refusals.

Long because each promise of the contract has its own short test, in the contract's order.
"""

from typing import Any

import pytest

from moderation.model import Scope
from tests.dialects.conftest import Api

COMMENT = {"text": "A fine article, thank you", "thread": {"id": "t1"}}


def test_a_posted_comment_waits_with_its_length(api: Api) -> None:
    """A comment is answered with 202, its place and its length."""
    answer = api.post("  Grüße 👨‍👩‍👧‍👦\r\n")

    assert answer.status_code == 202
    document = answer.get_json()
    assert answer.headers["Location"] == f"/v1/comments/{document['id']}"
    assert document["status"] == "pending"
    assert document["revision"] == 1
    assert document["length"] == {"count": 7, "limit": 300, "unit": "graphemes"}
    assert document["decision"] is None
    assert set(document["scores"].values()) == {None}
    assert api.call("GET", answer.headers["Location"]).get_json() == document


def test_everything_a_site_may_say_comes_back(api: Api) -> None:
    """Thread, author, parent, time and metadata are kept; the address is not."""
    sent = {
        "text": "With everything",
        "thread": {"id": "news/4711", "url": "https://example.com/4711", "title": "A title", "section": "politics"},
        "author": {"id": "u-17", "name": "Kim", "email": "kim@example.com", "ip": "203.0.113.9", "url": None},
        "external_id": "c-991",
        "parent_id": "c-990",
        "language": "en",
        "created_at": "2026-11-25T10:00:00Z",
        "signals": {"honeypot": "", "filled_in_ms": 5200, "user_agent": "curl", "referrer": "https://example.com"},
        "metadata": {"a": [1, {"b": None}]},
    }

    document = api.call("POST", "/v1/comments", json=sent).get_json()

    assert document["thread"] == sent["thread"]
    assert document["author"] == {"id": "u-17", "name": "Kim", "email": "kim@example.com", "url": None}
    assert document["external_id"] == "c-991"
    assert document["parent_id"] == "c-990"
    assert document["created_at"] == "2026-11-25T10:00:00.000Z"
    assert document["metadata"] == sent["metadata"]
    assert "203.0.113" not in str(document)


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (b"", 400, "invalid_json", None),
        (b"{", 400, "invalid_json", None),
        (b"[" * 100_000, 400, "invalid_json", None),
        (b'{"text": "\xff"}', 400, "invalid_json", None),
        (rb'{"text": "\ud800", "thread": {"id": "t"}}', 400, "invalid_json", None),
        (rb'{"text": "a\u0000b", "thread": {"id": "t"}}', 422, "invalid_input", "text"),
        (b"[]", 422, "invalid_input", ""),
        (b"{}", 422, "invalid_input", "text"),
        (b'{"text": 5, "thread": {"id": "t"}}', 422, "invalid_input", "text"),
        (b'{"text": "a", "thread": {"id": 5}}', 422, "invalid_input", "thread.id"),
        (b'{"text": "a", "thread": {"id": ""}}', 422, "invalid_input", "thread.id"),
        (b'{"text": "a", "thread": {"id": "t"}, "hm": 1}', 422, "invalid_input", "hm"),
        (b'{"text": "a", "thread": {"id": "t"}, "author": {"ip": "1.2.3"}}', 422, "invalid_input", "author.ip"),
        (b'{"text": "a", "thread": {"id": "t"}, "created_at": "now"}', 422, "invalid_input", "created_at"),
        (b'{"text": "a", "thread": {"id": "t"}, "language": "English!"}', 422, "invalid_input", "language"),
        (b'{"text": " \\u200b\\n ", "thread": {"id": "t"}}', 422, "empty", None),
    ],
)
def test_bad_input_is_told_by_field(api: Api, body: bytes, status: int, code: str, field: str | None) -> None:
    """What cannot be taken is a problem that names the field, and nothing is stored."""
    answer = api.call("POST", "/v1/comments", data=body, content_type="application/json")

    document = answer.get_json()
    assert (answer.status_code, document["code"]) == (status, code)
    assert answer.mimetype == "application/problem+json"
    assert document["type"] == f"urn:moderation:problem:{code}"
    if field is not None:
        assert field in [error["field"] for error in document["errors"]]
    assert api.call("GET", "/v1/comments").get_json()["comments"] == []


def test_only_json_is_read(api: Api) -> None:
    """A body that is not declared as JSON is refused with 415."""
    answer = api.call("POST", "/v1/comments", data=b"text=hello", content_type="text/plain")

    assert answer.status_code == 415


def test_a_large_body_is_not_read(api: Api) -> None:
    """More than a megabyte is refused with 413."""
    answer = api.call("POST", "/v1/comments", data=b"x" * 1_000_001, content_type="application/json")

    assert answer.status_code == 413


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer mod_x_y", "Basic abc", "Bearer " + "a" * 5000])
def test_without_a_valid_key_nothing_works(api: Api, header: str) -> None:
    """Every route asks for a key, and says how to send it."""
    answer = api.client.post("/v1/comments", json=COMMENT, headers={"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("scope", "method", "path", "body"),
    [
        (Scope.SUBMIT, "POST", "/v1/comments", COMMENT),
        (Scope.SUBMIT, "POST", "/v1/comments/batch", {"comments": [COMMENT]}),
        (Scope.READ, "GET", "/v1/comments", None),
        (Scope.READ, "GET", "/v1/threads/t1", None),
        (Scope.DECIDE, "POST", "/v1/comments/x/decision", {"action": "approve"}),
        (Scope.SCORE, "POST", "/v1/score", {"texts": ["a"]}),
        (Scope.MANAGE, "PUT", "/v1/policy", {}),
        (Scope.MANAGE, "GET", "/v1/endpoints", None),
    ],
)
def test_a_key_does_only_what_its_scopes_allow(api: Api, scope: Scope, method: str, path: str, body: Any) -> None:
    """A key without the scope gets 403 and is told which one it lacks."""
    weak = api.with_key("news", [one for one in Scope if one is not scope])

    answer = weak.call(method, path, json=body)

    assert answer.status_code == 403
    assert answer.get_json()["scope"] == scope.value


def test_another_site_sees_nothing(api: Api) -> None:
    """A comment of one site does not exist for the key of another."""
    comment_id = api.post().get_json()["id"]
    other = api.with_key("other", list(Scope))

    for method, path, body in (
        ("GET", f"/v1/comments/{comment_id}", None),
        ("PATCH", f"/v1/comments/{comment_id}", {"text": "Mine now"}),
        ("DELETE", f"/v1/comments/{comment_id}", None),
        ("POST", f"/v1/comments/{comment_id}/decision", {"action": "approve"}),
        ("GET", "/v1/threads/t1", None),
    ):
        assert other.call(method, path, json=body).status_code == 404, (method, path)
    assert other.call("GET", "/v1/comments").get_json()["comments"] == []


def test_an_idempotency_key_gives_the_first_answer_again(api: Api) -> None:
    """The same key and body: the first answer; another body: 422; and one comment is stored."""
    headers = {"Idempotency-Key": "k-1"}
    first = api.call("POST", "/v1/comments", json=COMMENT, headers=headers)

    again = api.call("POST", "/v1/comments", json=COMMENT, headers=headers)
    other = api.call("POST", "/v1/comments", json={**COMMENT, "text": "Another"}, headers=headers)

    assert again.status_code == first.status_code
    assert again.get_json() == first.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.get_json()["code"] == "idempotency_reused"
    assert len(api.call("GET", "/v1/comments").get_json()["comments"]) == 1


def test_a_request_that_still_runs_is_not_run_again(api: Api) -> None:
    """While the first request with a key runs, a second one is told so with 409."""
    engine = api.client.application.extensions["moderation"]
    assert engine.parts.queue.begin("news", "k-2")

    answer = api.call("POST", "/v1/comments", json=COMMENT, headers={"Idempotency-Key": "k-2"})

    assert answer.status_code == 409
    assert answer.get_json()["code"] == "idempotency_running"
    engine.parts.queue.end("news", "k-2")


def test_a_refusal_is_not_remembered(api: Api) -> None:
    """After a refusal the same key can be used for a better text."""
    headers = {"Idempotency-Key": "k-3"}
    refused = api.call("POST", "/v1/comments", json={**COMMENT, "text": "x" * 301}, headers=headers)

    taken = api.call("POST", "/v1/comments", json=COMMENT, headers=headers)

    assert refused.get_json() | {"code": "too_long", "count": 301, "limit": 300, "unit": "graphemes"} == (
        refused.get_json()
    )
    assert taken.status_code == 202


def test_waiting_ends_when_the_time_is_over(api: Api) -> None:
    """Without a worker a caller that waits gets 202 when its seconds are over."""
    answer = api.call("POST", "/v1/comments", json=COMMENT, headers={"Prefer": "respond-async, wait=0.1"})

    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=0.1"


def test_a_batch_answers_each_comment_in_order(api: Api) -> None:
    """Good and bad comments of a batch have each their own result, and a repeated batch stores nothing new."""
    batch = {"comments": [{**COMMENT, "external_id": "b-1"}, {"text": 5}, 7, {**COMMENT, "text": "x" * 301}]}

    first = api.call("POST", "/v1/comments/batch", json=batch, headers={"Idempotency-Key": "b"})
    second = api.call("POST", "/v1/comments/batch", json=batch, headers={"Idempotency-Key": "b"})

    assert first.status_code == 207
    results = first.get_json()["results"]
    assert [result["status_code"] for result in results] == [202, 422, 422, 422]
    assert [result.get("code") for result in results] == [None, "invalid_input", "invalid_input", "too_long"]
    assert second.get_json() == first.get_json()


def test_a_batch_has_an_upper_bound(api: Api) -> None:
    """Five hundred comments are taken at once, not one more."""
    comments = [{"text": f"Number {number}", "thread": {"id": "t"}} for number in range(501)]

    assert api.call("POST", "/v1/comments/batch", json={"comments": comments}).status_code == 422
    answer = api.call("POST", "/v1/comments/batch", json={"comments": comments[:500]})
    assert [result["status_code"] for result in answer.get_json()["results"]] == [202] * 500


def test_the_list_goes_page_by_page_and_filters(api: Api) -> None:
    """Pages follow one another by cursor, newest first; filters narrow them."""
    ids = [api.post(f"Comment number {number}", f"t{number % 2}").get_json()["id"] for number in range(5)]

    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = api.call("GET", "/v1/comments", query_string=query).get_json()
        seen += [comment["id"] for comment in page["comments"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == ids[::-1]
    for query, expected in (
        ({"thread": "t1"}, [ids[3], ids[1]]),
        ({"q": "NUMBER 4"}, [ids[4]]),
        ({"q": "100%"}, []),
        ({"status": "held"}, []),
        ({"after": "2100-01-01T00:00:00Z"}, []),
        ({"before": "2000-01-01T00:00:00Z"}, []),
    ):
        found = api.call("GET", "/v1/comments", query_string=query).get_json()["comments"]
        assert [comment["id"] for comment in found] == expected, query


@pytest.mark.parametrize(
    "query", ["status=nice", "limit=0", "limit=201", "cursor=xx", "before=yesterday", "hm=1", "span_units=words"]
)
def test_a_bad_query_is_told(api: Api, query: str) -> None:
    """Unknown or impossible parameters are refused, not ignored."""
    answer = api.call("GET", f"/v1/comments?{query}")

    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == query.split("=", maxsplit=1)[0]


def test_an_edit_is_a_new_revision(api: Api) -> None:
    """An edited comment waits again under the next revision; what the rules refuse leaves it as it was."""
    comment_id = api.post().get_json()["id"]

    edited = api.call("PATCH", f"/v1/comments/{comment_id}", json={"text": "Better"})
    refused = api.call("PATCH", f"/v1/comments/{comment_id}", json={"text": "x" * 301})

    assert edited.status_code == 202
    assert (edited.get_json()["revision"], edited.get_json()["text"]) == (2, "Better")
    assert refused.get_json()["code"] == "too_long"
    assert api.call("GET", f"/v1/comments/{comment_id}").get_json()["text"] == "Better"


def test_a_decision_moves_the_counts(api: Api) -> None:
    """The site's own decision is in force at once, shows who made it, and is counted."""
    comment_id = api.post().get_json()["id"]

    decided = api.call(
        "POST", f"/v1/comments/{comment_id}/decision", json={"action": "reject", "reason": "off topic", "note": "hm"}
    ).get_json()

    assert decided["status"] == "rejected"
    assert decided["decision"]["by"] == "api"
    assert decided["decision"]["actor"] == "test"
    assert decided["decision"]["reasons"][0]["detail"] == "off topic"
    counts = {"pending": 0, "approved": 0, "held": 0, "rejected": 1}
    assert api.call("GET", "/v1/threads/t1").get_json()["counts"] == counts
    answer = api.call("POST", "/v1/threads/counts", json={"ids": ["t1", "nothing here"]}).get_json()
    assert answer["counts"] == {"t1": counts, "nothing here": dict.fromkeys(counts, 0)}


def test_an_outdated_decision_is_refused(api: Api) -> None:
    """Who expects another revision or status gets 409 and is told how it is now."""
    comment_id = api.post().get_json()["id"]

    answer = api.call(
        "POST", f"/v1/comments/{comment_id}/decision", json={"action": "approve", "expected_status": "held"}
    )

    assert answer.status_code == 409
    assert answer.get_json()["status_now"] == "pending"


def test_erasing_gives_a_receipt_and_leaves_the_count(api: Api) -> None:
    """An erased comment has no text and no author any more, and cannot be edited or decided; erasing twice is once."""
    comment_id = api.post(author={"name": "Kim"}).get_json()["id"]

    receipt = api.call("DELETE", f"/v1/comments/{comment_id}")
    again = api.call("DELETE", f"/v1/comments/{comment_id}")

    assert receipt.status_code == 200
    assert again.get_json()["erased_at"] == receipt.get_json()["erased_at"]
    assert [one.get_json()["receipt"]["rows"]["comments"] for one in (receipt, again)] == [1, 0]
    left = api.call("GET", f"/v1/comments/{comment_id}").get_json()
    assert (left["text"], left["author"]) == (None, None)
    assert left["erased_at"] == receipt.get_json()["erased_at"]
    assert api.call("PATCH", f"/v1/comments/{comment_id}", json={"text": "back"}).status_code == 404
    assert sum(api.call("GET", "/v1/threads/t1").get_json()["counts"].values()) == 1


def test_scores_without_a_worker_are_unavailable(api: Api) -> None:
    """When no worker answers, the caller hears so with 503 and when to try again."""
    engine = api.client.application.extensions["moderation"]
    engine.settings = engine.settings.model_copy(update={"score_timeout_seconds": 0.1})

    answer = api.call("POST", "/v1/score", json={"texts": ["hello"]})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize(("units", "expected"), [("code_points", (8, 14)), ("utf16", (9, 15)), ("bytes", (11, 17))])
def test_spans_are_counted_as_asked(api: Api, units: str, expected: tuple[int, int]) -> None:
    """A reason's spans come in code points, UTF-16 units or bytes."""
    policy = {"words": {"banned": [{"term": "casino"}]}}
    api.call("PUT", "/v1/policy", json=policy)

    document = api.call(
        "POST", f"/v1/comments?span_units={units}", json={**COMMENT, "text": "🎰 at my casino"}
    ).get_json()

    assert document["status"] == "rejected"
    span = document["decision"]["reasons"][0]["spans"][0]
    assert (span["start"], span["end"]) == expected
