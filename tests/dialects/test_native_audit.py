"""The audit log in the native API."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from moderation import clock, ids
from moderation.audit_entry import GENESIS, AuditAction
from moderation.model import Scope
from tests.dialects.conftest import Api
from tests.logbook import write

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


def listed(api: Api, query: str = "") -> list[dict[str, Any]]:
    """Return a page of entries."""
    found: list[dict[str, Any]] = api.call("GET", f"/v1/audit?{query}").get_json()["entries"]
    return found


def test_a_decision_is_listed_with_who_made_it(api: Api) -> None:
    """By the prefix of the key, which is no secret."""
    one = api.post().get_json()["id"]
    api.call("POST", f"/v1/comments/{one}/decision", json={"action": "reject", "reason": "spam", "note": "canary"})

    (entry,) = listed(api)
    assert (clock.now() - timedelta(minutes=1)).isoformat() < entry.pop("at") < clock.now().isoformat()
    assert len(entry.pop("hash")) == 64
    assert entry == {
        "number": 1,
        "actor": {"kind": "api_key", "id": ids.api_key_prefix(api.key)},
        "action": "comment.decided",
        "subject": one,
        "details": {"action": "reject", "revision": 1, "sequence": 1, "status_before": "pending"},
        "previous": GENESIS,
    }


def test_entries_come_page_by_page(api: Api) -> None:
    """Newest first, with a cursor until there is no more."""
    write(api.database, 5)
    numbers, cursor = [], ""
    for _ in range(3):
        page = api.call("GET", f"/v1/audit?limit=2{cursor}").get_json()
        numbers.append([one["number"] for one in page["entries"]])
        cursor = f"&cursor={page['next']}"

    assert numbers == [[5, 4], [3, 2], [1]]
    assert page["next"] is None


def test_a_page_that_is_full_at_the_end_has_none_after_it(api: Api) -> None:
    """No cursor leads to an empty page."""
    write(api.database, 2)

    assert api.call("GET", "/v1/audit?limit=2").get_json()["next"] is None


def test_entries_are_filtered(api: Api) -> None:
    """By action, actor, subject and time."""
    one, other = api.post().get_json()["id"], api.post("Another fine article").get_json()["id"]
    for comment in (one, other):
        api.call("POST", f"/v1/comments/{comment}/decision", json={"action": "reject"})
    api.call("DELETE", f"/v1/comments/{one}")
    prefix, hour = ids.api_key_prefix(api.key), timedelta(hours=1)
    ago, ahead = ((clock.now() + sign * hour).strftime("%Y-%m-%dT%H:%M:%SZ") for sign in (-1, 1))

    assert [
        len(listed(api, query))
        for query in (
            "", "action=comment.decided", "action=comment.erased", "action=key.made", f"subject={one}",
            f"subject={one}&action=comment.erased", f"actor={prefix}", "actor=api_key", "actor=moderator", "actor=x",
            f"after={ago}", f"after={ahead}", f"before={ago}", f"before={ahead}",
        )
    ] == [3, 2, 1, 0, 2, 1, 3, 3, 0, 0, 3, 0, 0, 3]  # fmt: skip


def test_an_erased_author_is_found_by_the_sites_own_id(api: Api) -> None:
    """The log itself holds a keyed hash of it."""
    for text in ("A fine article", "Another fine article"):
        api.post(text, author={"id": "u-17"})
    api.post("The article of somebody else", author={"id": "u-18"})

    api.call("DELETE", "/v1/authors/u-17")

    (entry,) = listed(api, "subject=u-17")
    assert (entry["action"], entry["details"]) == ("author.erased", {"comments": 2, "more": False})
    assert "u-17" not in str(listed(api))
    assert len(listed(api, "action=comment.erased")) == 2
    assert listed(api, "subject=u-18") == []


@pytest.mark.parametrize(
    "query", ["action=comment.praised", "cursor=x", "cursor=MA", "cursor=LTE", "limit=0", "limit=201", "after=now",
              "subject=", "actor=%00", "who=kim", f"cursor={'OQ' * 99}"]
)  # fmt: skip
def test_what_cannot_be_asked_is_told(api: Api, query: str) -> None:
    """422, with the field."""
    answer = api.call("GET", f"/v1/audit?{query}")

    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_input")


def test_only_who_manages_reads_it(api: Api) -> None:
    """The scope is `manage`, as for all that is set."""
    others = api.with_key("news", [scope for scope in Scope if scope is not Scope.MANAGE])

    assert others.call("GET", "/v1/audit").status_code == 403
    assert api.with_key("news", [Scope.MANAGE]).call("GET", "/v1/audit").status_code == 200


def test_another_sites_entries_are_not_there(api: Api) -> None:
    """Neither in the list nor by the subject."""
    write(api.database, 3)
    other = api.with_key("other", list(Scope))

    assert listed(other) == []
    assert listed(other, "subject=c-1") == []
    assert len(listed(api)) == 3


def test_anyone_can_hash_what_is_shown(api: Api) -> None:
    """The program on the page on security finds the hash of every entry."""
    one = api.post().get_json()["id"]
    api.call("POST", f"/v1/comments/{one}/decision", json={"action": "reject"})
    api.call("PUT", "/v1/policy", json={"mode": "pre"})
    api.call("DELETE", f"/v1/comments/{one}")
    write(api.database, 2)
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(program, names)  # noqa: S102 - a program of our own page

    shown = listed(api)

    assert len(shown) == 5
    assert [names["hash_of"]("news", entry) for entry in shown] == [entry["hash"] for entry in shown]


def test_the_page_on_security_names_every_action() -> None:
    """In its table."""
    table = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]

    assert {name for line in table for name in re.findall(r"`(\w+\.\w+)`", line.split("|")[1])} == set(AuditAction)
