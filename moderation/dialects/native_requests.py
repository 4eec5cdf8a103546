"""What the native API reads from a request beside its body: headers, ids and cursors."""

import base64
import binascii
import hashlib
import re
from datetime import datetime

from flask import request

from moderation import ids, word_lists
from moderation.dialects.native_schemas import ClusterDecisionIn
from moderation.errors import BadRequestError, InvalidInputError, NotFoundError
from moderation.model import DecidedBy, Decision, Reason
from moderation.records import Key, Site
from moderation.web import service

RETRY_HEADERS = {
    "Idempotency-Key": (
        r"^[\x21-\x7e]{1,255}$",
        "1 to 255 visible ASCII characters; the same key and body get the first answer again.",
    ),
}
WAIT_HEADERS = {
    **RETRY_HEADERS,
    "Prefer": (None, "`wait=SECONDS` (RFC 7240): answer with the decision if it comes in time."),
}
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
NUMBER = re.compile(r"[1-9][0-9]{0,17}")
NO_CURSOR = [{"field": "cursor", "code": "invalid", "message": "Not a cursor of this API"}]
PREFER_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,4}(?:\.\d{1,3})?)")


def body_hash(body: bytes) -> str:
    """Return SHA-256 of a body: what an idempotency key stands for."""
    return hashlib.sha256(body).hexdigest()


def idempotency_key() -> str | None:
    """Return the request's `Idempotency-Key`; `BadRequestError` if it has a shape that no client needs."""
    key = request.headers.get("Idempotency-Key")
    if key is None or IDEMPOTENCY_KEY.fullmatch(key):
        return key
    raise BadRequestError("Idempotency-Key must be 1 to 255 visible ASCII characters")


def wait_seconds() -> float:
    """Return the seconds of `Prefer: wait=…` (RFC 7240); a preference that cannot be read is no preference."""
    found = PREFER_WAIT.search(request.headers.get("Prefer", ""))
    return min(float(found[1]), service().settings.max_wait_seconds) if found else 0.0


def checked_id(text: str) -> str:
    """Return a path's id of a comment; `NotFoundError` if no comment can have it."""
    if not ids.is_id(text):
        raise NotFoundError
    return text


def decision_of(body: ClusterDecisionIn, key: Key, site: Site, now: datetime) -> Decision:
    """Return what a caller decides, as a decision of the site."""
    return Decision(
        action=body.action,
        by=DecidedBy.API,
        at=now,
        policy_version=site.policy_version,
        reasons=(Reason("decided", body.reason),) if body.reason else (),
        actor=key.name,
        note=body.note,
        actor_id=key.prefix,
    )


def cursor(last: str) -> str:
    """Return the cursor of the page after the one that ends with this id or number."""
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def read_cursor(text: str) -> str:
    """Return the id that a cursor stands for; `InvalidInputError` if it is none of ours."""
    found = _decoded(text)
    if not ids.is_id(found):
        raise InvalidInputError(NO_CURSOR)
    return found


def read_number_cursor(text: str) -> int:
    """Return the number that a cursor stands for; `InvalidInputError` if it is none of ours."""
    found = _decoded(text)
    if not NUMBER.fullmatch(found):
        raise InvalidInputError(NO_CURSOR)
    return int(found)


def read_word_cursor(text: str) -> tuple[int, str]:
    """Return the place among words that a cursor stands for; `InvalidInputError` if it is none of ours."""
    name, _, term = _decoded(text).partition(":")
    place = next((at for at, one in enumerate(word_lists.LISTS) if one == name), None)
    if place is None:
        raise InvalidInputError(NO_CURSOR)
    return place, term


def _decoded(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        return ""
