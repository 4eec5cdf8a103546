"""Threads of the native API."""

from urllib.parse import quote

import pytest

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
