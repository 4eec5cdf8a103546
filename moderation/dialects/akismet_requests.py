"""Akismet's requests: fields from the query, a form or JSON, in any of the ways that clients write them."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from moderation.model import Author, Comment, Signals, Thread
from moderation.storable import mended

KEY = re.compile(r"[0-9a-f]{12}")
FIELDS_AT_MOST = 1000
NO = frozenset({"", "0", "false", "no", "off"})
ADMINISTRATORS = frozenset({"administrator", "super_admin"})
GUARANTEED_AUTHORS = frozenset({"akismet-guaranteed-spam", "viagra-test-123"})
GUARANTEED_EMAIL = "akismet-guaranteed-spam@example.com"
NO_SCRIPT_MS = 250
"""WordPress's script sets `ak_js` to the time of day; up to here it did not run."""
THREAD = "akismet"
Fields = Mapping[str, str]


def read(query: Mapping[str, str], body: bytes, content_type: str) -> Fields:
    """Return the fields of a request; those of the body win, and of a field given twice the first.

    What no database takes is replaced in them, since any of them may be stored, sought or counted.

    Raises:
        ValueError: there are too many, or the body is neither a form nor a JSON object.
    """
    mimetype, _, parameters = content_type.partition(";")
    if mimetype.strip().lower() == "application/json":
        found = _from_json(body)
    else:
        charset = re.search(r"charset=[\"']?([\w.:-]+)", parameters, re.IGNORECASE)
        found = _from_form(body, charset[1] if charset else "utf-8")
    return {mended(name): mended(value) for name, value in {**query, **found}.items()}


def given_key(fields: Fields, host: str) -> str:
    """Return the key of a request in lower case: the field `api_key` or `key`, else the first label of the host."""
    given = (fields.get("api_key") or fields.get("key") or "").strip().lower()
    label, dot, rest = host.partition(".")
    if not given and dot and not rest.split(":")[0].replace(".", "").isdigit() and KEY.fullmatch(label.lower()):
        return label.lower()
    return given


def flag(fields: Fields, name: str) -> bool:
    """Tell whether a field says yes."""
    return fields.get(name, "").strip().lower() not in NO


def is_guaranteed_spam(fields: Fields) -> bool:
    """Tell whether a request is one of those that test clients with."""
    return (
        fields.get("comment_author", "") in GUARANTEED_AUTHORS
        or fields.get("comment_author_email", "").lower() == GUARANTEED_EMAIL
    )


def is_administrator(fields: Fields) -> bool:
    """Tell whether the site's own people wrote it; WordPress joins roles by commas."""
    roles = {role.strip().lower() for role in fields.get("user_role", "").split(",")}
    return bool(roles & ADMINISTRATORS)


def comment_of(fields: Fields) -> Comment:
    """Return the comment of a check or a submission."""
    permalink, parent = fields.get("permalink") or None, fields.get("comment_parent", "")
    kind = fields.get("comment_type") or fields.get("content_type") or None
    details = {
        "comment_type": kind,
        "blog": fields.get("blog"),
        "user_role": fields.get("user_role"),
        "recheck_reason": fields.get("recheck_reason"),
        "context": ", ".join(_context(fields)),
    }
    return Comment(
        text=fields.get("comment_content", ""),
        thread=Thread(permalink or fields.get("blog") or THREAD, permalink, section=kind),
        author=Author(
            name=fields.get("comment_author") or None,
            email=fields.get("comment_author_email") or None,
            url=fields.get("comment_author_url") or None,
            ip=fields.get("user_ip") or None,
        ),
        parent_id=parent if parent.strip("0") else None,  # WordPress says 0 of a comment that answers none
        language=_language(fields.get("blog_lang", "")),
        created_at=_moment(fields.get("comment_date_gmt", "")),
        signals=Signals(
            honeypot=_honeypot(fields),
            filled_in_ms=_filled_in(fields),
            user_agent=fields.get("user_agent") or None,
            referrer=fields.get("referrer") or None,
        ),
        metadata={name: value for name, value in details.items() if value},
    )


def _from_json(body: bytes) -> dict[str, str]:
    try:
        document = json.loads(body or b"{}")
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(document, dict) or len(document) > FIELDS_AT_MOST:
        raise ValueError("not an object of fields")
    return {name: _as_text(value) for name, value in document.items() if value is not None}


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(_as_text(one) for one in value[:FIELDS_AT_MOST])
    return str(value) if isinstance(value, str | int | float) else ""


def _from_form(body: bytes, charset: str) -> dict[str, str]:
    found: dict[str, str] = {}
    listed = Counter[str]()
    text = body.decode("latin-1")
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, encoding=charset, errors="replace", max_num_fields=FIELDS_AT_MOST
        )
    except LookupError:  # no such character set
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=FIELDS_AT_MOST)
    for name, value in pairs:
        if name.endswith("[]"):  # a[] is a[0], a[1] …
            found.setdefault(f"{name[:-1]}{listed[name]}]", value)
            listed[name] += 1
        else:
            found.setdefault(name, value)
    return found


def _context(fields: Fields) -> list[str]:
    """Return what a site says the page is about: a string, or a list written as `comment_context[0]`."""
    listed = [value for name, value in fields.items() if re.fullmatch(r"comment_context\[\d+\]", name)]
    return [value for value in (fields.get("comment_context", ""), *listed) if value]


def _honeypot(fields: Fields) -> str | None:
    """Return what stands in a field that people do not see."""
    named = fields.get("honeypot_field_name", "")
    return fields.get(named) or fields.get("POST_ak_hp_textarea") or None


def _filled_in(fields: Fields) -> int | None:
    told = fields.get("POST_ak_js", "").strip()
    return int(told) if told.isdecimal() and len(told) < 20 and int(told) <= NO_SCRIPT_MS else None  # noqa: PLR2004


def _language(told: str) -> str | None:
    """Return the language of a site that has one: "en, fr_ca" has two."""
    codes = {re.split(r"[-_]", one.strip().lower())[0] for one in told.split(",") if one.strip()}
    only = codes.pop() if len(codes) == 1 else None
    return only if only and re.fullmatch(r"[a-z]{2}", only) else None


def _moment(told: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):  # no date, or in UTC before the first year or after the last
        return None
