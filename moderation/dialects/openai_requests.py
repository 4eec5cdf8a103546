"""The body of OpenAI's moderation request: a text, a list of texts, or the parts of one message."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moderation.dialects.openai_errors import OpenAIError, wrong_input
from moderation.dialects.openai_models import DEFAULT

TEXTS_AT_MOST = 256
TEXT_AT_MOST = 32_768
"""Code points of one text, or of all parts of one message."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The texts that want a result each, and the model's name as the client gave it."""

    texts: Sequence[str]
    model: str


def read(body: bytes, *, ignore_images: bool) -> Asked:
    """Return what a body asks for, whatever its content type; unknown fields are ignored.

    Raises:
        OpenAIError: it is no JSON, or not a request.
    """
    try:
        document = json.loads(body.decode())
        json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text: it raises
    except (ValueError, RecursionError):
        raise OpenAIError(400, "We could not parse the JSON body of your request.") from None
    if not isinstance(document, dict):
        raise OpenAIError(400, "The body is not a JSON object.")
    model = document.get("model")
    if model is not None and not isinstance(model, str):
        raise OpenAIError(400, "Invalid type for 'model': expected a string.", param="model", code="invalid_type")
    return Asked(_texts(document.get("input"), ignore_images=ignore_images), (model or DEFAULT)[:200])


def _texts(given: Any, *, ignore_images: bool) -> list[str]:  # noqa: ANN401 - any JSON
    if given is None:
        raise OpenAIError(
            400, "Missing required parameter: 'input'.", param="input", code="missing_required_parameter"
        )  # fmt: skip
    if isinstance(given, str):
        return [_checked(given, "input")]
    if not isinstance(given, list) or not given:
        raise wrong_input("Invalid 'input': expected a string, or a list of strings or parts that is not empty.")
    if len(given) > TEXTS_AT_MOST:
        said = f"Invalid 'input': expected at most {TEXTS_AT_MOST} entries, but got {len(given)}."
        raise wrong_input(said, "array_above_max_length")
    if all(isinstance(one, str) for one in given):
        return [_checked(one, f"input[{number}]") for number, one in enumerate(given)]
    parts = [
        text for number, one in enumerate(given)
        if (text := _text_of(one, f"input[{number}]", ignore_images=ignore_images)) is not None
    ]  # fmt: skip
    if not parts:
        raise wrong_input("Invalid 'input': there is no text in it.")
    return [_checked("\n".join(parts), "input")]


def _text_of(part: Any, name: str, *, ignore_images: bool) -> str | None:  # noqa: ANN401 - any JSON
    """Return the text of a part of a message, None for an image that is ignored."""
    kind = part.get("type") if isinstance(part, dict) else None
    if kind == "text" and isinstance(part.get("text"), str):
        return str(part["text"])
    if kind == "image_url":
        if ignore_images:
            return None
        raise wrong_input(f"Invalid '{name}': no model here looks at images.", "image_input_not_supported")
    raise wrong_input(f"Invalid '{name}': expected a string, or a part with its type and text.", "invalid_type")


def _checked(text: str, name: str) -> str:
    if len(text) > TEXT_AT_MOST:
        said = (
            f"Invalid '{name}': string too long. Expected a string with maximum length {TEXT_AT_MOST}, "
            f"but got a string with length {len(text)} instead."
        )
        raise wrong_input(said, "string_above_max_length")
    return text
