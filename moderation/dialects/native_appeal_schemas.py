"""Bodies, queries and answers of the native API about appeals."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from moderation.dialects.native_answers import Answer, DecisionOut
from moderation.dialects.native_schemas import PAGE_AT_MOST, AuthorIn, Body, Name, Query
from moderation.model import AppealOutcome, AppealStatus, DecidedBy, Status
from moderation.openapi import NoNul

TEXT_AT_MOST = 2000
NOTE_AT_MOST = 2000
EXAMPLE: JsonValue = {"external_id": "c-991", "text": "I quoted the article."}

CommentId = Annotated[str, Field(max_length=36), NoNul()]


class AppealIn(Body):
    """An author's word against the decision on their comment; `comment_id` or `external_id` names the comment."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})
    comment_id: CommentId | None = None
    external_id: Name | None = None
    text: Annotated[str, Field(max_length=TEXT_AT_MOST), NoNul()] = ""
    """What the author has to say."""
    author: AuthorIn | None = None
    """Who appeals, as with comments; 403 if somebody else wrote the comment. Left out, your site vouches for it."""


class AppealDecisionIn(Body):
    """What becomes of an appeal."""

    outcome: Literal["upheld", "overturned"]
    """`upheld`: the decision stays; `overturned`: the comment is approved."""
    note: Annotated[str, Field(max_length=NOTE_AT_MOST), NoNul()] | None = None
    """For the author, your site and other moderators."""
    expected_revision: Annotated[int, Field(ge=1)] | None = None
    """409 if the comment has another revision by now."""


class AppealsQuery(Query):
    """Which appeals to list, newest first."""

    status: AppealStatus | None = None
    outcome: AppealOutcome | None = None
    comment: Annotated[str, Field(max_length=36), NoNul()] | None = None
    """The comment's id."""
    cursor: Annotated[str, Field(max_length=200)] | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=PAGE_AT_MOST)] = 50


class AppealOut(Answer):
    """An appeal, and the decision that it is against."""

    id: str
    status: AppealStatus
    outcome: AppealOutcome | None
    """Null while it is open; `superseded`: the comment was decided anew or edited meanwhile; `erased`: it is gone."""
    opened_at: datetime
    closed_at: datetime | None
    by: DecidedBy | None
    """Who decided it; null while it is open, and if it was closed by itself."""
    actor: str | None
    """The moderator, or the name of the key."""
    note: str | None
    text: str | None
    """What the author said; null once the comment is erased."""
    comment_id: str
    external_id: str | None
    comment_status: Status
    """How the comment stands now."""
    comment_revision: int
    decision: DecisionOut | None
    """What the appeal is against, also once it is overturned."""


class AppealsOut(Answer):
    """A page of appeals, newest first."""

    appeals: list[AppealOut]
    next: str | None
    """The `cursor` of the page after this one; null on the last."""
