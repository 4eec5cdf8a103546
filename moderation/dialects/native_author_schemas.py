"""Bodies and answers of the native API about authors."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from moderation.dialects.native_answers import Answer, CountsOut
from moderation.dialects.native_receipts import ReceiptOut
from moderation.dialects.native_schemas import Body, Query
from moderation.model import Status
from moderation.openapi import Moment, NoNul

REASON_AT_MOST = 200


class RestrictionIn(Body):
    """What becomes of everything that an author writes from now on."""

    action: Literal["hold", "reject"]
    until: Moment | None = None
    """The end; null is for ever."""
    reason: Annotated[str, Field(max_length=REASON_AT_MOST), NoNul()] | None = None
    """For people at the desk and your site; no comment shows it."""


class RestrictionOut(Answer):
    """What becomes of everything that an author writes."""

    action: Literal["hold", "reject"]
    until: datetime | None
    """Null is for ever."""
    reason: str | None
    by: str
    """The moderator, or the name of the key."""
    at: datetime


class WrittenOut(Answer):
    """A comment of an author, as it stands."""

    id: str
    status: Status
    at: datetime
    """When it came."""
    reasons: list[str]
    """The codes of the decision in force."""


class AuthorKnownOut(Answer):
    """What is known of an author, from their newest 1,000 comments; those that were erased are nobody's."""

    id: str
    counts: CountsOut
    strikes: int
    """Rejections by a person or the site in the last 90 days that still stand."""
    trust: float
    """0 to 1: the share approved among those approved or rejected is at least this, with 95 % confidence (Wilson)."""
    first_seen: datetime | None
    """When the oldest comment came, also if it is not counted any more."""
    last_seen: datetime | None
    restriction: RestrictionOut | None
    """Null if there is none, or it is over."""
    more: bool
    """There are older comments, which are not counted."""
    history: list[WrittenOut]
    """The newest 20 comments, newest first."""


class ExportQuery(Query):
    """Which page."""

    cursor: Annotated[str, Field(max_length=200)] | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class AuthorExportOut(Answer):
    """A page of all that is kept of an author."""

    author: str
    restriction: dict[str, Any] | None
    """With its reason, and who set it."""
    comments: list[dict[str, Any]]
    """Comments as `GET /v1/comments/{id}` shows them, with `decisions` (all of them, with notes), `appeals`, `label`,
    `signals`, `findings`, and `address_hash`, the keyed hash of the network."""
    next: str | None
    """The `cursor` of the page after this one; null on the last."""


class AuthorErasedOut(Answer):
    """A receipt: how many comments of an author were erased."""

    author: str
    erased: int
    more: bool
    """There are further ones; call again."""
    receipt: ReceiptOut


class ErasureIn(Body):
    """What to erase: a comment, or all of an author, by whichever name your site has for them."""

    of: Literal["author", "email", "comment"]
    """`email` is an author of whom your site tells an e-mail address and no id."""
    id: Annotated[str, Field(min_length=1, max_length=300), NoNul()]
    """The service's id of the comment, your site's id of the author, or their address."""


class ErasureOut(Answer):
    """What was erased."""

    of: Literal["author", "email", "comment"]
    id: str
    erased: int
    """Comments; 0 if the comment was erased already, or there is none of the author."""
    more: bool
    """There are further ones of the author; call again."""
    receipt: ReceiptOut
