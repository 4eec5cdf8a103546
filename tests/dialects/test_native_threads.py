"""Threads of the native API."""

from urllib.parse import quote

import pytest

from moderation.queue import Queue
from moderation.settings import Settings
from tests.answering import answering, result
from tests.dialects.conftest import Api


@pytest.mark.parametrize(
    "thread", ["t1", "/2026/harbour", "//a//b/", "https://news.example/4711?a=b#c", "é 👍", "counts"]
)
def test_a_thread_is_found_by_whatever_the_site_calls_it(api: Api, thread: str) -> None:
    """An id can be a path or a whole address, percent-encoded in the URL; its slashes stay as they are."""
    assert api.post(thread=thread).status_code == 202

    found = api.call("GET", f"/v1/threads/{quote(thread, safe='')}")

    assert (found.status_code, found.get_json()["id"]) == (200, thread)
    assert found.get_json()["counts"] == {"pending": 1, "approved": 0, "held": 0, "rejected": 0}


def test_a_thread_that_nobody_commented_on_is_not_there(api: Api) -> None:
    """It is 404 by itself, and has zeros in a list of counts."""
    assert api.call("GET", "/v1/threads/none").status_code == 404
    counts = api.call("POST", "/v1/threads/counts", json={"ids": ["none"]}).get_json()["counts"]
    assert counts == {"none": {"pending": 0, "approved": 0, "held": 0, "rejected": 0}}


@pytest.mark.parametrize(("units", "start", "end"), [("code_points", 2, 7), ("utf16", 3, 8), ("bytes", 5, 10)])
def test_spans_of_scores_come_in_the_units_asked_for(
    api: Api, settings: Settings, units: str, start: int, end: int
) -> None:
    """An emoji before the word is one code point, two UTF-16 units, four bytes."""
    span = {"attribute": "toxicity", "start": 2, "end": 7, "score": 0.9}
    with answering(Queue(settings.redis), lambda _: {**result(), "spans": [span]}):
        found = api.call("POST", f"/v1/score?span_units={units}", json={"texts": ["😡 idiot"], "spans": True})

    assert found.get_json()["results"][0]["spans"] == [
        {"attribute": "toxicity", "start": start, "end": end, "score": 0.9}
    ]
