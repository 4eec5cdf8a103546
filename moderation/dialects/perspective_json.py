"""Reads JSON as leniently as Perspective did: names and strings without or with other quotes, and stray commas.

The documentation's own example had `{comment: {text: "..."}, languages: ["en"], requestedAttributes: {TOXICITY:{}} }`.
"""

import json
import re
from typing import Any

TOKEN = re.compile(
    r"""
    "(?:[^"\\]|\\.)*+(?:"|\Z)       # a string, which stays as it is; unclosed to the end, so that none is read twice
    | '(?P<single>(?:[^'\\]|\\.)*+)(?:'|\Z)
    | (?P<name>[A-Za-z_$][\w$]*+)(?=\s*+:)
    | ,(?P<stray>\s*+(?=[}\]]))
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPED_SURROGATE = "\\ud"
ESCAPED_APOSTROPHE = re.compile(r"\\(.)|\"", re.DOTALL)


def loads(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """Return what a body holds, without members that are null; strict JSON is tried first.

    Raises:
        ValueError: it is no JSON even so, no UTF-8, or nested too deeply.
    """
    try:
        return _loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("The body is no JSON in UTF-8") from None  # what Python says could quote the comment


def _loads(text: str) -> Any:  # noqa: ANN401 - any JSON
    try:
        found = json.loads(text, object_pairs_hook=_set, parse_constant=_refuse)
    except json.JSONDecodeError:
        lenient = TOKEN.sub(_strict, text)
        found = json.loads(lenient, object_pairs_hook=_set, parse_constant=_refuse, strict=False)
    if ESCAPED_SURROGATE in text.lower():
        json.dumps(found, ensure_ascii=False).encode()  # half a pair is no text: it raises
    return found


def _strict(token: re.Match[str]) -> str:
    if token["single"] is not None:
        return f'"{ESCAPED_APOSTROPHE.sub(_requoted, token["single"])}"'
    if token["name"] is not None:
        return f'"{token["name"]}"'
    if token["stray"] is not None:
        return token["stray"]
    return token[0]


def _requoted(match: re.Match[str]) -> str:
    if match[0] == '"':
        return '\\"'
    return "'" if match[1] == "'" else match[0]


def _set(members: list[tuple[str, Any]]) -> dict[str, Any]:
    return {name: value for name, value in members if value is not None}


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")
