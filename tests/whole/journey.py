"""Two hundred real comments on their way: posted, decided, heard of, the held ones decided by the site itself."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.whole.receiver import Receiver
from tests.whole.service import Service, wait_until

COMMENTS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("comments.json").read_text())
DECIDED = {"comment.approved", "comment.held", "comment.rejected"}
STATUSES = ("pending", "approved", "held", "rejected")
SECONDS = 60.0
"""How long all comments together may take on a slow machine before the tests give up."""


@dataclass
class Journey:
    """What the site knows when the journey is over."""

    service: Service
    api: httpx.Client
    receiver: Receiver
    kinds: dict[str, str] = field(default_factory=dict)
    """The kind of each comment (talk, toxic, blog, spam) by its id."""
    first: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Each comment by its id, as it was when the policy had decided."""
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """Status and body of each answer to a post."""
    by_hand: dict[str, str] = field(default_factory=dict)
    """The status that the site's own decision gave to each comment that was held."""


def body(number: int, comment: dict[str, Any]) -> dict[str, Any]:
    """Return what the site posts for a row of `COMMENTS`."""
    return {
        "text": comment["text"], "author": comment["author"], "external_id": f"c-{number}",
        "thread": {"id": comment["thread"], "url": f"https://news.example/{comment['thread']}", "title": "News"},
    }  # fmt: skip


def pages(api: httpx.Client, **query: str) -> Iterator[dict[str, Any]]:
    """Yield every comment that the list with `query` holds, page by page."""
    cursor: str | None = None
    while True:
        answer = api.get("/v1/comments", params={**query, "limit": "50", **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == httpx.codes.OK, answer.text
        page = answer.json()
        yield from page["comments"]
        cursor = page["next"]
        if cursor is None:
            return


def recount(api: httpx.Client, thread: str) -> dict[str, int]:
    """Return how many comments of `thread` the list shows in each status."""
    counted = Counter(comment["status"] for comment in pages(api, thread=thread))
    return {status: counted[status] for status in STATUSES}


def travel(service: Service, api: httpx.Client, receiver: Receiver) -> Journey:
    """Register `receiver`, post all comments, wait for their decisions, and decide what was held."""
    journey = Journey(service, api, receiver)
    made = api.post("/v1/endpoints", json={"url": receiver.url, "description": "the line"})
    assert made.status_code == httpx.codes.CREATED, made.text
    receiver.secret = made.json()["secret"]
    _post(journey)
    receiver.wait_for(
        lambda events: len({event["data"]["id"] for event in events if event["type"] in DECIDED}) >= len(COMMENTS),
        seconds=SECONDS, what="an event for every comment",
    )  # fmt: skip
    wait_until(lambda: not list(pages(api, status="pending")), seconds=SECONDS, what="no comment to be pending")
    journey.first = {comment: api.get(f"/v1/comments/{comment}").json() for comment in journey.kinds}
    _decide_held(journey)
    return journey


def _post(journey: Journey) -> None:
    """Post all comments, eight at a time, as a busy site does."""

    def post(row: tuple[int, dict[str, Any]]) -> httpx.Response:
        headers = {"Idempotency-Key": f"post-{row[0]}"}
        return journey.api.post("/v1/comments", json=body(*row), headers=headers)

    with ThreadPoolExecutor(8) as pool:
        for comment, answer in zip(COMMENTS, pool.map(post, enumerate(COMMENTS)), strict=True):
            assert answer.status_code in {httpx.codes.CREATED, httpx.codes.ACCEPTED}, answer.text
            journey.answers.append((answer.status_code, answer.json()))
            journey.kinds[answer.json()["id"]] = comment["kind"]


def _decide_held(journey: Journey) -> None:
    """Approve and reject what is held, in turn, and wait for the events of that."""
    for number, comment in enumerate(list(pages(journey.api, status="held"))):
        action, status = (("approve", "approved"), ("reject", "rejected"))[number % 2]
        answer = journey.api.post(
            f"/v1/comments/{comment['id']}/decision",
            json={"action": action, "reason": "looked at", "note": None,
                  "expected_revision": comment["revision"], "expected_status": "held"},
        )  # fmt: skip
        assert answer.status_code == httpx.codes.OK, answer.text
        journey.by_hand[comment["id"]] = status
    journey.receiver.wait_for(
        lambda events: {event["data"]["id"] for event in events if event["data"]["previous_status"] == "held"}
        >= set(journey.by_hand),
        seconds=SECONDS, what="an event for every decision by hand",
    )  # fmt: skip
