"""The bodies and queries of the native API: their bounds are checked, and shown at `/docs`."""

import ipaddress
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, RootModel

from moderation.comment_object import SpanUnits
from moderation.model import Action, Author, Comment, EventType, Signals, Status, Thread
from moderation.policy_document import Policy


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain the character U+0000")
    return text


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


def _small(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(str(value)) > METADATA_AT_MOST:
        raise ValueError(f"must not be longer than {METADATA_AT_MOST} characters")
    if "\\x00" in repr(value):
        raise ValueError("must not contain the character U+0000")
    return value


METADATA_AT_MOST = 8000
BATCH_AT_MOST = 500
TEXTS_AT_MOST = 256
PAGE_AT_MOST = 200

Text = Annotated[str, AfterValidator(_no_nul)]
Short = Annotated[str, Field(max_length=500), AfterValidator(_no_nul)]
Name = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_no_nul)]
Url = Annotated[str, Field(max_length=4000), AfterValidator(_no_nul)]


class Body(BaseModel):
    """A JSON body: unknown fields are refused, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """Query parameters; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid")


class ThreadIn(Body):
    """The page a comment stands on; `id` is the site's own name for it."""

    id: Name
    url: Url | None = None
    title: Short | None = None
    section: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_no_nul)] | None = None


class AuthorIn(Body):
    """Who wrote it; the address is kept only as a keyed hash of its network."""

    id: Name | None = None
    name: Short | None = None
    email: Short | None = None
    url: Url | None = None
    ip: Annotated[str, AfterValidator(_address)] | None = None


class SignalsIn(Body):
    """How it was written, as far as the site saw."""

    honeypot: Short | None = None
    filled_in_ms: Annotated[int, Field(ge=0, le=10**9)] | None = None
    user_agent: Annotated[str, Field(max_length=1000), AfterValidator(_no_nul)] | None = None
    referrer: Url | None = None


class CommentIn(Body):
    """A comment as the site hands it in; only `text` and `thread.id` are required."""

    text: Text
    thread: ThreadIn
    author: AuthorIn | None = None
    external_id: Name | None = None
    parent_id: Name | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)] | None = None
    created_at: AwareDatetime | None = None
    signals: SignalsIn | None = None
    metadata: Annotated[dict[str, JsonValue], AfterValidator(_small)] = Field(default_factory=dict)

    def comment(self) -> Comment:
        """Return it in the service's own words."""
        return Comment(
            text=self.text,
            thread=Thread(self.thread.id, self.thread.url, self.thread.title, self.thread.section),
            author=Author(**self.author.model_dump()) if self.author else Author(),
            external_id=self.external_id,
            parent_id=self.parent_id,
            language=self.language,
            created_at=self.created_at,
            signals=Signals(**self.signals.model_dump()) if self.signals else Signals(),
            metadata=self.metadata,
        )


class BatchIn(Body):
    """Up to 500 comments; each is checked by itself."""

    comments: Annotated[list[Any], Field(min_length=1, max_length=BATCH_AT_MOST)]


class EditIn(Body):
    """A comment's new text."""

    text: Text


class DecisionIn(Body):
    """A decision by the site or a moderator; what is expected guards against outdated pages."""

    action: Annotated[Action, Field(strict=False)]
    reason: Short | None = None
    note: Annotated[str, Field(max_length=2000), AfterValidator(_no_nul)] | None = None
    expected_revision: Annotated[int, Field(ge=1)] | None = None
    expected_status: Annotated[Status, Field(strict=False)] | None = None


class ThreadsIn(Body):
    """The threads whose counts are wanted."""

    ids: Annotated[list[Name], Field(min_length=1, max_length=500)]


class ScoreIn(Body):
    """Texts to be scored and forgotten."""

    texts: Annotated[list[Text], Field(min_length=1, max_length=TEXTS_AT_MOST)]
    language: Annotated[str, Field(max_length=35)] | None = None
    spans: bool = False


class EndpointIn(Body):
    """Where callbacks go; no events means all."""

    url: Annotated[str, Field(min_length=8, max_length=2000), AfterValidator(_no_nul)]
    events: Annotated[list[Annotated[EventType, Field(strict=False)]], Field(max_length=20)] | None = None
    include_text: bool = False
    description: Short = ""


class PolicyIn(RootModel[Policy]):
    """A whole policy."""


class PolicyOut(BaseModel):
    """The policy in force, with its version."""

    version: int
    policy: Policy


class SpanQuery(Query):
    """In what spans are counted."""

    span_units: SpanUnits = "code_points"


class ListQuery(SpanQuery):
    """Which comments to list, newest first."""

    status: Status | None = None
    thread: Name | None = None
    author: Name | None = None
    reason: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")] | None = None
    q: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_no_nul)] | None = None
    before: AwareDatetime | None = None
    after: AwareDatetime | None = None
    cursor: Annotated[str, Field(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=PAGE_AT_MOST)] = 50


class CommentOut(BaseModel):
    """A comment; null is unknown."""

    model_config = ConfigDict(extra="allow")
    id: str
    external_id: str | None
    status: Status
    revision: int
    length: dict[str, Any]
    decision: dict[str, Any] | None
    scores: dict[str, float | None]
    models: dict[str, str]
    language: dict[str, Any]
    text: str | None
    thread: dict[str, Any]
    author: dict[str, Any] | None
    parent_id: str | None
    created_at: datetime
    received_at: datetime
    updated_at: datetime
    erased_at: datetime | None
    metadata: dict[str, Any]


class PageOut(BaseModel):
    """A page of comments; `next` is the cursor of the page after it, or null."""

    comments: list[CommentOut]
    next: str | None


class BatchOut(BaseModel):
    """For each comment in order the comment or the problem, with `status_code`."""

    results: list[dict[str, Any]]


class ThreadOut(BaseModel):
    """Counts of a thread per status; `approved` is the number a page shows."""

    id: str
    url: str | None
    title: str | None
    section: str | None
    counts: dict[str, int]


class ThreadsOut(BaseModel):
    """Counts per status by thread id; a thread without comments has zeros."""

    counts: dict[str, dict[str, int]]


class ScoreOut(BaseModel):
    """Scores in the order of the texts."""

    results: list[dict[str, Any]]
    models: dict[str, str]


class ErasedOut(BaseModel):
    """A receipt: what was erased, and when."""

    id: str
    external_id: str | None
    status: Status
    erased_at: datetime


class EndpointOut(BaseModel):
    """An endpoint; `secret` is there only in the answer to its making."""

    model_config = ConfigDict(extra="allow")
    id: str
    url: str
    events: list[str]
    include_text: bool
    description: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_why: str | None
    secret: str | None = None


class EndpointsOut(BaseModel):
    """The site's endpoints, oldest first."""

    endpoints: list[EndpointOut]
