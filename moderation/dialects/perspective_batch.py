"""Google's batches: several requests in the parts of one multipart/mixed body, and their answers likewise.

What google-api-python-client sends and needs is in its `googleapiclient/http.py`, class `BatchHttpRequest`: an id of
any length may be folded over several lines, line ends may be LF alone, and `content-length` inside a part counts
characters; in the answer the id stands on one line, and a blank line of CRLF ends the headers inside a part.
"""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from moderation import ids
from moderation.dialects.perspective_calls import Call, Reply
from moderation.dialects.perspective_errors import PerspectiveError

PARTS_AT_MOST = 1000
HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
LINE_ENDS = re.compile(r"\r?\n")
FOLD = re.compile(r"\r?\n[ \t]+")
QUERY_FIELDS_AT_MOST = 50
REQUEST_LINE = re.compile(r"(?P<method>[A-Z]{1,10}) (?P<target>\S+)(?: HTTP/[\d.]+)?")
NOT_A_BATCH = "Failed to parse batch request, error: the body is not multipart/mixed with parts of application/http"


@dataclass(frozen=True, slots=True)
class Part:
    """One call of a batch, with the id that its answer is found by, as it was sent."""

    content_id: str
    call: Call


def read(content_type: str, body: bytes) -> list[Part]:
    """Return the calls of a batch.

    Raises:
        PerspectiveError: it is no batch, or it has more than `PARTS_AT_MOST` parts.
    """
    declared = Message()
    declared["Content-Type"] = re.sub(r"\s", " ", content_type)
    boundary = declared.get_boundary()
    if declared.get_content_type() != "multipart/mixed" or not boundary:
        raise PerspectiveError(400, NOT_A_BATCH)
    return [_part(piece) for piece in _pieces(body, boundary.encode("utf-8", "replace"))]


def write(parts: Sequence[Part], replies: Sequence[Reply]) -> tuple[bytes, str]:
    """Return the body and the content type of a batch's answer; `parts` are those that were asked."""
    boundary = f"batch_{ids.new_secret()}"
    lines = []
    for part, reply in zip(parts, replies, strict=True):
        body = json.dumps(reply.document, ensure_ascii=False, indent=2)
        headers = {"Content-Type": "application/json; charset=UTF-8", "Vary": "Origin", **reply.headers}
        lines += [
            f"--{boundary}",
            "Content-Type: application/http",
            f"Content-ID: <response-{boundary[-20:]} + {part.content_id}>",
            "",
            f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
            *(f"{name}: {value}" for name, value in headers.items()),
            "",
            body,
            "",
        ]
    lines += [f"--{boundary}--", ""]
    return "\r\n".join(lines).encode(), f"multipart/mixed; boundary={boundary}"


def _pieces(body: bytes, boundary: bytes) -> list[bytes]:
    """Return what stands between the delimiters, each beginning with the line end of the one before it."""
    delimiter = re.compile(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(?P<last>--)?[ \t]*+(?=\r?\n|\Z)")
    found: list[bytes] = []
    start = -1
    for match in delimiter.finditer(body):
        if start >= 0:
            found.append(body[start : match.start()])
        start = -1 if match["last"] else match.end()
        if match["last"] or len(found) > PARTS_AT_MOST:
            break
    if start >= 0:
        found.append(body[start:])
    if len(found) > PARTS_AT_MOST:
        raise PerspectiveError(400, f"The batch request could not be processed. It has over {PARTS_AT_MOST} parts.")
    if not found:
        raise PerspectiveError(400, NOT_A_BATCH)
    return found


def _part(piece: bytes) -> Part:
    """Return a part as its own headers and the request in it say; one that is no request has no method."""
    _, headers, inner = _split(piece)
    content_id = " ".join(headers.get("content-id", "").split()).removeprefix("<").removesuffix(">")
    line, headers, body = _split(inner.lstrip())
    call = Call("", "", {}, headers, body)
    asked = REQUEST_LINE.fullmatch(line.strip())
    if asked:
        with suppress(ValueError):  # no URL, or too many fields
            target = urlsplit(asked["target"])
            query = dict(parse_qsl(target.query, max_num_fields=QUERY_FIELDS_AT_MOST))
            call = Call(asked["method"], target.path, query, headers, body)
    return Part("".join(content_id.partition(" + ")[2].split()), call)


def _split(block: bytes) -> tuple[str, dict[str, str], bytes]:
    """Return the first line of a block, the headers under it by their names in lower case, and what follows them."""
    head, *rest = HEAD_ENDS.split(block, maxsplit=1)
    line, *lines = LINE_ENDS.split(FOLD.sub(" ", head.decode("utf-8", "replace")))
    named = (one.partition(":") for one in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in named}
    return line, headers, rest[0] if rest else b""
