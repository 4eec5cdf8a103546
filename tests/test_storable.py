"""Comments of other APIs' clients, made fit to be stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.dialects.native_schemas import CommentIn
from moderation.model import Author, Comment, Signals, Thread
from moderation.storable import storable

ANY = st.one_of(st.none(), st.text(st.characters(), max_size=40), st.sampled_from(["x" * 9000, "\ud800", "\0", ""]))
TEXTS = st.text(st.characters(), min_size=1, max_size=60)


@given(text=TEXTS, thread=ANY, name=ANY, url=ANY, ip=ANY, metadata=st.dictionaries(TEXTS, ANY, max_size=40))
def test_whatever_comes_the_native_api_would_take_it(
    text: str, thread: str | None, name: str | None, url: str | None, ip: str | None, metadata: dict[str, str | None]
) -> None:
    """Each field is within the bounds of the native API, and no half characters are left."""
    made = storable(
        Comment(
            text,
            Thread(thread or "", url, name, name),
            Author(name, name, name, url, ip),
            external_id=name,
            parent_id=thread,
            signals=Signals(name, -5, url, url),
            metadata=metadata,
        )
    )

    CommentIn.model_validate(
        {
            "text": made.text,
            "thread": {
                "id": made.thread.id,
                "url": made.thread.url,
                "title": made.thread.title,
                "section": made.thread.section,
            },
            "author": {
                "id": made.author.id,
                "name": made.author.name,
                "email": made.author.email,
                "url": made.author.url,
                "ip": made.author.ip,
            },
            "external_id": made.external_id,
            "parent_id": made.parent_id,
            "signals": {
                "honeypot": made.signals.honeypot,
                "filled_in_ms": made.signals.filled_in_ms,
                "user_agent": made.signals.user_agent,
                "referrer": made.signals.referrer,
            },
            "metadata": made.metadata,
        }
    )
    assert str(made).encode()
    assert len(made.text) == len(text)


def test_what_is_fit_stays_as_it_is() -> None:
    """An ordinary comment is not changed."""
    comment = Comment(
        "Grüße 👋",
        Thread("t1", "https://news.example/1", "A title", "politics"),
        Author("u-1", "Kim", "kim@news.example", "https://kim.example", "203.0.113.9"),
        external_id="c-1",
        parent_id="c-0",
        signals=Signals("", 5200, "Firefox", "https://news.example"),
        metadata={"client_token": "a"},
    )

    made = storable(comment)

    assert made.signals.honeypot is None
    assert storable(made) == made
    assert (made.text, made.thread, made.author, made.metadata) == (
        comment.text, comment.thread, comment.author, comment.metadata
    )  # fmt: skip


@pytest.mark.parametrize("address", ["", "unknown", "10.0.0.256", "203.0.113.9, 10.0.0.1"])
def test_what_is_no_address_is_none(address: str) -> None:
    """Some clients send a word, or a list; it would be hashed as if it told people apart."""
    assert storable(Comment("x", Thread("t"), Author(ip=address))).author.ip is None
