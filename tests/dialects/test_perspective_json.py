"""JSON as leniently as Perspective read it."""

from typing import Any

import pytest

from moderation.dialects.perspective_json import loads
from tests.proofs import Line, proves
from tests.timing import assert_linear


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ('{"a": 1, "b": null, "c": [null, {"d": null}]}', {"a": 1, "c": [None, {}]}),
        ("{a: 1, $b_2: {TOXICITY:{}}}", {"a": 1, "$b_2": {"TOXICITY": {}}}),
        ("{a : 'it\\'s \"quoted\"', b: \"it's\"}", {"a": 'it\'s "quoted"', "b": "it's"}),
        (r"{a: '\u00e9\n\\'}", {"a": "é\n\\"}),
        ('{"a": "x: {y: 1,}, z:", b: [1, 2, ], }', {"a": "x: {y: 1,}, z:", "b": [1, 2]}),
        ('{a: "two\nlines"}', {"a": "two\nlines"}),
        ("\ufeff{}", {}),
        (r'{"a": "\ud83d\ude21 \\ud800"}', {"a": "😡 \\ud800"}),
    ],
)
def test_what_perspective_read_is_read(body: str, value: Any) -> None:
    """Names without quotes, single quotes, stray commas, raw line breaks; strings stay as they are."""
    assert loads(body.encode()) == value


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{a: 'x}", b"{a: b}", b"{a: NaN}", b"{a: Infinity}", b"\xff", b"[" * 100_000, b"{a: 1} {}",
     rb'{"a": "\ud800"}', rb"{a: '\uDE21'}", b"{a: 'x', , }"],
)  # fmt: skip
def test_what_is_no_json_even_so_is_refused(body: bytes) -> None:
    """Also what is no text: half a surrogate pair, or bytes that are not UTF-8."""
    with pytest.raises(ValueError, match="no JSON"):
        loads(body)


@proves(Line.INPUT)
@pytest.mark.parametrize("piece", ['"\\"', "'\\'", "a ", "a:", ", ", '"', "'", "{a:'", "\\"])
def test_reading_takes_linear_time(piece: str) -> None:
    """Whatever is repeated, a megabyte is read or refused in time that grows with its length."""

    def read(body: bytes) -> None:
        with pytest.raises(ValueError, match="no JSON"):
            loads(body)

    assert_linear(read, str.encode, "{x: " + piece * (1_000_000 // len(piece)))
