"""Stored comments as a changed policy looks at them: many at a time, and of each only the columns that it needs."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, literal, null, select, type_coerce

from moderation import ids
from moderation.model import Finding, Status
from moderation.records import Past
from moderation.storage.rows import parse_finding, parse_length
from moderation.storage.tables import comments, threads

FOUND = ('"hold"', '"hold_always"', '"reject"', '"refuse"')
"""One of these stands in findings that speak against a comment; most have none, and are not parsed."""


def read_past(
    connection: Connection,
    site_id: str,
    since: datetime,
    *,
    before_id: str | None,
    limit: int,
    section: bool,
    length: bool,
    text: bool,
) -> list[Past]:
    """Return up to `limit` comments that were decided and not erased, newest first, received since then.

    Their section, length and text are read only if they are asked for.
    """
    nothing = type_coerce(null(), Text)
    query = select(
        comments.c.id,
        cast(comments.c.findings, Text).label("findings"),
        cast(comments.c.scores, Text).label("scores"),
        comments.c.reason_codes,
        comments.c.attempts,
        (threads.c.section if section else nothing).label("section"),
        (cast(comments.c.length, Text) if length else literal("null")).label("length"),
        (comments.c.text if text else nothing).label("text"),
    ).where(
        comments.c.site_id == site_id,
        comments.c.id >= ids.floor(since),
        comments.c.status != Status.PENDING.value,
        comments.c.erased_at.is_(None),
    )
    if section:
        query = query.join_from(
            comments, threads, (threads.c.site_id == comments.c.site_id) & (threads.c.id == comments.c.thread_id)
        )
    if before_id is not None:
        query = query.where(comments.c.id < before_id)
    rows = connection.execute(query.order_by(comments.c.id.desc()).limit(limit)).all()
    scores, lengths = (_parsed(row[at] for row in rows) for at in (2, 6))
    return [
        Past(
            comment_id,
            in_section,
            _against(findings),
            its_scores,
            " raid " in codes,
            attempts,
            parse_length(measured) if length else None,
            written,
        )
        for (comment_id, findings, _, codes, attempts, in_section, _, written), its_scores, measured in zip(
            rows, scores, lengths, strict=True
        )
    ]


def _parsed(documents: Iterable[str]) -> list[Any]:
    """Return JSON documents; to parse them all at once is much quicker than one by one."""
    found: list[Any] = json.loads(f"[{','.join(documents)}]")
    return found


def _against(findings: str) -> tuple[Finding, ...]:
    """Return the findings that speak against a comment, from their JSON."""
    if not any(word in findings for word in FOUND):
        return ()
    documents: list[Mapping[str, Any]] = json.loads(findings)
    return tuple(parse_finding(one) for one in documents if one["verdict"] != "pass")
