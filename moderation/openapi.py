"""What the API's description says beside what the routes tell by themselves: answers, problems, keys."""

from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

REF = "#/components/schemas/{model}"
JSON = "application/json"
View = TypeVar("View", bound=Callable[..., Any])

_answers: set[type[BaseModel]] = set()
_bodies: dict[str, type[BaseModel]] = {}
_queries: dict[str, type[BaseModel]] = {}


class Problem(BaseModel):
    """A refusal (RFC 9457); `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] | None = None
    retry_after: int | None = None


def takes(*, body: type[BaseModel] | None = None, query: type[BaseModel] | None = None) -> Callable[[View], View]:
    """Note what a view reads; the view itself checks it. A blueprint is named like its module."""

    def note(view: View) -> View:
        name = f"{view.__module__.rsplit('.', 1)[-1]}_{view.__name__}"
        if body is not None:
            _bodies[name] = body
        if query is not None:
            _queries[name] = query
        return view

    return note


def answers(*statuses: int, model: type[BaseModel] | None = None, problems: tuple[int, ...] = ()) -> Any:  # noqa: ANN401 - APIFlask's type for it is too narrow
    """Return a route's answers: `model` with `statuses`, and the problems it can have beside 401 and 403."""
    described: dict[int, Any] = {}
    for status in statuses:
        described[status] = {"description": "No content" if model is None else _first_line(model)}
        if model is not None:
            _answers.add(model)
            described[status]["content"] = {JSON: {"schema": _ref(model)}}
    for status in (401, 403, *problems):
        described[status] = {
            "description": "Refused",
            "content": {"application/problem+json": {"schema": _ref(Problem)}},
        }
    return described


def complete(spec: dict[str, Any]) -> dict[str, Any]:
    """Add bodies, queries, schemas and the key's scheme to the generated description."""
    components = spec.setdefault("components", {})
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    schemas = components.setdefault("schemas", {})
    schemas.update(_schemas({*_answers, Problem}, "serialization"))
    schemas.update(_schemas(set(_bodies.values()), "validation"))
    for operation in _operations(spec):
        name = operation["operationId"].split("_", 1)[1]
        if name in _bodies:
            operation["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(_bodies[name])}}}
        if name in _queries:
            operation["parameters"] = [*operation.get("parameters", []), *_parameters(_queries[name])]
    return spec


def _schemas(models: set[type[BaseModel]], mode: Literal["serialization", "validation"]) -> dict[str, Any]:
    wanted = [(model, mode) for model in sorted(models, key=lambda model: model.__name__)]
    _, described = models_json_schema(wanted, ref_template=REF)
    found: dict[str, Any] = described.get("$defs", {})
    return found


def _operations(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in spec.get("paths", {}).values():
        for operation in path.values():
            if isinstance(operation, dict) and "operationId" in operation:
                yield operation


def _parameters(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    for name, schema in model.model_json_schema()["properties"].items():
        yield {"name": name, "in": "query", "required": False, "schema": _inlined(schema, model)}


def _inlined(schema: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Return a property's schema with the enums it refers to in place."""
    defined = model.model_json_schema().get("$defs", {})
    options = [defined[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in schema.get("anyOf", ())]
    return {**schema, "anyOf": options} if options else schema


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": REF.format(model=model.__name__)}


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").splitlines()[0]
