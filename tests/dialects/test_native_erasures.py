"""Erasing by a body, in the native API."""

from moderation.model import Scope
from tests.dialects.conftest import Api
from tests.logbook import added


def test_an_author_whom_no_path_can_name_is_erased(api: Api) -> None:
    """Also one whose id ends like the path of a restriction, while the author before that word is left alone."""
    odd = api.post("Mine", author={"id": "kim/restriction"}).get_json()["id"]
    plain = api.post("Not mine", author={"id": "kim"}).get_json()["id"]

    with added(api.database) as found:
        answer = api.call("POST", "/v1/erasures", json={"of": "author", "id": "kim/restriction"}).get_json()

    assert (answer["erased"], answer["more"], answer["receipt"]["rows"]["comments"]) == (1, False, 1)
    assert [one.action for one in found] == ["comment.erased", "author.erased"]
    assert api.call("GET", f"/v1/comments/{odd}").get_json()["text"] is None
    assert api.call("GET", f"/v1/comments/{plain}").get_json()["text"] == "Not mine"


def test_an_author_without_an_id_is_erased_by_their_address(api: Api) -> None:
    """However it is written; nobody else is."""
    api.post("Mine", author={"email": "Kim@Example.com"})

    assert api.call("POST", "/v1/erasures", json={"of": "email", "id": "lee@example.com"}).get_json()["erased"] == 0
    assert api.call("POST", "/v1/erasures", json={"of": "email", "id": " kim@example.com"}).get_json()["erased"] == 1


def test_a_comment_is_erased_once(api: Api) -> None:
    """The second receipt has nothing on it; what the site does not have is not there."""
    one = api.post("Mine").get_json()["id"]
    body = {"of": "comment", "id": one}

    assert api.with_key("other", list(Scope)).call("POST", "/v1/erasures", json=body).status_code == 404
    assert api.with_key("news", [Scope.READ]).call("POST", "/v1/erasures", json=body).status_code == 403
    assert [api.call("POST", "/v1/erasures", json=body).get_json()["erased"] for _ in range(2)] == [1, 0]
    assert api.call("DELETE", f"/v1/comments/{one}").get_json()["receipt"]["rows"]["comments"] == 0
    assert api.call("POST", "/v1/erasures", json={"of": "comment", "id": "nothing"}).status_code == 404
