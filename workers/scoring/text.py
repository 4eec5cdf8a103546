"""What a scorer is handed: a text, and what is known about it."""

from dataclasses import dataclass

from moderation.model import Comment
from moderation.records import StoredComment


@dataclass(frozen=True, slots=True)
class Text:
    """A text to score; `language` is ISO 639-1, `comment` is there when the text is one of a site."""

    text: str
    language: str | None = None
    comment: Comment | None = None


def of_stored(stored: StoredComment) -> Text:
    """Return what is scored of a stored comment."""
    comment = Comment(
        text=stored.text,
        thread=stored.thread,
        author=stored.author,
        external_id=stored.external_id,
        parent_id=stored.parent_id,
        language=stored.language_hint,
        created_at=stored.created_at,
        signals=stored.signals,
        metadata=stored.metadata,
    )
    return Text(stored.text, stored.language_hint, comment)
