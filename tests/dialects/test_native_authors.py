"""Authors, in the native API."""

import pytest

from moderation import changes
from moderation.model import Scope
from tests.dialects.conftest import Api


def test_everything_of_an_author_is_erased(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts and names are gone, in several calls; others' comments and the counts stay."""
    monkeypatch.setattr(changes, "AT_ONCE", 3)
    mine = [api.post(f"Mine, number {at}", author={"id": "kim/1", "name": "Kim"}).get_json()["id"] for at in range(5)]
    other = api.post("Not mine", author={"id": "lee"}).get_json()["id"]
    api.call("POST", f"/v1/comments/{mine[0]}/decision", json={"action": "reject", "reason": "spam"})

    first, second = (api.call("DELETE", "/v1/authors/kim/1") for _ in range(2))

    receipts = [one.get_json().pop("receipt") for one in (first, second)]
    assert {**first.get_json(), "receipt": 0} == {"author": "kim/1", "erased": 3, "more": True, "receipt": 0}
    assert {**second.get_json(), "receipt": 0} == {"author": "kim/1", "erased": 2, "more": False, "receipt": 0}
    assert [(one["rows"]["comments"], one["rows"]["labels"]) for one in receipts] == [(3, 0), (2, 1)]
    for one in mine:
        shown = api.call("GET", f"/v1/comments/{one}").get_json()
        assert shown["text"] is None
        assert "Kim" not in str(shown)
    assert api.call("GET", f"/v1/comments/{other}").get_json()["text"] == "Not mine"
    assert api.call("GET", "/v1/learning").get_json()["labels"] == {"moderator": 0, "api": 0}
    assert api.call("DELETE", "/v1/authors/kim/1").get_json()["erased"] == 0


def test_only_the_own_sites_comments_are_erased(api: Api) -> None:
    """Another site may know an author of the same id."""
    other = api.with_key("other", list(Scope))
    one = other.post("Mine elsewhere", author={"id": "kim"}).get_json()["id"]

    assert api.call("DELETE", "/v1/authors/kim").get_json()["erased"] == 0
    assert other.call("GET", f"/v1/comments/{one}").get_json()["text"] == "Mine elsewhere"


def test_erasing_needs_the_right_to_submit(api: Api) -> None:
    """A key that may only read is refused."""
    assert api.with_key("news", [Scope.READ]).call("DELETE", "/v1/authors/kim").status_code == 403


def test_an_author_is_shown(api: Api) -> None:
    """By the site's own id, which may hold slashes, with what became of their newest comments."""
    ids = [api.post(f"Mine, number {at}", author={"id": "kim/1"}).get_json()["id"] for at in range(3)]
    for one, action in zip(ids, ("approve", "approve", "reject"), strict=True):
        api.call("POST", f"/v1/comments/{one}/decision", json={"action": action, "reason": "a word"})

    shown = api.call("GET", "/v1/authors/kim/1").get_json()

    assert shown["counts"] == {"pending": 0, "approved": 2, "held": 0, "rejected": 1}
    assert (shown["id"], shown["strikes"], shown["trust"]) == ("kim/1", 1, 0.208)
    assert (shown["restriction"], shown["more"]) == (None, False)
    assert {one["id"]: (one["status"], one["reasons"]) for one in shown["history"]} == {
        one: (status, ["decided"]) for one, status in zip(ids, ("approved", "approved", "rejected"), strict=True)
    }
    assert shown["first_seen"] <= shown["history"][0]["at"] <= shown["last_seen"]
    assert api.call("GET", "/v1/authors/nobody").status_code == 404


def test_an_author_is_restricted_and_freed(api: Api) -> None:
    """What they write meanwhile is taken in and rejected; the answer says that, and not for which reason."""
    api.post("The first", author={"id": "kim"})
    path, end = "/v1/authors/kim/restriction", "2099-12-31T23:00:00+02:00"

    made = api.call("PUT", path, json={"action": "reject", "until": end, "reason": "floods"}).get_json()["restriction"]
    posted = api.post("Another", author={"id": "kim"})

    assert {**made, "at": ""} == {
        "action": "reject", "until": "2099-12-31T21:00:00.000Z", "reason": "floods", "by": "test", "at": "",
    }  # fmt: skip
    assert (posted.status_code, posted.get_json()["status"]) == (201, "rejected")
    assert "floods" not in posted.text
    for _ in range(2):
        assert api.call("DELETE", path).get_json()["restriction"] is None
    assert api.post("A third one", author={"id": "kim"}).get_json()["status"] == "pending"


def test_what_is_no_restriction_is_refused(api: Api) -> None:
    """Nothing is kept of it."""
    api.post("The first", author={"id": "kim"})

    for body in (
        {"action": "approve"},
        {"action": "hold", "until": "2020-01-01T00:00:00Z"},
        {"action": "hold", "until": "9999-12-31T23:59:59-12:00"},
        {"action": "hold", "reason": "x" * 201},
        {},
    ):
        assert api.call("PUT", "/v1/authors/kim/restriction", json=body).status_code == 422, body
    assert api.call("GET", "/v1/authors/kim").get_json()["restriction"] is None


def test_an_author_is_exported_by_pages(api: Api) -> None:
    """With the right to read, and of the own site alone; who is not known is not there."""
    for at in range(3):
        api.post(f"Mine, number {at}", author={"id": "kim/1", "ip": "203.0.113.9"})
    path = "/v1/authors/kim/1/export"

    first = api.call("GET", f"{path}?limit=2").get_json()
    second = api.call("GET", f"{path}?limit=2&cursor={first['next']}").get_json()

    shown = [one["text"] for one in first["comments"] + second["comments"]]
    assert shown == [f"Mine, number {at}" for at in (2, 1, 0)]
    assert (first["author"], first["restriction"], second["next"]) == ("kim/1", None, None)
    assert "203.0.113.9" not in str(first)
    assert api.call("GET", f"{path}?limit=101").status_code == 422
    assert api.call("GET", "/v1/authors/nobody/export").status_code == 404
