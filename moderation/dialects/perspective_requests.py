"""The bodies of Perspective's methods: names in camelCase or snake_case; what is null or unknown is ignored."""

from typing import Annotated, Literal, TypeVar

from pydantic import AliasChoices, AliasGenerator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from moderation.dialects import perspective_json
from moderation.dialects.perspective_errors import PerspectiveError, invalid

ATTRIBUTES_AT_MOST = 100
LANGUAGES_AT_MOST = 50
ENTRIES_AT_MOST = 1000
SPANS_AT_MOST = 10_000
TOKEN_AT_MOST = 10_000
BOTH_CONTEXTS = "Context can have either entries or article_and_parent_comment, but both fields were populated."
TEXT_TYPES = {None: "PLAIN_TEXT", "TEXT_TYPE_UNSPECIFIED": "PLAIN_TEXT", "PLAIN_TEXT": "PLAIN_TEXT", "HTML": "HTML"}


class Message(BaseModel):
    """A message of Google's JSON mapping of protocol buffers."""

    model_config = ConfigDict(
        extra="ignore",
        hide_input_in_errors=True,
        alias_generator=AliasGenerator(validation_alias=lambda name: AliasChoices(to_camel(name), name)),
    )


Token = Annotated[str, Field(max_length=TOKEN_AT_MOST)] | None


class TextEntry(Message):
    """A text and its type."""

    text: str = ""
    type: str | None = None


class ArticleAndParentComment(Message):
    """What a comment stands under."""

    article: TextEntry | None = None
    parent_comment: TextEntry | None = None


class Context(Message):
    """What a comment answers; no model reads it."""

    entries: Annotated[list[TextEntry], Field(max_length=ENTRIES_AT_MOST)] = []
    article_and_parent_comment: ArticleAndParentComment | None = None


class Request(Message):
    """What both methods have."""

    comment: TextEntry = TextEntry()
    context: Context | None = None
    languages: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=35)]], Field(max_length=LANGUAGES_AT_MOST)
    ] = []
    client_token: Token = None
    session_id: Token = None
    community_id: Token = None

    @property
    def is_html(self) -> bool:
        """Whether the comment is HTML; raises `PerspectiveError` for a type that there is not."""
        try:
            return TEXT_TYPES[self.comment.type] == "HTML"
        except KeyError:
            raise invalid("Unknown text type") from None


class AttributeParameters(Message):
    """How one attribute is wanted."""

    score_type: str = "SCORE_TYPE_UNSPECIFIED"
    score_threshold: float | None = None


class AnalyzeRequest(Request):
    """AnalyzeCommentRequest."""

    requested_attributes: Annotated[dict[str, AttributeParameters], Field(max_length=ATTRIBUTES_AT_MOST)] = {}
    do_not_store: bool = False
    span_annotations: bool = False


class Score(Message):
    """A score; PROBABILITY if no type is given."""

    value: Annotated[float, Field(ge=0, le=1)] = 0.0
    type: Literal["PROBABILITY", "SCORE_TYPE_UNSPECIFIED"] = "PROBABILITY"


class SpanScore(Message):
    """The score of a part, in UTF-16 code units."""

    begin: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    score: Score = Score()


class AttributeScores(Message):
    """What somebody thinks an attribute's scores should be."""

    summary_score: Score | None = None
    span_scores: Annotated[list[SpanScore], Field(max_length=SPANS_AT_MOST)] = []


class SuggestRequest(Request):
    """SuggestCommentScoreRequest."""

    attribute_scores: Annotated[dict[str, AttributeScores], Field(max_length=ATTRIBUTES_AT_MOST)] = {}


Body = TypeVar("Body", bound=Request)


def read(model: type[Body], body: bytes) -> Body:
    """Return a body as `model`, whatever its content type.

    Raises:
        PerspectiveError: it cannot be read, or fields are not what they should be.
    """
    try:
        request = model.model_validate(perspective_json.loads(body))
    except ValidationError as error:
        raise invalid(_said(error)) from None
    except ValueError:
        raise PerspectiveError(400, "Invalid JSON payload received. Could not parse the body.") from None
    if request.context and request.context.entries and request.context.article_and_parent_comment:
        raise invalid(BOTH_CONTEXTS)
    return request


def _said(error: ValidationError) -> str:
    """Return where and why a body is not as it should be, without what was there."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    fields = "; ".join(f"{'.'.join(str(part)[:40] for part in one['loc'])}: {one['msg']}" for one in problems[:5])
    return f"Invalid JSON payload received. {fields}"
