"""Akismet's requests as clients write them, and as nobody should; the numbers are those of the contract's checklist."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.dialects.akismet_requests import Fields, comment_of, flag, given_key, read
from moderation.storable import storable

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
BYTES = st.one_of(st.binary(max_size=80), st.text("{}[]:,'\"\\ab&=%01 \n", max_size=80).map(str.encode))
CHARSETS = ("utf-16", "idna", "utf-7", "undefined")
TYPES = st.one_of(
    st.sampled_from([JSON, FORM, "", *(f"{FORM}; charset={name}" for name in CHARSETS)]), st.text(max_size=20)
)


def form(text: str) -> Fields:
    """Return the fields of a form."""
    return read({}, text.encode(), FORM)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3), BYTES, TYPES, st.text(max_size=20))
def test_whatever_comes_is_read_or_is_no_request(query: Mapping[str, str], body: bytes, kind: str, host: str) -> None:
    """Nothing but ValueError is raised, and what was read can be stored, sought and hashed."""
    with suppress(ValueError):
        fields = read(query, body, kind)
        storable(comment_of(fields))
        given_key(fields, host)
        assert all(text.encode() == text.replace("\0", "").encode() for one in fields.items() for text in one)


@given(st.text(max_size=30))
def test_any_date_and_any_language_are_read_or_left_out(told: str) -> None:
    """A site may write them as it likes."""
    comment_of({"comment_date_gmt": told, "blog_lang": told, "POST_ak_js": told, "comment_parent": told})


def test_10_the_kind_of_a_comment_has_two_names() -> None:
    """Discourse sends `content_type`; the usual name wins."""
    assert comment_of({"content_type": "forum-post"}).thread.section == "forum-post"
    assert comment_of({"content_type": "x", "comment_type": "reply"}).thread.section == "reply"


@pytest.mark.parametrize(
    "body",
    [
        "comment_context=cats%2C+dogs",
        "comment_context[]=cats&comment_context[]=dogs",
        "comment_context[0]=cats&comment_context[1]=dogs",
        "comment_context%5B%5D=cats&comment_context%5B%5D=dogs",
    ],
)
def test_11_the_context_is_a_text_or_a_list(body: str) -> None:
    """In any of the ways that PHP writes one."""
    assert comment_of(form(body)).metadata["context"] == "cats, dogs"
    assert comment_of(read({}, b'{"comment_context": ["cats", "dogs"]}', JSON)).metadata["context"] == "cats, dogs"


@pytest.mark.parametrize(
    ("value", "on"), [("1", True), ("true", True), ("True", True), ("false", False), ("0", False), ("", False)]
)
def test_12_a_flag_is_on_or_off(value: str, *, on: bool) -> None:
    """In a form; JSON has a word for it."""
    assert flag({"is_test": value}, "is_test") is on
    assert flag(read({}, b'{"is_test": false}', JSON), "is_test") is False
    assert flag(read({}, b'{"is_test": true}', JSON), "is_test") is True


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-11-25T12:00:00+02:00", datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ("2026-11-25 12:00:00", datetime(2026, 11, 25, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("0000-00-00 00:00:00", None),
    ],
)
def test_a_date_that_cannot_be_is_left_out(told: str, moment: datetime | None) -> None:
    """Also one that is none in UTC."""
    assert comment_of({"comment_date_gmt": told}).created_at == moment


@pytest.mark.parametrize(("told", "parent"), [("0", None), ("", None), ("10", "10")])
def test_a_comment_that_answers_none_has_no_parent(told: str, parent: str | None) -> None:
    """WordPress says 0 of it."""
    assert comment_of({"comment_parent": told}).parent_id == parent


def test_a_thousand_entries_of_a_list_are_read_at_once() -> None:
    """A further one is too many."""
    assert len(form("&".join(["a[]=b"] * 1000))) == 1000
    with pytest.raises(ValueError, match="fields"):
        form("&".join(["a[]=b"] * 1001))
