"""Walks through parts of the API, whose answers are held to its description."""

from collections.abc import Callable
from typing import Any

Step = Callable[..., Any]


def walk_words(step: Step) -> None:
    """Call what there is for words."""
    added = step("POST", "/v1/words", json={"words": [{"list": "banned", "term": "fool"}], "section": "letters"})
    step("POST", "/v1/words", json={"words": [{"list": "banned", "term": "fool"}], "expected_version": 1})
    assert step("GET", "/v1/words", "/v1/words?section=letters")["words"] != []
    one = f"/v1/words/{added['added'][0]['id']}"
    step("PATCH", "/v1/words/{word_id}", one, {"deobfuscate": True, "section": "letters"})
    assert step("POST", "/v1/words/test", json={"text": "a f00l", "section": "letters"})["matches"] != []
    step("POST", "/v1/words/preview", json={"add": [{"list": "suspect", "term": "article"}]})
    assert step("POST", "/v1/words/import", json={"text": "one\n\u200b\n"})["lines"] != []
    step("POST", "/v1/words/import", json={"text": "one", "format": "csv"})
    step("GET", "/v1/words/export")
    step("DELETE", "/v1/words/{word_id}", f"{one}?section=letters")
    step("DELETE", "/v1/words/{word_id}", one)


def walk_appeals(step: Step, comment_id: str) -> None:
    """Call what there is for appeals; the comment is held."""
    body = {"comment_id": comment_id, "text": "Why?"}
    one = f"/v1/appeals/{step('POST', '/v1/appeals', json=body)['id']}"
    step("POST", "/v1/appeals", json=body)
    step("POST", "/v1/appeals", json={**body, "author": {"id": "lee"}})
    step("POST", "/v1/appeals", json={"text": "Why?"})
    assert step("GET", "/v1/appeals", "/v1/appeals?status=open")["appeals"] != []
    assert step("GET", "/v1/appeals/{appeal_id}", one)["decision"]["reasons"] != []
    decide = "/v1/appeals/{appeal_id}/decision"
    step("POST", decide, f"{one}/decision", {"outcome": "upheld", "note": "It stays", "expected_revision": 9})
    step("POST", decide, f"{one}/decision", {"outcome": "upheld", "note": "It stays"})
    step("POST", decide, f"{one}/decision", {"outcome": "overturned"})
    step("POST", "/v1/appeals", json=body)
