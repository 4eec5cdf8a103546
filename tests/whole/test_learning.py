"""The service learns from decisions while it runs."""

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


def test_after_twenty_decisions_the_next_ones_like_them_are_held(learner: Service) -> None:
    """New spam passes; a person rejects twenty; then nearly all of it is held, and the page says what was learnt."""
    with learner.client() as api:
        policy = api.get("/v1/policy").json()["policy"]
        policy["raids"]["seconds"] = 0
        assert api.put("/v1/policy", json=policy).status_code == httpx.codes.OK
        ordinary = publish(api, ORDINARY)
        for one in publish(api, CAMPAIGN[:20]):
            assert one["status"] == "approved"
            decision = {"action": "reject", "reason": "spam"}
            assert api.post(f"/v1/comments/{one['id']}/decision", json=decision).status_code == httpx.codes.OK

        def learnt() -> object:
            spam = next(one for one in api.get("/v1/learning").json()["attributes"] if one["attribute"] == "spam")
            return spam["in_force"]

        model = wait_until(learnt, seconds=60, what="a model in force")
        assert model["evaluation"]["after"]["missed"] < model["evaluation"]["before"]["missed"]  # type: ignore[index]
        after = publish(api, CAMPAIGN[20:])
        again = publish(api, [f"{text} Again." for text in ORDINARY])

    held = [one for one in after if one["status"] == "held"]
    assert len(held) >= 4  # of five
    assert all("before this site's decisions" in str(one["decision"]) for one in held)
    assert all(str(one["models"]).count("+spam-") == 1 for one in after)
    assert [one["status"] for one in again] == [one["status"] for one in ordinary]
