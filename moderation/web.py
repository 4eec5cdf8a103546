"""What every HTTP surface shares: the caller's key, bodies within bounds, and problems as RFC 9457 JSON."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeVar

from flask import Request, Response, current_app, request
from pydantic import BaseModel, ValidationError
from werkzeug.routing import PathConverter

from moderation.errors import (
    InvalidInputError,
    InvalidJSONError,
    MissingScopeError,
    ModerationError,
    PayloadTooLargeError,
    TooManyError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
)
from moderation.model import Scope
from moderation.quota import Quota
from moderation.records import Key
from moderation.service import Service

EXTENSION = "moderation"
JSON_ERRORS = frozenset({"json_invalid", "json_type"})


class WholePath(PathConverter):
    """Takes the rest of a path as it is, slashes and line ends too: a thread's id can be a path, or anything."""

    regex = "(?s:.+?)"
    part_isolating = False


class WholeRequest(Request):
    """A request whose body is read whole or not at all: one without a length would be cut where it is too long."""

    def get_data(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Werkzeug has it
        """Return the body; `PayloadTooLargeError` if it is longer than is read."""
        data = super().get_data(*args, **kwargs)
        most = self.max_content_length
        if self.content_length is None and most is not None and len(data) >= most:
            raise PayloadTooLargeError
        return data


Model = TypeVar("Model", bound=BaseModel)


def service() -> Service:
    """Return the engine of the running app."""
    engine: Service = current_app.extensions[EXTENSION]
    return engine


def route() -> str | None:
    """Return the request's route for the log: the path itself could hold an author's or a thread's name."""
    return request.url_rule.rule if request.url_rule else None


def require_key(scope: Scope) -> Key:
    """Return the caller's key.

    Raises:
        UnauthorizedError: there is none, or no live one.
        MissingScopeError: it may not do what `scope` names.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise UnauthorizedError
    return check_key(key.strip(), scope)


def check_key(key: str, scope: Scope) -> Key:
    """Return what a key may do, wherever in the request it stood; raises as `require_key` does."""
    found = service().sites.native_key(key)
    if scope not in found.scopes:
        raise MissingScopeError(f"This key lacks the scope '{scope.value}'", scope=scope.value)
    return found


def read_json(model: type[Model]) -> Model:
    """Return the request's JSON body as `model`.

    Raises:
        UnsupportedMediaTypeError: the body is not declared as JSON.
        InvalidJSONError: it is no JSON in UTF-8, or nested too deeply.
        InvalidInputError: fields are missing, unknown or out of bounds.
    """
    if request.mimetype != "application/json" and not request.mimetype.endswith("+json"):
        raise UnsupportedMediaTypeError
    return parse(model, request.get_data(cache=True))


def parse(model: type[Model], body: bytes) -> Model:
    """Return JSON bytes as `model`; raises as `read_json` does."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        problems = error
    if any(one["type"] == "int_type" and isinstance(one["input"], float) for one in problems.errors()):
        with suppress(ValueError, RecursionError):
            whole = json.dumps(json.loads(body, parse_float=_whole))
            try:
                return model.model_validate_json(whole)
            except ValidationError as error:
                problems = error
    raise _input_error(problems)


def _whole(number: str) -> int | float:
    """Return a number of JSON, which does not tell 3.0 from 3, as a whole one where it is."""
    read = float(number)
    return int(read) if read.is_integer() else read


def read_query(model: type[Model]) -> Model:
    """Return the query parameters as `model`; a parameter given twice is the last one."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise _input_error(error) from None


def _input_error(error: ValidationError) -> ModerationError:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    if any(problem["type"] in JSON_ERRORS and not problem["loc"] for problem in problems):
        return InvalidJSONError()
    return InvalidInputError(
        [
            {
                "field": ".".join(str(part) for part in problem["loc"]),
                "code": problem["type"],
                "message": problem["msg"],
            }
            for problem in problems[:50]
        ]
    )


def spend_quota(name: str, per_minute: int, site_id: str, many: int = 1) -> None:
    """Take `many` texts from what a site may ask for in a minute; `TooManyError` if it has not as many left."""
    engine = service()
    wait = Quota(engine.parts.queue, name, per_minute).seconds_over(site_id, many, engine.now())
    if wait:
        raise TooManyError(f"More than {per_minute} texts a minute", retry_after=wait)


def problem(error: ModerationError) -> Response:
    """Return a refusal as `application/problem+json`."""
    document: dict[str, Any] = {
        "type": f"urn:moderation:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        **error.fields,
    }
    if error.retry_after is not None:
        document["retry_after"] = error.retry_after
    response = answer(document, error.status)
    response.mimetype = "application/problem+json"
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, UnauthorizedError):
        response.headers["WWW-Authenticate"] = 'Bearer realm="moderation"'
    return response


def problem_result(error: ModerationError) -> dict[str, Any]:
    """Return a refusal as one of several results in an answer."""
    document: dict[str, Any] = json.loads(problem(error).get_data())
    return {**document, "status_code": error.status}


def answer(document: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return JSON, compact and in UTF-8."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Response(body, status, headers, mimetype="application/json")
