"""Comments that come through Perspective's API and are kept, because the site says so."""

import pytest

from moderation.model import Scope
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import BODY, ask


@pytest.fixture
def taking(api: Api) -> Api:
    """Give the API of a site that takes such comments in."""
    api.call("PUT", "/v1/policy", json={"dialects": {"take_in": ["perspective"]}})
    return api


@pytest.mark.usefixtures("worker")
def test_a_comment_is_taken_in_with_what_the_client_says_of_it(taking: Api) -> None:
    """Its thread is the client's community; HTML is stripped, and the client's token stays with it."""
    body = {
        **BODY,
        "comment": {"text": "<b>you</b> idiot", "type": "HTML"},
        "communityId": "news.example/1",
        "clientToken": "c-1",
    }

    assert ask(taking, body).status_code == 200

    (kept,) = taking.call("GET", "/v1/comments").get_json()["comments"]
    assert (kept["text"], kept["thread"]["id"], kept["metadata"]) == (
        "you idiot", "news.example/1", {"client_token": "c-1"}
    )  # fmt: skip
    assert kept["status"] == "pending"


@pytest.mark.usefixtures("worker")
def test_what_the_client_forbids_is_not_kept(taking: Api) -> None:
    """Neither a comment with `doNotStore`, nor one whose key may not post, nor any by default."""
    ask(taking, {**BODY, "doNotStore": True})
    ask(taking.with_key("news", [Scope.SCORE]))
    other = taking.with_key("other", list(Scope))
    ask(other)

    assert [one.call("GET", "/v1/comments").get_json()["comments"] for one in (taking, other)] == [[], []]
