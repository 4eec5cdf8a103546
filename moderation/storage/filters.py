"""Which comments of a site are meant, as conditions of a query."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement

from moderation import ids
from moderation.model import Status
from moderation.storage.tables import comments, threads


@dataclass(frozen=True, slots=True)
class Filter:
    """Which comments of a site are meant; None leaves a question open."""

    status: Status | None = None
    thread: str | None = None
    section: str | None = None
    author_key: str | None = None
    reason: str | None = None
    language: str | None = None
    cluster: str | None = None
    q: str | None = None
    score: str | None = None
    """An attribute whose score is known and lies from `low` to `high`, if either is given."""
    low: float | None = None
    high: float | None = None
    before: datetime | None = None
    after: datetime | None = None


def conditions(site_id: str, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what is true of a comment, with its thread, that a filter means."""
    found: list[ColumnElement[bool]] = [comments.c.site_id == site_id]
    for value, column in (
        (wanted.status and wanted.status.value, comments.c.status),
        (wanted.thread, comments.c.thread_id),
        (wanted.section, threads.c.section),
        (wanted.author_key, comments.c.author_key),
        (wanted.cluster, comments.c.cluster_id),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.reason is not None:
        found.append(comments.c.reason_codes.contains(f" {wanted.reason} ", autoescape=True))
    if wanted.language is not None:
        found.append(comments.c.language["code"].as_string() == wanted.language)
    if wanted.q is not None:
        found.append(comments.c.text.icontains(wanted.q, autoescape=True))
    if wanted.score is not None and (wanted.low is not None or wanted.high is not None):
        score = comments.c.scores[wanted.score].as_float()
        found += [score >= wanted.low] if wanted.low is not None else []
        found += [score <= wanted.high] if wanted.high is not None else []
    if wanted.before is not None:
        found.append(comments.c.id < ids.floor(wanted.before))
    if wanted.after is not None:
        found.append(comments.c.id >= ids.floor(wanted.after))
    return found
