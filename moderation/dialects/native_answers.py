"""The answers of the native API, as the OpenAPI description and `/docs` show them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from moderation.model import Action, DecidedBy, LengthUnit, Status
from moderation.openapi import Problem
from moderation.policy_document import Attribute, Policy


class Answer(BaseModel):
    """A JSON answer; later versions may add fields."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class LengthOut(Answer):
    """How long the text is, and how long it may be."""

    count: int
    limit: int
    unit: LengthUnit


class SpanOut(Answer):
    """Characters `start` up to, not including, `end`, in the units that the request asked for."""

    start: int
    end: int


class ReasonOut(Answer):
    """Why a decision was made."""

    code: str
    """An attribute, a rule's code, or `decided`."""
    detail: str
    """The same for a person, for example "0.93, holds at 0.80"."""
    score: float | None
    threshold: float | None
    spans: list[SpanOut]


class DecisionOut(Answer):
    """An action, who took it, and why."""

    action: Action
    by: DecidedBy
    at: datetime
    policy_version: int
    reasons: list[ReasonOut]
    actor: str | None
    """The moderator, or the name of the key."""
    note: str | None


class LanguageOut(Answer):
    """The language that was found; null is unknown."""

    code: str | None
    """ISO 639-1."""
    confidence: float | None
    """0 to 1."""


class ThreadInfo(Answer):
    """The page a comment stands on."""

    id: str
    url: str | None
    title: str | None
    section: str | None


class AuthorOut(Answer):
    """Who wrote it, as the site told; never the address."""

    id: str | None
    name: str | None
    email: str | None
    url: str | None


class CommentOut(Answer):
    """A comment; null is unknown."""

    id: str
    external_id: str | None
    status: Status
    revision: int
    """1, and one more with every edit."""
    length: LengthOut
    decision: DecisionOut | None
    scores: dict[Attribute, float | None]
    """0 to 1; null is unknown, never zero."""
    models: dict[str, str]
    """What gave the scores: by attribute or scorer, name and version."""
    language: LanguageOut
    cluster_id: str | None
    """Of the near copies that it is one of; all of them are decided by `/v1/clusters/{id}/decision`."""
    text: str | None
    """Null once erased."""
    thread: ThreadInfo
    author: AuthorOut | None
    """Null once erased."""
    parent_id: str | None
    created_at: datetime
    received_at: datetime
    updated_at: datetime
    erased_at: datetime | None
    metadata: dict[str, Any]


class ClusterDecidedOut(Answer):
    """What a decision on near copies did."""

    cluster_id: str
    decided: int
    """Comments that were decided by it."""
    batch_id: str
    """Undoes them together."""


class PageOut(Answer):
    """A page of comments, newest first."""

    comments: list[CommentOut]
    next: str | None
    """The `cursor` of the page after this one; null on the last."""


class BatchComment(CommentOut):
    """A comment of a batch that was taken."""

    status_code: int
    """201 or 202, as for a single comment."""


class BatchProblem(Problem):
    """A comment of a batch that was refused."""

    status_code: int


class BatchOut(Answer):
    """For each comment, in order, the comment or the problem."""

    results: list[BatchComment | BatchProblem]


class DecidedComment(CommentOut):
    """A comment of a batch as it was decided."""

    status_code: int


class DecisionsOut(Answer):
    """For each decision, in order, the comment or the problem; `batch_id` undoes them together."""

    batch_id: str
    results: list[DecidedComment | BatchProblem]


class UndoneOut(Answer):
    """What taking a batch back did."""

    batch_id: str
    restored: int
    """Comments that stand again as they stood before."""
    left: int
    """Comments that were decided again, edited or erased since, and stay as they are."""


class CountsOut(Answer):
    """How many comments stand where; `approved` is the number a page shows."""

    pending: int
    approved: int
    held: int
    rejected: int


class ThreadOut(ThreadInfo):
    """A thread with its counts per status."""

    counts: CountsOut


class ThreadsOut(Answer):
    """Counts per status by thread id; a thread without comments has zeros."""

    counts: dict[str, CountsOut]


class ScoredSpanOut(Answer):
    """Characters that raised an attribute's score, in the units that the request asked for."""

    attribute: str
    start: int
    end: int
    score: float


class ScoresOut(Answer):
    """What the scorers say of one text."""

    scores: dict[Attribute, float | None]
    """0 to 1; null is unknown, never zero."""
    spans: list[ScoredSpanOut]
    """Empty unless asked for."""
    language: LanguageOut


class ScoreOut(Answer):
    """Scores in the order of the texts."""

    results: list[ScoresOut]
    models: dict[str, str]
    """What gave the scores: by attribute or scorer, name and version."""


class PolicyOut(Answer):
    """The policy in force, with its version."""

    version: int
    """One more with every change; also the `ETag`."""
    policy: Policy
