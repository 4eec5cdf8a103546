from moderation.model import Comment, Thread
from workers.scoring.text import Text


def test_a_text_needs_no_comment() -> None:
    """A text that only wants scores comes without language and comment."""
    assert Text("hello") == Text("hello", language=None, comment=None)


def test_a_text_can_bring_its_comment() -> None:
    """The text of a site's comment comes with author and signals, for scorers that look at them."""
    comment = Comment("hello", Thread("news-1"))

    assert Text(comment.text, "en", comment).comment is comment
