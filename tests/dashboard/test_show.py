"""What a page shows of a comment."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from moderation.dashboard.show import Piece, actions, bars, card, pieces, safe_link
from moderation.model import (
    Action,
    Author,
    DecidedBy,
    Decision,
    Language,
    Length,
    LengthUnit,
    Reason,
    Scored,
    Signals,
    Span,
    Status,
    Thread,
)
from moderation.policy_document import Policy, SectionPolicy, Threshold
from moderation.records import StoredComment

AT = datetime(2026, 11, 25, 23, 5, 9, 123_456, tzinfo=UTC)
HELD = Decision(Action.HOLD, DecidedBy.POLICY, AT, 1, (Reason("suspect_word", "'mayor'", spans=(Span(4, 9),)),))
STORED = StoredComment(
    id="018f", site_id="news", thread=Thread("t1", section="letters"), external_id=None, parent_id=None,
    text="The mayor", author=Author(), author_key=None, address_key=None, text_key=None, language_hint=None,
    signals=Signals(), metadata={}, created_at=AT, received_at=AT, updated_at=AT, erased_at=None, revision=1,
    sequence=1, status=Status.HELD, length=Length(9, 300, LengthUnit.GRAPHEMES), findings=(),
    scored=Scored({"toxicity": 0.5, "spam": None}, Language("en", 0.9)), decision=HELD, priority=1,
    score_after=None, attempts=1,
)  # fmt: skip


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        ([], "abc👩‍🚒def"),
        ([Span(0, 1)], "[a]bc👩‍🚒def"),
        ([Span(3, 6)], "abc[👩‍🚒]def"),
        ([Span(7, 9), Span(0, 2)], "[ab]c👩‍🚒d[ef]"),
        ([Span(0, 4), Span(2, 6)], "[abc👩][‍🚒]def"),
        ([Span(0, 9), Span(1, 2)], "[abc👩‍🚒def]"),
        ([Span(7, 99), Span(50, 60), Span(2, 2)], "abc👩‍🚒d[ef]"),
    ],
)
def test_spans_are_marked(spans: list[Span], marked: str) -> None:
    """Each code point is shown once and in order, marked when any span covers it, whatever the spans."""
    found = list(pieces("abc👩‍🚒def", spans))

    assert "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in found) == marked
    assert "".join(piece.text for piece in found) == "abc👩‍🚒def"


def test_a_card_says_what_is_known() -> None:
    """A card has the marked text, reasons, length, author and times in words."""
    shown = card(STORED, Policy())

    assert shown.pieces == (Piece("The ", marked=False), Piece("mayor", marked=True))
    assert [(why.name, why.detail) for why in shown.reasons] == [("Suspect word", "'mayor'")]
    assert shown.length == "9 of 300 characters"
    assert shown.author == "Anonymous"
    assert shown.thread == "t1"
    assert (shown.received.iso, shown.received.words) == ("2026-11-25T23:05:09.123Z", "2026-11-25 23:05 UTC")


def test_a_comment_without_a_decision_has_no_reasons() -> None:
    """A pending comment has no reasons, marks or time of decision."""
    shown = card(replace(STORED, status=Status.PENDING, decision=None), Policy())

    assert shown.reasons == ()
    assert shown.decided is None
    assert [piece.marked for piece in shown.pieces] == [False]


def test_unknown_is_no_score() -> None:
    """A missing score is shown as unknown, and is never over a threshold."""
    by_name = {bar.name: bar for bar in bars(STORED, Policy(thresholds={"spam": Threshold(hold=0.1)}))}

    assert by_name["Spam"].score is None
    assert not by_name["Spam"].over
    assert by_name["Identity attack"].score is None


def test_bars_show_the_threshold_of_the_section() -> None:
    """A score is over when it reaches the lowest threshold that holds in the comment's section."""
    policy = Policy(sections={"letters": SectionPolicy(thresholds={"toxicity": Threshold(hold=0.5, reject=0.9)})})

    bar = card(STORED, policy).bars[0]

    assert (bar.name, bar.threshold, bar.over) == ("Toxicity", 0.5, True)
    assert not card(replace(STORED, thread=Thread("t1")), policy).bars[0].over


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://news.example/1", True),
        ("HTTP://news.example/1", True),
        ("http://[::1]/", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//news.example/1", False),
        ("/1", False),
        ("https:///1", False),
        ("http://[::1", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_linked(url: str | None, *, safe: bool) -> None:
    """A thread's address becomes a link only if it is an absolute http or https address."""
    assert safe_link(url) == (url if safe else None)


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (Status.HELD, (Action.APPROVE, Action.REJECT)),
        (Status.PENDING, (Action.APPROVE, Action.REJECT)),
        (Status.APPROVED, (Action.REJECT,)),
        (Status.REJECTED, (Action.APPROVE,)),
    ],
)
def test_only_what_changes_something_is_offered(status: Status, offered: tuple[Action, ...]) -> None:
    """A moderator is offered the decisions that change a comment's status, and none on an erased one."""
    assert actions(replace(STORED, status=status)) == offered
    assert actions(replace(STORED, status=status, erased_at=AT)) == ()
