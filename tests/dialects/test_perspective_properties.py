"""What holds of Perspective's dialect for any text and any bytes."""

import json
from contextlib import suppress
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from moderation.dialects import perspective_batch as batch
from moderation.dialects.perspective_analyze import answer, plan
from moderation.dialects.perspective_errors import PerspectiveError
from moderation.dialects.perspective_json import loads
from moderation.dialects.perspective_requests import AnalyzeRequest, read
from moderation.model import Language, Scope, Scored
from moderation.records import Key
from moderation.served import served
from tests.answering import CARDS

KEY = Key("prefix", "news", "the site", frozenset(Scope))
SERVED = served(CARDS)
PIECES = st.sampled_from(
    ["<b>", "</p>", "&amp;", "<!--", "-->", "😡", "é", "\u0301", ". ", "!\n", "<script>", "</script>"]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=30).map("".join)
BYTES = st.one_of(st.binary(max_size=80), st.text("{}[]:,'\"\\ab \n", max_size=60).map(str.encode))


@given(TEXTS, st.sampled_from(["HTML", "PLAIN_TEXT"]))
def test_spans_lie_in_the_text_in_order(text: str, kind: str) -> None:
    """Each attribute has at least one; they do not overlap, and none cuts a surrogate pair."""
    request = {
        "comment": {"text": text, "type": kind},
        "requestedAttributes": {"TOXICITY": {}},
        "spanAnnotations": True,
    }
    try:
        planned = plan(AnalyzeRequest.model_validate(request), SERVED, KEY, strict=True, max_bytes=20_480)
    except PerspectiveError as error:
        assert error.message == "Comment must be non-empty."  # noqa: PT017 - any other is a failure
        return

    scored = Scored({"toxicity": 0.5}, Language("en"))
    spans = answer(planned, [scored] * len(planned.wanted))["attributeScores"]["TOXICITY"]["spanScores"]

    units = text.encode("utf-16-le")
    assert spans
    assert all(0 <= one["begin"] < one["end"] <= len(units) // 2 for one in spans)
    assert all(before["end"] <= after["begin"] for before, after in pairwise(spans))
    for one in spans:
        units[2 * one["begin"] : 2 * one["end"]].decode("utf-16-le")


@given(
    st.recursive(
        st.one_of(st.booleans(), st.integers(), st.text(), st.floats(allow_nan=False, allow_infinity=False)),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    )
)
def test_strict_json_is_read_as_it_is(value: object) -> None:
    """The lenient reader changes nothing of what needs no leniency, members that are null apart."""
    assert loads(json.dumps(value).encode()) == value
    assert loads(json.dumps({"a": value}, ensure_ascii=False).replace('"a"', "a", 1).encode()) == {"a": value}


@given(BYTES)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Nothing but the refusals that callers know comes out of any of the readers."""
    with suppress(ValueError):
        loads(body)
    with suppress(PerspectiveError):
        plan(read(AnalyzeRequest, body), SERVED, KEY, strict=False, max_bytes=20_480)
    with suppress(PerspectiveError):
        batch.read("multipart/mixed; boundary=b", b"--b\r\n" + body)
