"""Programs' requests to Akismet, as their source has them; the numbers are those of the contract's checklist."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from moderation.dialects.akismet_verdicts import THANKS
from moderation.storage import labels
from tests.dialects.akismet_site import REJECTED, Kept

FORM = "application/x-www-form-urlencoded"
WRITER = {"user_ip": "203.0.113.9", "user_agent": "Mozilla/5.0 (writer)", "referrer": "https://news.example/"}
READER = {"user_ip": "198.51.100.7", "user_agent": "Mozilla/5.0 (reader)", "referrer": "https://news.example/desk"}


def send(kept: Kept, path: str, body: str, content_type: str) -> TestResponse:
    """Post to the host that has the key as its first label, without a key in any field."""
    headers = {"Host": f"{kept.key}.rest.akismet.com"}
    return kept.client.post(path, data=body.encode(), content_type=content_type, headers=headers)


def discourse(kept: Kept, path: str, **more: str) -> TestResponse:
    """Send a post as Discourse's plugin does: `content_type`, no e-mail, at most 32,000 characters."""
    fields = {
        "content_type": "forum-post", "permalink": "https://forum.example/t/a-topic/12/1", "comment_author": "kim",
        "comment_content": f"A title\n\nSee {REJECTED}", "user_ip": "203.0.113.9", "user_agent": "Mozilla/5.0",
        "referrer": "https://forum.example/", "blog": "https://forum.example", **more,
    }  # fmt: skip
    return send(kept, path, urlencode(fields), FORM)


def test_26_discourse_checks_and_submits(kept: Kept) -> None:
    """The status is 200, and the bodies are the very words that it compares."""
    checked = discourse(kept, "/1.1/comment-check")
    ham = discourse(kept, "/1.1/submit-ham")
    spam = discourse(kept, "/1.1/submit-spam")

    assert [one.status_code for one in (checked, ham, spam)] == [200, 200, 200]
    assert [one.text for one in (checked, ham, spam)] == ["true", THANKS, THANKS]
    found = kept.service.get("news", checked.headers["X-akismet-guid"])
    assert (found.thread.section, found.status.value) == ("forum-post", "rejected")


def test_26_discourse_may_send_its_longest_post(kept: Kept) -> None:
    """And a profile without a text."""
    longest = discourse(kept, "/1.1/comment-check", comment_content=f"{REJECTED} ".ljust(32_000, "x"))
    profile = discourse(kept, "/1.1/comment-check", comment_content="", content_type="signup")

    assert [(one.status_code, one.text) for one in (longest, profile)] == [(200, "true"), (200, "false")]


def coral(text: str, whose: Mapping[str, str]) -> dict[str, object]:
    """Return the comment as Coral describes it, with what it knows of whoever is asking."""
    return {
        **whose, "permalink": "https://news.example/story", "comment_type": "comment", "comment_author": "Kim",
        "comment_content": text, "is_test": False, "comment_date_gmt": "2026-11-25T12:00:00.000Z",
    }  # fmt: skip


def check(kept: Kept, text: str) -> TestResponse:
    """Check a comment as npm akismet-api does for Coral, which has JavaScript's words in its form."""
    fields = {**coral(text, {**WRITER, "user_ip": ""}), "is_test": "false", "blog": "https://news.example"}
    return send(kept, "/1.1/comment-check", urlencode(fields), FORM)


def feedback(kept: Kept, path: str, text: str) -> TestResponse:
    """Send what a moderator or a reader says: JSON with neither blog nor key, and their own address."""
    return send(kept, path, json.dumps(coral(text, READER)), "application/json")


@pytest.mark.parametrize(("path", "status"), [("/1.1/submit-ham", "approved"), ("/1.1/submit-spam", "rejected")])
def test_27_corals_feedback_decides_the_comment(kept: Kept, path: str, status: str) -> None:
    """It is the writer's comment still: nothing of whoever reported it is kept."""
    text = f"<div>See {REJECTED}</div>"
    checked = check(kept, text)
    before = kept.service.get("news", checked.headers["X-akismet-guid"])

    assert feedback(kept, path, text).text == THANKS

    after = kept.service.get("news", before.id)
    assert (checked.text, after.status.value) == ("true", status)
    assert (after.signals, after.address_key, after.author) == (before.signals, before.address_key, before.author)
    with kept.service.parts.database.read() as connection:
        ((comment, label),) = labels.taught(connection, "news", 10)
    assert (comment.id, label.attributes["spam"]) == (before.id, path == "/1.1/submit-spam")


def test_27_corals_feedback_of_an_unknown_comment_teaches_its_text_alone(kept: Kept) -> None:
    """Of a comment from before, neither address nor browser nor page is kept."""
    assert feedback(kept, "/1.1/submit-spam", "Buy my shoes").text == THANKS

    with kept.service.parts.database.read() as connection:
        (one,) = labels.suggested(connection, "news", 10)
    assert (one.text, one.attributes) == ("Buy my shoes", {"spam": True})
    assert not any(part in str(one) for part in (*READER.values(), "news.example", "Kim"))


def wordpress(kept: Kept, path: str, **more: str) -> TestResponse:
    """Send a comment as WordPress does, with what its form and its server know."""
    fields = {
        "api_key": kept.key, "blog": "https://blog.example", "blog_lang": "en_US", "blog_charset": "UTF-8",
        "comment_author": "Kim", "comment_author_email": "kim@blog.example", "comment_author_url": "",
        "comment_content": f"See {REJECTED}", "comment_type": "comment", "comment_post_ID": "7", "comment_parent": "0",
        "user_ID": "0", "user_id": "0", "permalink": "https://blog.example/?p=7", **WRITER,
        "akismet_comment_nonce": "inactive", "POST_comment": f"See {REJECTED}", "POST_ak_js": "1790000000000",
        "POST_ak_hp_textarea": "", "HTTP_ACCEPT": "*/*", "REMOTE_ADDR": "203.0.113.9", "REQUEST_URI": "/post",
        "comment_context[0]": "cats", "comment_context[1]": "dogs",
        "callback": "https://blog.example/wp-json/akismet/v1/webhook", **more,
    }  # fmt: skip
    return send(kept, path, urlencode(fields), f"{FORM}; charset=UTF-8")


def test_a_comment_of_wordpress_is_kept_with_what_it_says_of_it(kept: Kept) -> None:
    """And with nothing of the visitor's request that is not needed."""
    answer = wordpress(kept, "/1.1/comment-check")

    found = kept.service.get("news", answer.headers["X-akismet-guid"])
    assert (found.thread.id, found.parent_id, found.language_hint) == ("https://blog.example/?p=7", None, "en")
    assert (found.author.name, found.author.email, found.author.ip) == ("Kim", "kim@blog.example", None)
    assert (found.signals.honeypot, found.signals.filled_in_ms) == (None, None)
    assert dict(found.metadata) == {"comment_type": "comment", "blog": "https://blog.example", "context": "cats, dogs"}
