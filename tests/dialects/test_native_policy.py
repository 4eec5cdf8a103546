"""The native API's previews, versions and presets of a policy."""

from typing import Any

import pytest

from moderation.model import Scope
from tests.dialects.conftest import Api


def put(api: Api, **policy: Any) -> None:
    """Put a policy in force."""
    assert api.call("PUT", "/v1/policy", json=policy).status_code == 200


def preview(api: Api, **body: Any) -> Any:
    """Return what a preview answers."""
    answer = api.call("POST", "/v1/policy/preview", json=body)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_a_preview_says_what_would_change(api: Api) -> None:
    """Counts now and then, and for each change how many and which comments, with their reasons."""
    put(api, words={"banned": [{"term": "swordfish"}, {"term": "trout"}]})
    ids = [api.post(f"I like {fish} on {day}").get_json()["id"] for fish in ("swordfish", "trout") for day in "12"]
    policy = {"words": {"banned": [{"term": "swordfish"}], "suspect": [{"term": "trout"}]}, "unknown": "approve"}

    found = preview(api, policy=policy, samples=1)

    assert found["oldest"].endswith("Z")
    assert {name: value for name, value in found.items() if name != "oldest"} == {
        "comments": 4,
        "more": False,
        "days": 30,
        "now": {"approve": 0, "hold": 0, "reject": 4},
        "then": {"approve": 0, "hold": 2, "reject": 2},
        "changes": [
            {
                "from": "reject",
                "to": "hold",
                "count": 2,
                "samples": [{"id": ids[3], "now": ["banned_word", "unscored"], "then": ["suspect_word", "unscored"]}],
            }
        ],
        "not_replayed": found["not_replayed"],
    }
    assert found["not_replayed"][0].startswith("words, links: ")
    assert api.call("GET", "/v1/policy").get_json()["version"] == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "policy"),
        ({"policy": {"mode": "sometimes"}}, "policy.mode"),
        ({"policy": {}, "days": 0}, "days"),
        ({"policy": {}, "days": 1000}, "days"),
        ({"policy": {}, "samples": 101}, "samples"),
        ({"policy": {}, "hm": 1}, "hm"),
    ],
)
def test_a_bad_preview_is_told_by_field(api: Api, body: dict[str, object], field: str) -> None:
    """What is missing, unknown or out of bounds."""
    answer = api.call("POST", "/v1/policy/preview", json=body)

    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.get_json()["errors"]]


@pytest.mark.parametrize("path", ["preview", "rollback"])
def test_only_who_manages_may_preview_and_roll_back(api: Api, path: str) -> None:
    """A preview keeps a core busy, and only who can change the policy has a use for it."""
    others = api.with_key("news", [scope for scope in Scope if scope is not Scope.MANAGE])

    assert others.call("POST", f"/v1/policy/{path}", json={"policy": {}, "version": 1}).status_code == 403


def test_versions_are_listed_and_read(api: Api) -> None:
    """Newest first, a page at a time, each with who and when."""
    put(api, mode="pre")
    put(api, mode="post")

    first = api.call("GET", "/v1/policy/versions?limit=2").get_json()
    last = api.call("GET", f"/v1/policy/versions?limit=2&before={first['next']}").get_json()
    second = api.call("GET", "/v1/policy/versions/2").get_json()

    assert [(one["version"], one["by"]) for one in (*first["versions"], *last["versions"])] == [
        (3, "test"), (2, "test"), (1, "set-up"),
    ]  # fmt: skip
    assert last["next"] is None
    assert (second["version"], second["by"], second["policy"]["mode"]) == (2, "test", "pre")
    assert second["at"] == first["versions"][1]["at"]


def test_versions_are_compared(api: Api) -> None:
    """With the one before, or any other; the first with the policy of a new site."""
    put(api, mode="pre", thresholds={"spam": {"hold": 0.7}})
    put(api)

    before = api.call("GET", "/v1/policy/versions/3/diff").get_json()
    other = api.call("GET", "/v1/policy/versions/3/diff?with=1").get_json()
    first = api.call("GET", "/v1/policy/versions/1/diff").get_json()

    assert (before["version"], before["with"]) == (3, 2)
    assert {"path": "mode", "from": "pre", "to": "smart"} in before["differences"]
    assert {"path": "thresholds.spam.hold", "from": 0.7, "to": 0.8} in before["differences"]
    assert other["differences"] == []
    assert (first["with"], first["differences"]) == (None, [])


@pytest.mark.parametrize("path", ["99", "99/diff", "1/diff?with=99", "99999999999999999999"])
def test_what_is_no_version_is_not_found(api: Api, path: str) -> None:
    """As a problem."""
    assert api.call("GET", f"/v1/policy/versions/{path}").get_json()["code"] == "not_found"


def test_a_roll_back_is_a_new_version(api: Api) -> None:
    """With the old policy; 409 if the page was old, 404 if there is no such version."""
    put(api, mode="pre")
    put(api, mode="post")

    stale = api.call("POST", "/v1/policy/rollback", json={"version": 2, "expected_version": 2})
    missing = api.call("POST", "/v1/policy/rollback", json={"version": 9, "expected_version": 3})
    done = api.call("POST", "/v1/policy/rollback", json={"version": 2, "expected_version": 3})

    assert (stale.status_code, stale.get_json()["version_now"], missing.status_code) == (409, 3, 404)
    assert (done.get_json()["version"], done.get_json()["policy"]["mode"]) == (4, "pre")
    assert done.headers["ETag"] == '"4"'
    assert api.call("GET", "/v1/policy").get_json() == done.get_json()


def test_presets_keep_what_they_are_not_about(api: Api) -> None:
    """Each comes as a whole policy to preview or to put, with a sentence for each threshold."""
    put(api, length={"max": 500})
    found = api.call("GET", "/v1/policy/presets").get_json()["presets"]

    assert [one["name"] for one in found] == ["calm", "balanced", "strict"]
    for one in found:
        assert one["policy"]["length"]["max"] == 500
        assert all(threshold["means"].endswith(".") for threshold in one["thresholds"].values())
        assert preview(api, policy=one["policy"])["not_replayed"] == []
    assert found[1]["policy"] == api.call("GET", "/v1/policy").get_json()["policy"]
