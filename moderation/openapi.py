"""What the API's description says beside what the routes tell by themselves: answers, problems, keys."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import models_json_schema
from pydantic_core import CoreSchema, core_schema

from moderation.errors import (
    BadRequestError,
    InvalidInputError,
    InvalidJSONError,
    MissingScopeError,
    ModerationError,
    NotFoundError,
    PayloadTooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnsupportedMediaTypeError,
)
from moderation.model import Scope

REF = "#/components/schemas/{model}"
JSON = "application/json"
PROBLEM_JSON = "application/problem+json"
KEY = "key"
Errors = tuple[type[ModerationError], ...]
Mode = Literal["validation", "serialization"]
Headers = Mapping[str, tuple[str | None, str]]
"""By name: the pattern that it must match, if any, and a sentence."""
WITH_KEY: Errors = (UnauthorizedError, MissingScopeError, UnavailableError)
WITH_BODY: Errors = (InvalidJSONError, PayloadTooLargeError, UnsupportedMediaTypeError, InvalidInputError)
WITH_QUERY: Errors = (InvalidInputError,)
WITH_HEADERS: Errors = (BadRequestError,)
WITH_PATH: Errors = (NotFoundError,)
NO_NUL = r"^[^\u0000]*$"
"""The pattern of a text without U+0000."""
View = TypeVar("View", bound=Callable[..., Any])

_answers: set[type[BaseModel]] = set()
_bodies: dict[str, type[BaseModel]] = {}
_queries: dict[str, type[BaseModel]] = {}
_headers: dict[str, Headers] = {}


class NoNul:
    """A text without U+0000, checked and described."""

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check after everything else."""
        return core_schema.no_info_after_validator_function(no_nul, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, describe: GetJsonSchemaHandler) -> dict[str, Any]:
        """Say it as a pattern."""
        return {**describe(schema), "pattern": NO_NUL}


def no_nul(text: str) -> str:
    """Return a text without U+0000, which no database keeps; raises `ValueError` if it has one."""
    if "\0" in text:
        raise ValueError("must not contain the character U+0000")
    return text


def _written(value: object) -> object:
    """Return a moment that is written out; pydantic would also take a number, which is not described."""
    if not isinstance(value, str) or "-" not in value[1:]:
        raise ValueError("must be a date and a time with its offset (RFC 3339)")
    return value


Moment = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written)]
"""A moment in a query or a body."""


class Problem(BaseModel):
    """A refusal (RFC 9457); some codes have further fields."""

    model_config = ConfigDict(use_attribute_docstrings=True)
    type: str
    """`urn:moderation:problem:` and the code."""
    title: str
    status: int
    code: str
    """Stable; programs go by it."""
    detail: str
    """What happened this time, for people."""
    errors: list[dict[str, str]] = []
    """With `invalid_input`: `field`, `code` and `message` for each field."""
    retry_after: int = 0
    """Seconds, as in the header `Retry-After`."""


def takes(
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    headers: Headers | None = None,
) -> Callable[[View], View]:
    """Note what a view reads, which it checks itself; `headers` have a pattern and a sentence each.

    The view's blueprint must be named like its module.
    """

    def note(view: View) -> View:
        name = f"{view.__module__.rsplit('.', 1)[-1]}_{view.__name__}"
        if body is not None:
            _bodies[name] = body
        if query is not None:
            _queries[name] = query
        if headers is not None:
            _headers[name] = headers
        return view

    return note


def needs(scope: Scope) -> Any:  # noqa: ANN401 - APIFlask's type for it is too narrow
    """Return a route's `security`: a key with `scope` (OpenAPI 3.1 lets any scheme name the roles it asks for)."""
    return [{KEY: [scope.value]}]


def answers(*statuses: int, model: type[BaseModel] | None = None, problems: Errors = ()) -> Any:  # noqa: ANN401 - as above
    """Return a route's answers: `model` with `statuses`, and the problems of its own.

    What comes with having a key, a query or a body is added by `complete`.
    """
    described: dict[int, Any] = {}
    for status in statuses:
        described[status] = {"description": "No content" if model is None else _first_line(model)}
        if model is not None:
            _answers.add(model)
            described[status]["content"] = {JSON: {"schema": _ref(model)}}
    _refuse(described, problems)
    return described


def complete(spec: dict[str, Any]) -> dict[str, Any]:
    """Add bodies, queries, headers, schemas, the key's scheme and what they can be refused for."""
    components = spec.setdefault("components", {})
    components["securitySchemes"] = {KEY: {"type": "http", "scheme": "bearer"}}
    components.setdefault("schemas", {}).update(_schemas())
    for operation in _operations(spec):
        name = operation["operationId"].split("_", 1)[1]
        refused: set[type[ModerationError]] = set(WITH_KEY if operation.get("security") else ())
        if name in _bodies:
            operation["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(_bodies[name])}}}
            refused.update(WITH_BODY)
        parameters = operation.setdefault("parameters", [])
        if any(parameter["in"] == "path" for parameter in parameters):
            refused.update(WITH_PATH)
        if name in _queries:
            parameters.extend(_query_parameters(_queries[name]))
            refused.update(WITH_QUERY)
        if name in _headers:
            parameters.extend(_header_parameters(_headers[name]))
            refused.update(WITH_HEADERS)
        _refuse(operation["responses"], sorted(refused, key=lambda error: error.code))
        operation["responses"] = dict(sorted(operation["responses"].items()))
    return spec


def _refuse(responses: dict[Any, Any], errors: Iterable[type[ModerationError]]) -> None:
    """Add problems to `responses`; those of one status share its description."""
    numbers = {int(status): status for status in responses}
    for error in errors:
        response = responses.setdefault(
            numbers.setdefault(error.status, str(error.status)),
            {"description": "", "content": {PROBLEM_JSON: {"schema": _ref(Problem)}}},
        )
        said = f"`{error.code}`: {error.title}"
        response["description"] = f"{response['description']}\n{said}".strip()


def _schemas() -> dict[str, Any]:
    """Return the schemas of all models by name; two models of one name would get longer names, not be mixed up."""
    read: list[tuple[type[BaseModel], Mode]] = [(model, "validation") for model in _bodies.values()]
    written: list[tuple[type[BaseModel], Mode]] = [(model, "serialization") for model in _answers | {Problem}]
    wanted = sorted({*read, *written}, key=lambda pair: (pair[0].__name__, pair[1]))
    _, described = models_json_schema(wanted, ref_template=REF)
    found: dict[str, Any] = described.get("$defs", {})
    return found


def _operations(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in spec.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict) and "operationId" in operation:
                yield operation


def _header_parameters(headers: Headers) -> Iterator[dict[str, Any]]:
    for name, (pattern, description) in headers.items():
        yield {
            "name": name,
            "in": "header",
            "required": False,
            "description": description,
            "schema": {"type": "string", **({"pattern": pattern} if pattern else {})},
        }


def _query_parameters(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    """Yield the parameters of a query, with everything they refer to in place; a query has no null."""
    schema = model.model_json_schema()
    for name, described in schema["properties"].items():
        whole = _inlined(described, schema.get("$defs", {}))
        options = [option for option in whole.pop("anyOf", []) if option != {"type": "null"}]
        if whole.get("default", ...) is None:
            del whole["default"]
        if len(options) == 1:
            whole = {**options[0], **whole}
        elif options:
            whole["anyOf"] = options
        parameter = {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": whole}
        if "description" in described:
            parameter["description"] = whole.pop("description")
        yield parameter


def _inlined(schema: Any, defined: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """Return a schema with what it refers to in place, however deep."""
    if isinstance(schema, list):
        return [_inlined(one, defined) for one in schema]
    if not isinstance(schema, dict):
        return schema
    rest = {name: _inlined(value, defined) for name, value in schema.items() if name != "$ref"}
    if "$ref" in schema:
        return {**_inlined(defined[schema["$ref"].rsplit("/", 1)[1]], defined), **rest}
    return rest


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").splitlines()[0]
