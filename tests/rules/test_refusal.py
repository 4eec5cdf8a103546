"""What a rule refuses becomes the error that the caller is told."""

import pytest

from moderation.errors import EmptyError, TooLongError, TooManyError, TooShortError
from moderation.model import Facts, LengthUnit, WindowUse
from moderation.policy_document import LengthPolicy, Policy
from moderation.rules import refusal, run
from moderation.rules.draft import Draft
from tests.rules.build import draft

POLICY = Policy(length=LengthPolicy(5, 9, LengthUnit.CODE_POINTS), thread_total=100)


def refused(made: Draft) -> object:
    """Return what the pipeline would tell the caller."""
    return refusal(run(made), made.length, made.facts)


@pytest.mark.parametrize(
    ("text", "kind", "fields"),
    [
        ("", EmptyError, {"count": 0, "limit": 5, "unit": "code_points"}),
        ("abcd", TooShortError, {"count": 4, "limit": 5, "unit": "code_points"}),
        ("abcdefghij", TooLongError, {"count": 10, "limit": 9, "unit": "code_points"}),
    ],
)
def test_a_wrong_length_is_told_with_count_limit_and_unit(
    text: str, kind: type[EmptyError], fields: dict[str, object]
) -> None:
    """The limit is the bound that was crossed, at the lower end too."""
    error = refused(draft(text, POLICY))

    assert isinstance(error, kind)
    assert error.fields == fields


def test_a_full_window_is_told_with_the_time_to_wait() -> None:
    """Of several full windows, the one that stays full longest says when to try again."""
    windows = (
        WindowUse("author", 60, 60, 60, 12),
        WindowUse("address", 1, 60, 60, 0),
        WindowUse("site", 999, 999, 3600, 1800),
    )
    error = refused(draft("abcdef", POLICY, Facts(windows)))

    assert isinstance(error, TooManyError)
    assert error.retry_after == 1800
    assert error.fields == {"limit": {"per": "site", "count": 999, "seconds": 3600}}
    assert error.detail == "site: 999 in 3600 s"


def test_a_full_thread_is_told_as_such() -> None:
    """A thread that has all the comments it may have is no window, and asks for patience of a day."""
    error = refused(draft("abcdef", POLICY, Facts((WindowUse("author", 60, 60, 60, 12),), thread_total=120)))

    assert isinstance(error, TooManyError)
    assert error.retry_after == 86_400
    assert error.fields == {"limit": {"per": "thread", "count": 100, "seconds": None}}


def test_what_is_taken_in_is_no_refusal() -> None:
    """Without a refusal there is no error, whatever else was found."""
    assert refused(draft("abcdef", POLICY, Facts(author_has_same=True))) is None
