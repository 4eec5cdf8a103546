"""Codes of an app against the vectors of the RFC, and what is read of what people type."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from moderation import totp
from tests.build import NOW

SECRET = base64.b32encode(b"12345678901234567890").decode()
"""Of the test vectors of RFC 6238, Appendix B."""


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, expected: str) -> None:
    """RFC 6238, Appendix B, for SHA-1; six digits are the last ones of eight."""
    step = totp.step_at(datetime.fromtimestamp(seconds, UTC))

    assert totp.code(SECRET, step, 8) == expected
    assert totp.code(SECRET, step) == expected[-6:]


@pytest.mark.parametrize(("drift", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clocks_may_differ_by_a_step(drift: int, good: bool) -> None:
    """The step before and the one after count, and no other."""
    step = totp.step_at(NOW + drift * timedelta(seconds=30))

    assert totp.matching_step(SECRET, totp.code(SECRET, step), NOW) == (step if good else None)


def test_a_code_may_be_typed_in_groups() -> None:
    """As apps show it; what has another shape is no code."""
    code = totp.code(SECRET, totp.step_at(NOW))

    assert totp.matching_step(SECRET, f" {code[:3]} {code[3:]}", NOW) is not None
    for typed in ("", code[:5], f"{code}0", "٠١٢٣٤٥", "abcdef", f"{code}\n"):
        assert totp.matching_step(SECRET, typed, NOW) is None


def test_a_recovery_code_may_be_typed_in_many_ways() -> None:
    """In capitals, without hyphens, with letters that look like the digits that were meant."""
    same = {totp.recovery_hash(one) for one in ("01abc-2defg", "OLABC2DEFG", " oiabc 2defg ")}

    assert len(same) == 1
    assert totp.recovery_hash("01abc-2defh") not in same
    assert totp.recovery_hash("\ud800")


def test_an_app_is_told_all_in_one_address() -> None:
    """With what the app lists the secret under, escaped."""
    assert totp.address("ABC", "Moderation news", "kim+a@news.example") == (
        "otpauth://totp/Moderation%20news:kim%2Ba%40news.example?secret=ABC&issuer=Moderation%20news"
    )
