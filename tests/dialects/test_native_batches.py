"""The native API: many decisions in one call, and taking them back."""

from typing import Any

from moderation.model import Scope
from tests.dialects.conftest import Api


def posted(api: Api, number: int) -> list[str]:
    """Post comments and return their ids."""
    api.call("PUT", "/v1/policy", json={"limits": []})
    return [api.post(f"A fine article, thank you, {at}").get_json()["id"] for at in range(number)]


def decide(api: Api, decisions: list[dict[str, Any]]) -> Any:
    """Send decisions together."""
    return api.call("POST", "/v1/decisions/batch", json={"decisions": decisions})


def statuses(api: Api, ids: list[str]) -> list[str]:
    """Return how comments stand."""
    return [api.call("GET", f"/v1/comments/{one}").get_json()["status"] for one in ids]


def test_decisions_are_made_together_and_taken_back(api: Api) -> None:
    """Each has its own result, in order; one call lets all stand as before."""
    first, second = posted(api, 2)

    answer = decide(
        api,
        [
            {"id": first, "action": "reject", "reason": "off topic"},
            {"id": second, "action": "approve", "expected_status": "held"},
            {"id": "nothing", "action": "approve"},
        ],
    )

    document = answer.get_json()
    assert answer.status_code == 207
    assert [one["status_code"] for one in document["results"]] == [200, 409, 404]
    assert [one.get("code") for one in document["results"]] == [None, "stale", "not_found"]
    assert document["results"][0]["decision"]["reasons"][0]["detail"] == "off topic"
    assert statuses(api, [first, second]) == ["rejected", "pending"]

    undone = api.call("POST", f"/v1/decisions/{document['batch_id']}/undo")

    assert undone.get_json() == {"batch_id": document["batch_id"], "restored": 1, "left": 0}
    assert statuses(api, [first]) == ["held"]


def test_what_cannot_be_read_decides_nothing(api: Api) -> None:
    """A body with one bad decision is refused whole."""
    (first,) = posted(api, 1)

    refused = decide(api, [{"id": first, "action": "reject"}, {"id": first, "action": "burn"}])

    assert (refused.status_code, refused.get_json()["errors"][0]["field"]) == (422, "decisions.1.action")
    assert statuses(api, [first]) == ["pending"]
    assert decide(api, []).status_code == 422
    assert decide(api, [{"id": first + "\0", "action": "reject"}]).status_code == 422


def test_another_site_takes_nothing_back(api: Api) -> None:
    """A batch is of its site alone."""
    (first,) = posted(api, 1)
    batch_id = decide(api, [{"id": first, "action": "reject"}]).get_json()["batch_id"]
    other = api.with_key("other", [Scope.DECIDE])

    assert other.call("POST", f"/v1/decisions/{batch_id}/undo").status_code == 404
    assert decide(other, [{"id": first, "action": "approve"}]).get_json()["results"][0]["status_code"] == 404
    assert api.call("POST", "/v1/decisions/0/undo").status_code == 404
    assert statuses(api, [first]) == ["rejected"]
