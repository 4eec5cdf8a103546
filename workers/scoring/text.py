"""What a scorer is handed: a text, and what is known about it."""

from dataclasses import dataclass

from moderation.model import Comment


@dataclass(frozen=True, slots=True)
class Text:
    """A text to score; `language` is ISO 639-1, `comment` is there when the text is one of a site."""

    text: str
    language: str | None = None
    comment: Comment | None = None
