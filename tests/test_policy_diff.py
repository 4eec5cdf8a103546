"""What differs between two policies."""

from typing import Any

import pytest

from moderation.policy_diff import Difference, diff

TERM = {"term": "lawyer", "deobfuscate": False}


@pytest.mark.parametrize(
    ("before", "after", "differences"),
    [
        ({"mode": "pre"}, {"mode": "pre"}, []),
        ({"mode": "pre"}, {"mode": "post"}, [("mode", "pre", "post")]),
        ({"length": {"max": 3, "min": 1}}, {"length": {"max": 5, "min": 1}}, [("length.max", 3, 5)]),
        ({"sections": {}}, {"sections": {"a": {"mode": "pre"}}}, [("sections.a", None, {"mode": "pre"})]),
        ({"sections": {"a": None}}, {"sections": {}}, []),
        ({"thread_total": None}, {"thread_total": 7}, [("thread_total", None, 7)]),
        ({"words": [TERM]}, {"words": []}, [("words", TERM, None)]),
        ({"words": ["a", "b"]}, {"words": ["b", "c"]}, [("words", "a", None), ("words", None, "c")]),
        ({"words": ["a", "b"]}, {"words": ["b", "a"]}, []),
        ({"words": ["a", "a"]}, {"words": ["a"]}, [("words", "a", None)]),
        ({"limits": None}, {"limits": []}, [("limits", None, [])]),
    ],
)
def test_a_difference_has_its_path(
    before: dict[str, Any], after: dict[str, Any], differences: list[tuple[str, Any, Any]]
) -> None:
    """Values are told by path, entries of lists one by one, whatever their order."""
    assert diff(before, after) == [Difference(*one) for one in differences]
