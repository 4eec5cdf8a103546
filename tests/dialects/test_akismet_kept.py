"""Akismet's API of a site that keeps what comes this way, on both databases; numbers as in the contract's checklist."""

import json
from collections.abc import Mapping

import pytest

from moderation import clock
from moderation.checks import REPORTER_AT_MOST
from moderation.model import Action, DecidedBy, Decision
from moderation.pipeline import overrule
from moderation.policy_document import LONGEST
from moderation.storage import labels
from tests.dialects.akismet_site import CHECK, REJECTED, Kept

BROKEN = "a\0b\ud800c"
"""Characters that no database takes."""
LONG = "A comment that is long enough to be told from another one"
FIELDS = (
    "blog", "permalink", "comment_author", "comment_content", "comment_type", "comment_parent", "comment_context",
    "user_agent", "user_ip", "user_role", "callback", "guid", "reporter", "blog_lang", "comment_date_gmt", "month",
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        ("/1.1/comment-check", {b"true"}),
        ("/1.1/submit-spam", {b"Thanks for making the web a better place."}),
        ("/1.1/get-stats", None),
        ("/1.2/key-sites", None),
    ],
)
def test_broken_and_endless_fields_are_mended(kept: Kept, path: str, answers: set[bytes] | None) -> None:
    """Each is stored as well as it can be; none is a failure of ours."""
    for field in FIELDS:
        for value in (BROKEN, "x" * 30_000, "https://[::1"):
            text = f"{REJECTED} {value if field == 'comment_content' else ''}"
            response = kept.call(path, **{field: value, "comment_content": text})

            assert response.status_code == 200, (field, value[:10], response.data)
            assert answers is None or response.data in answers


@pytest.mark.parametrize("field", ["api_key", "key"])
def test_a_broken_key_is_a_wrong_one(kept: Kept, field: str) -> None:
    """As any other."""
    fields: Mapping[str, str] = {**CHECK, field: BROKEN}

    response = kept.client.post("/1.1/comment-check", data=json.dumps(fields), content_type="application/json")

    assert (response.status_code, response.data) == (200, b"invalid")


def test_a_submission_of_a_text_longer_than_any_comment_teaches_nothing(kept: Kept) -> None:
    """It was no comment, and a thousand such texts would fill the disk."""
    for text in ("x" * LONGEST, "x" * (LONGEST + 1)):
        kept.call("/1.1/submit-spam", comment_content=text)

    with kept.service.parts.database.read() as connection:
        assert [len(one.text) for one in labels.suggested(connection, "news", 10)] == [LONGEST]


def test_a_reporter_is_named_in_so_many_letters(kept: Kept) -> None:
    """A history is no place for a book."""
    checked = kept.call("/1.1/comment-check", comment_content=REJECTED)

    kept.call("/1.1/submit-ham", comment_content=REJECTED, reporter="r" * 10_000)

    decision = kept.service.get("news", checked.headers["X-akismet-guid"]).decision
    assert decision is not None
    assert len(decision.note or "") == len("reported by ") + REPORTER_AT_MOST


def test_a_comment_that_is_checked_again_is_no_repetition(kept: Kept) -> None:
    """It is the one that was taken in: WordPress asks again for all that wait, and what people decided meanwhile."""
    first = kept.call("/1.1/comment-check", comment_content=f"{LONG} {REJECTED}", user_agent="of the writer")
    again = kept.call("/1.1/comment-check", comment_content=f"{LONG} {REJECTED}", recheck_reason="recheck_queue")
    guid = first.headers["X-akismet-guid"]
    decision = Decision(Action.APPROVE, DecidedBy.MODERATOR, clock.now(), 1, actor="m-1")
    overrule(kept.service.parts, "news", guid, decision)
    decided = kept.call("/1.1/comment-check", comment_content=f"{LONG} {REJECTED}", recheck_reason="retry")

    assert [one.data for one in (first, again, decided)] == [b"true", b"true", b"false"]
    assert {one.headers["X-akismet-guid"] for one in (again, decided)} == {guid}
    assert kept.texts == [f"{LONG} {REJECTED}"]


def test_a_comment_that_was_edited_is_checked_anew(kept: Kept) -> None:
    """So is one that nobody asked about before, whatever the reason."""
    first = kept.call("/1.1/comment-check", comment_content=f"{LONG} {REJECTED}")
    edited = kept.call("/1.1/comment-check", comment_content=f"Now {LONG} {REJECTED}", recheck_reason="edit")

    assert first.headers["X-akismet-guid"] != edited.headers["X-akismet-guid"]
    assert len(kept.texts) == 2


def test_a_test_asks_for_no_comment_of_another(kept: Kept) -> None:
    """What people decided of a comment is no answer to a test."""
    checked = kept.call("/1.1/comment-check", comment_content=REJECTED)
    decision = Decision(Action.APPROVE, DecidedBy.MODERATOR, clock.now(), 1, actor="m-1")
    overrule(kept.service.parts, "news", checked.headers["X-akismet-guid"], decision)

    assert kept.call("/1.1/comment-check", comment_content=REJECTED, recheck_reason="x", is_test="1").data == b"true"


@pytest.mark.parametrize(
    ("checked", "later"),
    [
        (
            {"comment_content": r"I don\'t think that it \"works\""},
            {"comment_content": 'I don\'t think that it "works"'},
        ),
        ({"comment_content": "Salt & vinegar\r\n\r\nwith it"}, {"comment_content": " Salt &amp; vinegar\nwith it"}),
        (
            {"comment_content": '<a href=\\"https://a.example\\">see</a> <script>here</script>'},
            {"comment_content": '<a href="https://a.example" rel="nofollow ugc">see</a> here'},
        ),
        ({"comment_author": r"Kim O\'Brien"}, {"comment_author": "Kim O'Brien"}),
    ],
)
def test_28_a_comment_is_known_again_as_the_client_stored_it(
    kept: Kept, checked: dict[str, str], later: dict[str, str]
) -> None:
    """WordPress sends it as PHP escapes it first, and as it is in its database later."""
    page = {"permalink": "https://blog.example/?p=1&x=2"}
    first, then = (
        {**page, **fields, "comment_content": f"{fields.get('comment_content', '')} {REJECTED}"}
        for fields in (checked, later)
    )
    answer = kept.call("/1.1/comment-check", **first)

    kept.call("/1.1/submit-ham", **then, reporter="admin")

    found = kept.service.get("news", answer.headers["X-akismet-guid"])
    assert found.decision is not None
    assert (found.status.value, found.decision.note) == ("approved", "reported by admin")


@pytest.mark.parametrize(
    "other", [{"comment_content": "Another text"}, {"comment_author": "Sam"}, {"permalink": "https://blog.example/2"}]
)
def test_28_another_comment_is_not_meant(kept: Kept, other: dict[str, str]) -> None:
    """One of another page, author or text; a submission of it is kept for learning instead."""
    guid = kept.call("/1.1/comment-check", comment_content=REJECTED).headers["X-akismet-guid"]

    kept.call("/1.1/submit-ham", **{"comment_content": REJECTED, **other})

    assert kept.service.get("news", guid).status.value == "rejected"
    with kept.service.parts.database.read() as connection:
        assert len(labels.suggested(connection, "news", 10)) == 1
