"""What holds the other tests to linear work tells it from quadratic work."""

import pytest

from tests import timing
from tests.timing import assert_linear

TEXT = "a" * 64_000


def linear(text: str) -> None:
    """Do a part of a second of work in proportion to the length."""
    for _ in range(80):
        sum(map(ord, text))


def test_linear_work_passes() -> None:
    """Work that takes four times as long for four times the text is good."""
    assert_linear(linear, str, TEXT)


def test_quadratic_work_fails() -> None:
    """Work that looks through the text again and again fails, though it ends in well under a second."""
    with pytest.raises(pytest.fail.Exception, match="times as long"):
        assert_linear(lambda text: [text.count("b") for _ in range(0, len(text), 10)], str, TEXT)


def test_slow_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work that grows with the text but takes longer than anything may fails."""
    monkeypatch.setattr(timing, "SECONDS", timing.NOTHING)

    with pytest.raises(pytest.fail.Exception, match=f"at most {timing.NOTHING}"):
        assert_linear(linear, str, TEXT)
