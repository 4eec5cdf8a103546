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

    assert (first.status_code, first.get_json()) == (200, {"author": "kim/1", "erased": 3, "more": True})
    assert second.get_json() == {"author": "kim/1", "erased": 2, "more": False}
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
