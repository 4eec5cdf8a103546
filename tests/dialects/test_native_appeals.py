"""The native API's appeals."""

from typing import Any

import pytest

from moderation.model import Scope
from tests.dialects.conftest import Api


def rejected(api: Api, **fields: Any) -> str:
    """Return the id of a rejected comment."""
    one: str = api.post(**fields).get_json()["id"]
    api.call("POST", f"/v1/comments/{one}/decision", json={"action": "reject", "reason": "spam"})
    return one


def appeal(api: Api, **fields: Any) -> Any:
    """Open an appeal and return the answer."""
    return api.call("POST", "/v1/appeals", json=fields)


def test_an_appeal_from_opening_to_outcome(api: Api) -> None:
    """By the site's own id of the comment; the answer says where the appeal is, and what it is against."""
    one = rejected(api, external_id="c-1", author={"id": "kim"})

    opened = appeal(api, external_id="c-1", text="I quoted", author={"id": "kim"})
    path = opened.headers["Location"]
    shown = api.call("GET", path).get_json()
    decided = api.call("POST", f"{path}/decision", json={"outcome": "overturned", "note": "Quoted"}).get_json()

    assert opened.status_code == 201
    assert shown == opened.get_json()
    assert {name: shown[name] for name in ("status", "outcome", "text", "comment_id", "external_id")} == {
        "status": "open", "outcome": None, "text": "I quoted", "comment_id": one, "external_id": "c-1",
    }  # fmt: skip
    assert (shown["decision"]["action"], shown["decision"]["actor"], shown["comment_revision"]) == ("reject", "test", 1)
    assert (decided["outcome"], decided["by"], decided["note"], decided["comment_status"]) == (
        "overturned", "api", "Quoted", "approved",
    )  # fmt: skip
    comment = api.call("GET", f"/v1/comments/{one}").get_json()
    assert comment["status"] == "approved"
    assert comment["decision"]["reasons"][0]["code"] == "appeal"


def test_a_retry_opens_no_second_appeal(api: Api) -> None:
    """The same key and body get the first answer again; another body is refused."""
    one, headers = rejected(api), {"Idempotency-Key": "a-1"}
    first, again, other = (
        api.call("POST", "/v1/appeals", json={"comment_id": one, "text": text}, headers=headers)
        for text in ("Why?", "Why?", "Really, why?")
    )

    assert (again.status_code, again.get_json()) == (201, first.get_json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_reused")


def test_refusals_have_codes(api: Api) -> None:
    """Each case its own."""
    approved, one = api.post().get_json()["id"], rejected(api, author={"id": "kim"})
    api.call("POST", f"/v1/comments/{approved}/decision", json={"action": "approve"})
    appeal(api, comment_id=one)

    for status, code, body in (
        (409, "not_appealable", {"comment_id": approved}),
        (409, "appeal_open", {"comment_id": one}),
        (404, "not_found", {"comment_id": "none"}),
        (404, "not_found", {"external_id": "none"}),
        (403, "not_the_author", {"comment_id": one, "author": {"id": "lee"}}),
        (422, "invalid_input", {}),
        (422, "invalid_input", {"comment_id": one, "text": "x" * 2001}),
        (422, "invalid_input", {"comment_id": one, "text": "a\0b"}),
    ):
        answer = appeal(api, **body)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code), body


def test_a_closed_appeal_stays_closed(api: Api) -> None:
    """The same outcome again is no mistake, another is; and the decision cannot be appealed against again."""
    one = rejected(api)
    path = f"{appeal(api, comment_id=one).headers['Location']}/decision"

    stale = api.call("POST", path, json={"outcome": "overturned", "expected_revision": 2})
    answers = [api.call("POST", path, json={"outcome": outcome}) for outcome in ("upheld", "upheld", "overturned")]

    assert stale.get_json()["code"] == "stale"
    assert [one.status_code for one in answers] == [200, 200, 409]
    assert answers[0].get_json() == answers[1].get_json()
    assert (answers[2].get_json()["code"], answers[2].get_json()["outcome_now"]) == ("appeal_closed", "upheld")
    assert appeal(api, comment_id=one).get_json()["code"] == "appeal_decided"


def test_appeals_are_listed_in_pages(api: Api) -> None:
    """Newest first, by status, outcome and comment."""
    made = [appeal(api, comment_id=rejected(api, author={"id": str(at)})).get_json() for at in range(3)]
    api.call("POST", f"/v1/appeals/{made[0]['id']}/decision", json={"outcome": "upheld"})

    def listed(query: str) -> list[str]:
        return [one["id"] for one in api.call("GET", f"/v1/appeals?{query}").get_json()["appeals"]]

    first = api.call("GET", "/v1/appeals?limit=2").get_json()
    assert [one["id"] for one in first["appeals"]] + listed(f"cursor={first['next']}") == [
        one["id"] for one in made[::-1]
    ]
    assert listed("status=open") == [made[2]["id"], made[1]["id"]]
    assert listed("outcome=upheld") == [made[0]["id"]]
    assert listed(f"comment={made[1]['comment_id']}") == [made[1]["id"]]
    assert api.call("GET", "/v1/appeals?cursor=none").status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "", Scope.SUBMIT),
        ("GET", "", Scope.READ),
        ("GET", "/x", Scope.READ),
        ("POST", "/x/decision", Scope.DECIDE),
    ],
)
def test_each_call_needs_its_scope(api: Api, method: str, path: str, scope: Scope) -> None:
    """The site's back end hands in, whoever decides comments decides appeals."""
    others = api.with_key("news", [one for one in Scope if one is not scope])

    assert others.call(method, f"/v1/appeals{path}", json={}).get_json()["scope"] == scope.value
