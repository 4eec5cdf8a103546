"""The service learns from decisions while it runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.whole.service import Service, running, wait_until

pytestmark = pytest.mark.timeout(180)
CAMPAIGN = [
    f"My {who} found the garden chairs of Lindqvist {when} and the whole street wants them, look for Lindqvist chairs"
    for who in ("grandmother", "sister", "neighbour", "old teacher", "dentist")
    for when in ("yesterday", "last week", "in the spring", "on Monday", "after the match", "before breakfast")
]
ORDINARY = [f"The {number}th stop of the bus is nearer to the school than the article says." for number in range(3, 13)]


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Service]:
    """Give a service that learns at once."""
    with running(tmp_path / "data", {"MODERATION_LEARN_SECONDS": "1", "MODERATION_SWEEP_SECONDS": "0.5"}) as service:
        yield service


def publish(api: httpx.Client, texts: list[str]) -> list[dict[str, object]]:
    """Post texts by different authors and return the comments with their decisions."""
    found = []
    for number, text in enumerate(texts):
        body = {"text": text, "thread": {"id": f"t{number % 3}"}, "author": {"id": f"author {number}"}}
        answer = api.post("/v1/comments", json=body, headers={"Prefer": "wait=20"})
        assert answer.status_code == httpx.codes.CREATED, answer.text
        found.append(answer.json())
    return found


def reject_at_the_desk(service: Service, ids: list[str]) -> None:
    """Sign in as the first moderator, pick comments that were approved, and reject them as spam together."""
    with httpx.Client(base_url=service.url, timeout=30, trust_env=False) as browser:
        token = re.search(r'name="form_token" value="([^"]+)"', browser.get("/desk/login").text)
        assert token is not None
        signed_in = browser.post("/desk/login", data={"form_token": token[1], **service.ready["moderator"]})
        assert signed_in.status_code == httpx.codes.SEE_OTHER
        token = re.search(r'name="form_token" value="([^"]+)"', browser.get("/desk?status=approved").text)
        assert token is not None
        picked = {"form_token": token[1], "status": "approved", "action": "spam", "pick": [f"{one}:1" for one in ids]}
        assert browser.post("/desk/decisions", data=picked).status_code == httpx.codes.SEE_OTHER


def test_after_twenty_decisions_the_next_ones_like_them_are_held(learner: Service) -> None:
    """New spam passes; a person rejects twenty; then all of it is held, and the page says what was learnt."""
    with learner.client() as api:
        policy = api.get("/v1/policy").json()["policy"]
        policy["raids"]["seconds"] = 0
        assert api.put("/v1/policy", json=policy).status_code == httpx.codes.OK
        ordinary = publish(api, ORDINARY)
        published = publish(api, CAMPAIGN[:20])
        assert {one["status"] for one in published} == {"approved"}
        reject_at_the_desk(learner, [str(one["id"]) for one in published])

        def learnt() -> object:
            spam = next(one for one in api.get("/v1/learning").json()["attributes"] if one["attribute"] == "spam")
            return spam["in_force"]

        model = wait_until(learnt, seconds=60, what="a model in force")
        assert model["evaluation"]["after"]["missed"] < model["evaluation"]["before"]["missed"]  # type: ignore[index]
        after = publish(api, CAMPAIGN[20:])
        again = publish(api, [f"{text} Again." for text in ORDINARY])

    assert {one["status"] for one in after} == {"held"}
    assert all("before this site's decisions" in str(one["decision"]) for one in after)
    assert all(str(one["models"]).count("+spam-") == 1 for one in after)
    assert [one["status"] for one in again] == [one["status"] for one in ordinary]
