"""The bounds of the native API's bodies that only code can say."""

import pytest
from pydantic import ValidationError

from moderation.dialects.native_schemas import METADATA_AT_MOST, CommentIn


def read(metadata: str) -> dict[str, object]:
    """Return the metadata of a comment as it is taken from JSON."""
    body = f'{{"text": "a", "thread": {{"id": "t"}}, "metadata": {metadata}}}'
    return dict(CommentIn.model_validate_json(body).metadata)


@pytest.mark.parametrize(
    "metadata",
    [
        '{"a": NaN}',
        '{"a": [1, {"b": -Infinity}]}',
        '{"a": 1e999}',
        '{"a": "\\u0000"}',
        '{"\\u0000": 1}',
        '{"a": [{"b": "x\\u0000"}]}',
        '{"a": "' + "x" * METADATA_AT_MOST + '"}',
        '"text"',
    ],
    ids=range(8),
)
def test_metadata_that_no_database_keeps_is_refused(metadata: str) -> None:
    """NaN, infinity and U+0000, however deep, and what is too long, are refused before anything is stored."""
    with pytest.raises(ValidationError):
        read(metadata)


@pytest.mark.parametrize(
    "metadata", ["{}", '{"a": null, "b": [1, 2.5, true, {"c": "é"}]}', '{"a": "\\\\x00 \\\\u0000"}']
)
def test_metadata_is_any_other_json(metadata: str) -> None:
    """Anything else that is JSON is kept, also text that only looks like an escape."""
    assert read(metadata) is not None
