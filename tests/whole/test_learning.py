"""The service learns from decisions while it runs."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.whole.service import Service, running, wait_until

pytestmark = pytest.mark.timeout(180)
CAMPAIGN = [
    f"My {who} found the garden chairs of Lindqvist {when} and the whole street wants them, look for Lindqvist chairs"
    for who in ("grandmother", "sister", "neighbour", "old teacher", "dentist")
    for when in ("yesterday", "last week", "in the spring", "on Monday", "after the match", "before breakfast")
]
REJECTED = [
    f"The {what} of those {who} from the valley again, they should be sent back to where the road ends {when}"
    for what in ("noise", "smell", "barking", "rubbish", "singing")
    for who in ("lot", "folk", "newcomers")
    for when in ("today", "for good")
]
ORDINARY = [f"The {number}th stop of the bus is nearer to the school than the article says." for number in range(3, 13)]


@pytest.fixture
def learner(tmp_path: Path) -> Iterator[Service]:
    """Give a service that learns at once, and has not learnt: after that it rests for a while."""
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


def toxicity(api: httpx.Client, text: str) -> float:
    """Ask for the score as Coral does."""
    asked = {
        "comment": {"text": text},
        "doNotStore": True,
        "requestedAttributes": {"TOXICITY": {}},
        "languages": ["en"],
    }
    answer = api.post("/v1alpha1/comments:analyze", json=asked).raise_for_status().json()
    return float(answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"])


def suggest(api: httpx.Client, text: str, token: str) -> None:
    """Tell that a comment was rejected, as Coral does."""
    told = {
        "comment": {"text": text},
        "context": {"entries": [{"text": json.dumps({"url": "https://news.example/1", "Coral_comment_id": token})}]},
        "attributeScores": {"TOXICITY": {"summaryScore": {"value": 1}}},
        "languages": ["en"],
        "communityId": "Coral:https://coral.news.example",
        "clientToken": token,
    }
    assert api.post("/v1alpha1/comments:suggestscore", json=told).raise_for_status().json()["clientToken"] == token


def in_force(api: httpx.Client, attribute: str) -> Any:
    """Return what is in force of what the site taught of an attribute."""
    found = api.get("/v1/learning").raise_for_status().json()["attributes"]
    return next(one for one in found if one["attribute"] == attribute)["in_force"]


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

        model = wait_until(lambda: in_force(api, "spam"), seconds=60, what="a model in force")
        assert model["evaluation"]["after"]["missed"] < model["evaluation"]["before"]["missed"]
        after = publish(api, CAMPAIGN[20:])
        again = publish(api, [f"{text} Again." for text in ORDINARY])

    assert {one["status"] for one in after} == {"held"}
    assert all("before this site's decisions" in str(one["decision"]) for one in after)
    assert all(str(one["models"]).count("+spam-") == 1 for one in after)
    assert [one["status"] for one in again] == [one["status"] for one in ordinary]


def test_what_coral_says_of_comments_moves_their_scores(learner: Service) -> None:
    """Its moderators reject twenty comments of a kind; this one and others of the kind score higher from then on."""
    with learner.client() as api:
        publish(api, ORDINARY)
        before = [toxicity(api, text) for text in (REJECTED[0], REJECTED[-1], ORDINARY[0])]
        for number, text in enumerate(REJECTED[:20]):
            suggest(api, text, f"comment:{number}")
        wait_until(lambda: in_force(api, "toxicity"), seconds=60, what="a model in force")

        def moved() -> object:
            after = [toxicity(api, text) for text in (REJECTED[0], REJECTED[-1], ORDINARY[0])]
            return after[0] > before[0] + 0.1 and after

        after = wait_until(moved, seconds=10, what="another score")

    assert after[1] > before[1] + 0.1  # type: ignore[index]
    assert abs(after[2] - before[2]) < 0.1  # type: ignore[index]
