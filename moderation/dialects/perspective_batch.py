"""Google's batches: several requests in the parts of one multipart/mixed body, and their answers likewise.

What google-api-python-client sends and needs is in its `googleapiclient/http.py`, class `BatchHttpRequest`: an id of
any length may be folded over several lines, line ends may be LF alone, and `content-length` inside a part counts
characters; in the answer the id stands on one line, and a blank line of CRLF ends the headers inside a part.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from moderation import ids
from moderation.dialects.perspective_calls import Call, Reply
from moderation.dialects.perspective_errors import PerspectiveError

PARTS_AT_MOST = 1000
CONTENT_ID = re.compile(r"<.*?\s\+\s+(?P<id>.*)>", re.DOTALL)
HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
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
    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    message = message_from_bytes(head + body)
    if not message.is_multipart():
        raise PerspectiveError(400, NOT_A_BATCH)
    parts = message.get_payload()
    if not isinstance(parts, list) or len(parts) > PARTS_AT_MOST:
        said = f"The batch request could not be processed. It has more than {PARTS_AT_MOST} parts."
        raise PerspectiveError(400, said)
    return [_part(part) for part in parts if isinstance(part, Message)]


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


def _part(part: Message) -> Part:
    found = CONTENT_ID.search(str(part.get("Content-ID", "")))
    content_id = "".join(found["id"].split()) if found else ""
    payload = part.get_payload(decode=True)
    head, *rest = HEAD_ENDS.split(payload.lstrip() if isinstance(payload, bytes) else b"", maxsplit=1)
    line, *headers = head.decode("utf-8", "replace").splitlines() or [""]
    asked = REQUEST_LINE.fullmatch(line.strip())
    target = urlsplit(asked["target"] if asked else "")
    named = [header.partition(":") for header in headers]
    call = Call(
        asked["method"] if asked else "",
        target.path,
        dict(parse_qsl(target.query, max_num_fields=50)),
        {name.strip().lower(): value.strip() for name, _, value in named},
        rest[0] if rest else b"",
    )
    return Part(content_id, call)
