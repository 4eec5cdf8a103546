"""The native API's policy and endpoints."""

import pytest

from tests.dialects.conftest import Api


def test_a_policy_is_replaced_and_holds_at_once(api: Api) -> None:
    """A new policy has the next version and applies to the next comment."""
    before = api.call("GET", "/v1/policy")
    after = api.call("PUT", "/v1/policy", json={"length": {"max": 5, "unit": "utf16"}})

    assert (before.get_json()["version"], after.get_json()["version"]) == (1, 2)
    assert after.get_json()["policy"]["length"] == {"min": 1, "max": 5, "unit": "utf16"}
    assert after.get_json()["policy"]["thresholds"] == before.get_json()["policy"]["thresholds"]
    assert api.post("👍👍👍").get_json() == {
        **api.post("👍👍👍").get_json(), "code": "too_long", "count": 6, "limit": 5, "unit": "utf16",
    }  # fmt: skip


def test_a_section_has_its_own_rules(api: Api) -> None:
    """What a section sets holds there, and the site's policy elsewhere."""
    api.call("PUT", "/v1/policy", json={"sections": {"politics": {"length": {"max": 5}}}})

    short = api.post("Too long here", thread="t")
    here = api.call("POST", "/v1/comments", json={"text": "Too long", "thread": {"id": "p", "section": "politics"}})

    assert short.status_code == 202
    assert here.get_json()["code"] == "too_long"


def test_an_outdated_policy_is_not_saved(api: Api) -> None:
    """With If-Match a policy that changed in between is not overwritten."""
    tag = api.call("GET", "/v1/policy").headers["ETag"]
    api.call("PUT", "/v1/policy", json={"mode": "pre"}, headers={"If-Match": tag})

    answer = api.call("PUT", "/v1/policy", json={"mode": "post"}, headers={"If-Match": tag})

    assert answer.status_code == 409
    assert api.call("GET", "/v1/policy").get_json()["policy"]["mode"] == "pre"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mode": "sometimes"}, "mode"),
        ({"length": {"max": 0}}, "length.max"),
        ({"thresholds": {"toxicity": {"hold": 1.5}}}, "thresholds.toxicity.hold"),
        ({"thresholds": {"charm": {"hold": 0.5}}}, "thresholds.charm.[key]"),
        ({"hm": 1}, "hm"),
    ],
)
def test_a_bad_policy_is_told_by_field(api: Api, body: dict[str, object], field: str) -> None:
    """A policy with an unknown name or a value out of bounds is refused whole."""
    answer = api.call("PUT", "/v1/policy", json=body)

    assert answer.status_code == 422
    assert field in [error["field"] for error in answer.get_json()["errors"]]


def test_an_endpoint_shows_its_secret_once(api: Api) -> None:
    """The secret is in the answer to the making, never in the list; a removed endpoint is gone."""
    made = api.call("POST", "/v1/endpoints", json={"url": "https://93.184.216.34/hook", "events": ["comment.held"]})

    assert made.status_code == 201
    assert made.get_json()["secret"].startswith("whsec_")
    listed = api.call("GET", "/v1/endpoints").get_json()["endpoints"]
    assert [one["id"] for one in listed] == [made.get_json()["id"]]
    assert "secret" not in listed[0]
    assert api.call("DELETE", f"/v1/endpoints/{made.get_json()['id']}").status_code == 204
    assert api.call("DELETE", f"/v1/endpoints/{made.get_json()['id']}").status_code == 404


@pytest.mark.parametrize("url", ["http://example.com/", "https://127.0.0.1/", "https://[::1]/", "ftp://example.com/"])
def test_callbacks_do_not_go_inside(api: Api, url: str) -> None:
    """An endpoint on plain http or a private address is refused when it is made."""
    answer = api.call("POST", "/v1/endpoints", json={"url": url})

    assert answer.status_code == 422
    assert answer.get_json()["code"] == "blocked_target"


def test_a_site_has_at_most_twenty_endpoints(api: Api) -> None:
    """The twenty-first endpoint is refused with what to do."""
    for number in range(20):
        assert api.call("POST", "/v1/endpoints", json={"url": f"https://example.com/{number}"}).status_code == 201

    answer = api.call("POST", "/v1/endpoints", json={"url": "https://example.com/one-more"})

    assert answer.get_json()["code"] == "endpoints_full"
