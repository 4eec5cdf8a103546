"""The bodies and queries of the native API; bounds and the sentence below a field are shown at `/docs`."""

import ipaddress
import math
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    JsonValue,
    RootModel,
)
from pydantic_core import CoreSchema

from moderation.comment_object import SpanUnits
from moderation.model import Action, Author, Comment, Signals, Status, Thread
from moderation.openapi import Moment, NoNul, no_nul
from moderation.policy_document import Policy


def _small(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(str(value)) > METADATA_AT_MOST:
        raise ValueError(f"must not be longer than {METADATA_AT_MOST} characters")
    for leaf in _leaves(value):
        if isinstance(leaf, str):
            no_nul(leaf)
        elif isinstance(leaf, float) and not math.isfinite(leaf):
            raise ValueError("must not contain NaN or a number too large for JSON")
    return value


def _address(text: str) -> str:
    """Return an address in its usual spelling; the refusal does not repeat what is none."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("must be an IPv4 or IPv6 address") from None


def _leaves(value: JsonValue) -> Iterator[JsonValue]:
    """Yield every name and every plain value in `value`; no database keeps all that Python's JSON reads."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one)
    else:
        yield value


METADATA_AT_MOST = 8000
ANY_ADDRESS = Field(json_schema_extra={"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]})
BATCH_AT_MOST = 500
TEXTS_AT_MOST = 256
POLICY_EXAMPLE: JsonValue = {"mode": "smart", "length": {"max": 500}, "thresholds": {"spam": {"hold": 0.9}}}
PAGE_AT_MOST = 200

Text = Annotated[str, NoNul()]
Short = Annotated[str, Field(max_length=500), NoNul()]
Name = Annotated[str, Field(min_length=1, max_length=500), NoNul()]
Url = Annotated[str, Field(max_length=4000), NoNul()]


class Body(BaseModel):
    """A JSON body: unknown fields are refused, and nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, use_attribute_docstrings=True)


class Query(BaseModel):
    """Query parameters; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class ThreadIn(Body):
    """The page a comment stands on; `id` is the site's own name for it."""

    id: Annotated[Name, Field(examples=["news-4711"])]
    url: Url | None = None
    title: Short | None = None
    section: Annotated[str, Field(min_length=1, max_length=200), NoNul()] | None = None
    """A part of the site with a policy of its own."""


class AuthorIn(Body):
    """Who wrote it; the more is known, the more the limits can see."""

    id: Name | None = None
    """The site's own name for the person; without it the e-mail address tells people apart."""
    name: Short | None = None
    email: Short | None = None
    url: Url | None = None
    ip: Annotated[str, AfterValidator(_address), ANY_ADDRESS] | None = None
    """IPv4 or IPv6; kept only as a keyed hash of its network."""


class SignalsIn(Body):
    """How it was written, as far as the site saw."""

    honeypot: Short | None = None
    """What stood in a form field that people do not see."""
    filled_in_ms: Annotated[int, Field(ge=0, le=10**9)] | None = None
    """Milliseconds from showing the form to sending it."""
    user_agent: Annotated[str, Field(max_length=1000), NoNul()] | None = None
    referrer: Url | None = None


class CommentIn(Body):
    """A comment as the site hands it in; only `text` and `thread.id` are required."""

    text: Annotated[Text, Field(examples=["What a lovely article!"])]
    """White space at both ends does not count; how long it may be is in the policy."""
    thread: ThreadIn
    author: AuthorIn | None = None
    external_id: Name | None = None
    """The site's own id of the comment; posting the same comment under it again gives the first one back."""
    parent_id: Name | None = None
    """The comment that this one answers, as the site calls it."""
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)] | None = None
    """BCP 47, for example `en` or `pt-BR`; found by itself if left out."""
    created_at: AwareDatetime | None = None
    """When it was written; now if left out."""
    signals: SignalsIn | None = None
    metadata: Annotated[dict[str, JsonValue], AfterValidator(_small)] = Field(default_factory=dict)
    """Anything that the site wants back with the comment; up to 8000 characters."""

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


class _LikeCommentIn:
    """Describes JSON that is checked later, an entry at a time, so that one bad entry does not spoil the others."""

    def __get_pydantic_json_schema__(self, _any: CoreSchema, describe: GetJsonSchemaHandler) -> dict[str, Any]:
        return describe(CommentIn.__pydantic_core_schema__)


class BatchIn(Body):
    """Up to 500 comments; each is checked by itself."""

    comments: Annotated[list[Annotated[Any, _LikeCommentIn()]], Field(min_length=1, max_length=BATCH_AT_MOST)]


class EditIn(Body):
    """A comment's new text."""

    text: Annotated[Text, Field(examples=["What a lovely article, thank you!"])]


class ClusterDecisionIn(Body):
    """A decision on all near copies of a cluster."""

    action: Annotated[Action, Field(strict=False)]
    reason: Short | None = None
    """For the author and the callbacks."""
    note: Annotated[str, Field(max_length=2000), NoNul()] | None = None
    """For other moderators."""


class DecisionIn(ClusterDecisionIn):
    """A decision by the site or a moderator; what is expected guards against outdated pages."""

    expected_revision: Annotated[int, Field(ge=1)] | None = None
    """409 if the comment has another revision by now."""
    expected_status: Annotated[Status, Field(strict=False)] | None = None
    """409 if the comment has another status by now."""


class OneDecisionIn(DecisionIn):
    """A decision with the comment that it is for."""

    id: Annotated[str, Field(max_length=36), NoNul()]


class DecisionsIn(Body):
    """Up to 500 decisions; of several on one comment the first counts."""

    decisions: Annotated[list[OneDecisionIn], Field(min_length=1, max_length=BATCH_AT_MOST)]


class ThreadsIn(Body):
    """The threads whose counts are wanted."""

    ids: Annotated[list[Name], Field(min_length=1, max_length=500, examples=[["news-4711", "news-4712"]])]


class ScoreIn(Body):
    """Texts to be scored and forgotten."""

    texts: Annotated[list[Text], Field(min_length=1, max_length=TEXTS_AT_MOST, examples=[["What a lovely article!"]])]
    language: Annotated[str, Field(max_length=35), NoNul()] | None = None
    """BCP 47; found by itself if left out."""
    spans: bool = False
    """Also tell which characters raised a score."""


class PolicyIn(RootModel[Policy]):
    """A whole policy."""

    model_config = ConfigDict(json_schema_extra={"examples": [POLICY_EXAMPLE]})


class SpanQuery(Query):
    """In what spans are counted."""

    span_units: SpanUnits = "code_points"
    """What `start` and `end` of spans count; JavaScript counts `utf16`."""


class ListQuery(SpanQuery):
    """Which comments to list, newest first."""

    status: Status | None = None
    thread: Name | None = None
    """The thread's id."""
    author: Name | None = None
    """The author's id, as the site calls them."""
    reason: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,64}$")] | None = None
    """A reason's code, for example `toxicity`."""
    cluster: Annotated[str, Field(max_length=36), NoNul()] | None = None
    """The `cluster_id` of near copies."""
    q: Annotated[str, Field(min_length=1, max_length=200), NoNul()] | None = None
    """A piece of the text, in any case."""
    before: Moment | None = None
    """Only what the service received before this moment."""
    after: Moment | None = None
    """Only what the service received at or after this moment."""
    cursor: Annotated[str, Field(max_length=200)] | None = None
    """`next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=PAGE_AT_MOST)] = 50
