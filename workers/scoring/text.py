"""What a scorer is handed: a text, and what is known about it."""

from dataclasses import dataclass

from moderation.asks import Ask
from moderation.model import Author, Comment, Signals, Thread
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


def of_asked(text: str, ask: Ask) -> Text:
    """Return what is scored of a text that is not kept."""
    if ask.beside is None:
        return Text(text, ask.language)
    beside = ask.beside
    author = Author(name=beside.author_name, url=beside.author_url)
    signals = Signals(honeypot=beside.honeypot, filled_in_ms=beside.filled_in_ms)
    return Text(text, ask.language, Comment(text, Thread(""), author, language=ask.language, signals=signals))
