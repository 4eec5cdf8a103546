"""The native API's lists of words."""

from typing import Any

import pytest

from moderation.model import Scope
from tests.dialects.conftest import Api

LISTS = {
    "banned": [{"term": "viagra", "deobfuscate": True}],
    "suspect": [{"term": "lawyer"}],
    "exceptions": ["ask a lawyer"],
}


def ask(api: Api, method: str, path: str, status: int = 200, **options: Any) -> Any:
    """Call a path below `/v1/words` and return what it answers."""
    answer = api.call(method, f"/v1/words{path}", **options)
    assert answer.status_code == status, answer.text
    return answer.get_json() if answer.is_json else answer.text


def terms(api: Api, query: str = "") -> list[tuple[str, str]]:
    """Return the words that are listed."""
    return [(one["list"], one["term"]) for one in ask(api, "GET", f"?{query}")["words"]]


def add(api: Api, *words: tuple[str, str], status: int = 200, **more: Any) -> Any:
    """Add words to lists."""
    wanted = [{"list": name, "term": term} for name, term in words]
    return ask(api, "POST", "", status, json={"words": wanted, **more})


@pytest.fixture
def listed(api: Api) -> Api:
    """Give the API of a site with a word in each list."""
    assert api.call("PUT", "/v1/policy", json={"words": LISTS, "limits": []}).status_code == 200
    return api


def test_words_are_listed(listed: Api) -> None:
    """List by list, a page at a time, by list, action or a piece of the term; each with what it does."""
    first = ask(listed, "GET", "?limit=2")
    rest = ask(listed, "GET", f"?limit=2&cursor={first['next']}")

    assert (first["version"], first["counts"]) == (2, {"banned": 1, "suspect": 1, "exceptions": 1})
    shown = [*first["words"], *rest["words"]]
    assert [(one["list"], one["action"], one["term"], one["deobfuscate"]) for one in shown] == [
        ("banned", "reject", "viagra", True), ("suspect", "hold", "lawyer", False),
        ("exceptions", None, "ask a lawyer", False),
    ]  # fmt: skip
    assert rest["next"] is None
    assert terms(listed, "list=exceptions") == [("exceptions", "ask a lawyer")]
    assert terms(listed, "action=reject") == [("banned", "viagra")]
    assert terms(listed, "contains=LAW") == [("suspect", "lawyer"), ("exceptions", "ask a lawyer")]
    assert ask(listed, "GET", "?cursor=none", 422)["errors"][0]["field"] == "cursor"


def test_words_are_added_changed_and_removed(listed: Api) -> None:
    """Each is a new version of the policy by the key, and the rest of the policy stays."""
    added = add(listed, ("suspect", "Lawyer"), ("banned", "free iphone"), expected_version=2)
    name = added["added"][0]["id"]
    changed = ask(listed, "PATCH", f"/{name}", json={"list": "suspect", "deobfuscate": True, "expected_version": 3})
    moved = changed["word"]["id"]
    gone = ask(listed, "DELETE", f"/{moved}?expected_version=4")

    assert (added["version"], [one["term"] for one in added["added"]], added["known"]) == (3, ["free iphone"], 1)
    assert changed == {
        "version": 4,
        "word": {"id": moved, "list": "suspect", "action": "hold", "term": "free iphone", "deobfuscate": True},
    }
    assert gone == {"version": 5, "id": moved}
    assert moved != name
    policy = listed.call("GET", "/v1/policy").get_json()["policy"]
    assert (policy["words"]["banned"], policy["limits"]) == (LISTS["banned"], [])
    assert ask(listed, "DELETE", f"/{moved}", 404)["code"] == "not_found"
    versions = listed.call("GET", "/v1/policy/versions").get_json()["versions"]
    assert {(one["version"], one["by"]) for one in versions[:3]} == {(5, "test"), (4, "test"), (3, "test")}
    difference = listed.call("GET", "/v1/policy/versions/3/diff").get_json()["differences"]
    assert [one["path"] for one in difference] == ["words.banned"]


def test_what_changes_nothing_is_no_version(listed: Api) -> None:
    """Adding what is there, changing nothing."""
    name = ask(listed, "GET", "?list=suspect")["words"][0]["id"]

    assert add(listed, ("suspect", "LAWYER")) == {"version": 2, "added": [], "known": 1}
    assert ask(listed, "PATCH", f"/{name}", json={})["version"] == 2


def test_an_outdated_caller_changes_nothing(listed: Api) -> None:
    """409 with the version in force, whatever is to be done."""
    name = ask(listed, "GET", "?list=suspect")["words"][0]["id"]
    old = {"expected_version": 1}
    answers = [
        add(listed, ("banned", "x"), status=409, **old),
        ask(listed, "PATCH", f"/{name}", 409, json={"term": "x", **old}),
        ask(listed, "DELETE", f"/{name}?expected_version=1", 409),
        ask(listed, "POST", "/import", 409, json={"text": "x", **old}),
    ]

    assert {(one["code"], one["version_now"]) for one in answers} == {("stale", 2)}
    assert terms(listed) == [("banned", "viagra"), ("suspect", "lawyer"), ("exceptions", "ask a lawyer")]


def test_a_section_has_its_own(listed: Api) -> None:
    """From its first change on; before it, the site's lists hold there."""
    assert terms(listed, "section=letters") == terms(listed)

    add(listed, ("banned", "pills"), section="letters")

    assert set(terms(listed, "section=letters")) - set(terms(listed)) == {("banned", "pills")}
    posted = {"text": "Take your pills", "thread": {"id": "t2", "section": "letters"}}
    assert listed.call("POST", "/v1/comments", json=posted).get_json()["status"] == "rejected"
    assert listed.post("Take your pills").get_json()["status"] == "pending"


def test_words_are_tried(listed: Api) -> None:
    """Matches are those of the original text in the units that were asked for; nothing is kept."""
    text = "😀 buy v1agra, ask a lawyer"
    found = ask(listed, "POST", "/test?span_units=utf16", json={"text": text})
    draft = {"text": text, "words": [{"list": "suspect", "term": "buy"}], "in_force": False}

    assert found == {
        "action": "reject",
        "matches": [
            {"list": "banned", "term": "viagra", "start": 7, "end": 13, "disguised": True, "excepted": False},
            {
                "list": "exceptions",
                "term": "ask a lawyer",
                "start": 15,
                "end": 27,
                "disguised": False,
                "excepted": False,
            },
            {"list": "suspect", "term": "lawyer", "start": 21, "end": 27, "disguised": False, "excepted": True},
        ],
    }
    assert ask(listed, "POST", "/test", json=draft) == {
        "action": "hold",
        "matches": [{"list": "suspect", "term": "buy", "start": 2, "end": 5, "disguised": False, "excepted": False}],
    }
    assert ask(listed, "POST", "/test", json={"text": ""}) == {"action": None, "matches": []}
    assert ask(listed, "GET", "")["version"] == 2


def test_what_words_would_have_caught_is_shown(listed: Api) -> None:
    """The comments that would be held or rejected, before anything is saved."""
    ids = [listed.post(f"The {fish} is fresh").get_json()["id"] for fish in ("trout", "viagra", "carp")]
    for one in ids[::2]:
        listed.call("POST", f"/v1/comments/{one}/decision", json={"action": "approve"})
    removed = ask(listed, "GET", "?list=banned")["words"][0]["id"]

    found = ask(listed, "POST", "/preview", json={"add": [{"list": "banned", "term": "trout"}], "remove": [removed]})

    changes = {(one["from"], one["to"]): [sample["id"] for sample in one["samples"]] for one in found["changes"]}
    assert changes == {("hold", "reject"): ids[:1], ("reject", "hold"): ids[1:2]}
    assert ask(listed, "GET", "")["version"] == 2


def test_lists_are_taken_in_and_given_out(listed: Api) -> None:
    """Plain text and CSV; lines that are no terms are named, the others taken in one version."""
    first = ask(listed, "POST", "/import", json={"text": "# ours\nfool\nLAWYER\n\u200b\n", "deobfuscate": True})
    exported = ask(listed, "GET", "/export")

    assert first == {
        "version": 3,
        "added": 1,
        "known": 1,
        "refused": 1,
        "lines": [{"line": 4, "code": "nothing_to_find", "message": "there is nothing that could be found in a text"}],
    }
    assert exported == (
        "list,term,deobfuscate\r\nbanned,viagra,true\r\nsuspect,fool,true\r\nsuspect,lawyer,false\r\n"
        "exceptions,ask a lawyer,\r\n"
    )
    assert ask(listed, "GET", "/export?format=text&list=suspect") == "fool\nlawyer\n"
    again = ask(listed, "POST", "/import", json={"text": exported, "format": "csv"})
    assert (again["version"], again["added"], again["known"]) == (3, 0, 4)
    assert ask(listed, "POST", "/import", 422, json={"text": "a,b\n", "format": "csv"})["code"] == "unreadable_list"


def test_a_full_list_takes_no_more(listed: Api) -> None:
    """The whole import is refused, and nothing of it is kept."""
    many = "\n".join(f"word{number}" for number in range(5000))

    assert ask(listed, "POST", "/import", 409, json={"text": many})["code"] == "words_full"
    assert ask(listed, "GET", "")["version"] == 2


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"words": []}, "words"),
        ("", {"words": [{"list": "banned", "term": " "}]}, "words.0.term"),
        ("", {"words": [{"list": "bad", "term": "x"}]}, "words.0.list"),
        ("", {"words": [{"list": "banned", "term": "x" * 201}]}, "words.0.term"),
        ("/test", {"text": "x" * 20_001}, "text"),
        ("/preview", {"add": [{"list": "banned", "term": "\u200b"}]}, "add.0.term"),
        ("/import", {"text": "x", "format": "xml"}, "format"),
        ("/import", {"text": "\U0001f600" * 500_001}, "text"),
    ],
)
def test_bad_input_is_told_by_field(listed: Api, path: str, body: dict[str, object], field: str) -> None:
    """What is missing, unknown or out of bounds, and what could never be found."""
    found = ask(listed, "POST", path, 422, json=body)

    assert field in [one["field"] for one in found["errors"]]


def test_who_may_do_what(listed: Api) -> None:
    """Reading and trying need `read`, everything else `manage`."""
    reader = listed.with_key("news", [Scope.READ])

    assert terms(reader) == terms(listed)
    assert ask(reader, "POST", "/test", json={"text": "viagra"})["action"] == "reject"
    for method, path in (
        ("POST", ""), ("PATCH", "/x"), ("DELETE", "/x"), ("POST", "/preview"), ("POST", "/import"),
    ):  # fmt: skip
        assert ask(reader, method, path, 403, json={})["code"] == "missing_scope"
