"""A site that asks as WordPress does, and hears later what a moderator decided."""

import json
from collections.abc import Iterator

import httpx
import pytest

from moderation.dialects.akismet_verdicts import THANKS
from tests.whole.service import Service, wait_until
from tests.workers.endpoint import Endpoint, says, serving

COMMENT = {
    "blog": "https://blog.example",
    "user_ip": "203.0.113.9",
    "permalink": "https://blog.example/post",
    "comment_author": "Kim",
    "comment_author_email": "kim@blog.example",
    "comment_content": "You are a stupid idiot, and so is everyone who writes here.",
}


@pytest.fixture
def site() -> Iterator[Endpoint]:
    """Give the site's end of callbacks."""
    with serving(says('HTTP/1.1 200 OK\n\n{"comments": {}}')) as made:
        yield made


def test_18_what_waits_for_a_person_is_told_later(service: Service, site: Endpoint) -> None:
    """A rude comment is "not yet known"; the desk decides, and the callback has the key, the id and the result."""
    key = service.ready["akismet_key"]
    with httpx.Client(base_url=service.url, timeout=30, trust_env=False) as blog, service.client() as api:
        asked = {"api_key": key, **COMMENT, "callback": site.url()}
        answer = blog.post("/1.1/comment-check", data=asked)
        assert (answer.text, answer.headers["X-akismet-recheck-after"]) == ("false", "86400")
        held = api.get(f"/v1/comments/{answer.headers['X-akismet-guid']}").json()
        assert (held["text"], held["status"]) == (COMMENT["comment_content"], "held")
        decision = {"action": "reject", "reason": "toxicity"}
        api.post(f"/v1/comments/{held['id']}/decision", json=decision).raise_for_status()

        (told, *_) = wait_until(lambda: site.requests, seconds=20, what="the callback")
        assert json.loads(told.body) == {
            "key": key,
            "endpoint": "comment-check",
            "comments": [{"guid": held["id"], "result": "true"}],
        }
        assert told.headers["Content-Type"] == "application/json"

        reported = {"api_key": key, **COMMENT, "reporter": "admin"}
        assert blog.post("/1.1/submit-ham", data=reported).text == THANKS
        again = api.get(f"/v1/comments/{held['id']}").json()
    assert (again["status"], again["decision"]["note"]) == ("approved", "reported by admin")
