"""Reads an OpenAPI description into what a page about it shows: groups of operations, and the objects they name."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.docs_page.fields import Field, Schemas, Words, example, field_of, fields_of, type_of

METHODS = ("get", "post", "put", "patch", "delete")
PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with what comes with it."""

    status: str
    type: Words
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A method and a path."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    scopes: tuple[str, ...] | None
    """What the key must be allowed to do; None where no key is needed."""
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_type: Words
    answers: tuple[Answer, ...]
    problems: tuple[Answer, ...]
    example: str
    """A command line for a shell in which `API` and `KEY` are set."""


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one tag."""

    name: str
    anchor: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object that bodies or answers name."""

    name: str
    anchor: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything that the page shows."""

    title: str
    version: str
    description: str
    groups: tuple[Group, ...]
    objects: tuple[Object, ...]


def read(spec: Mapping[str, Any]) -> Reference:
    """Return what a page shows of `spec`, an OpenAPI 3.1 document whose references all lead into its components."""
    schemas: Schemas = spec.get("components", {}).get("schemas", {})
    groups: dict[str, list[Operation]] = {tag["name"]: [] for tag in spec.get("tags", ())}
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                tag = item[method].get("tags", ["Other"])[0]
                groups.setdefault(tag, []).append(_operation(method, path, item[method], schemas))
    info = spec["info"]
    return Reference(
        title=info["title"],
        version=info["version"],
        description=info.get("description", ""),
        groups=tuple(
            Group(name, f"group-{_anchor(name)}", tuple(operations))
            for name, operations in groups.items()
            if operations
        ),
        objects=tuple(
            Object(
                name, f"object-{name}", schema.get("description", ""), tuple(fields_of(schema, schemas, deeper=False))
            )
            for name, schema in sorted(schemas.items())
            if "properties" in schema
        ),
    )


def _operation(method: str, path: str, described: Mapping[str, Any], schemas: Schemas) -> Operation:
    body = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    responses = described.get("responses", {})
    security = described.get("security")
    return Operation(
        anchor=f"{method}-{_anchor(path)}",
        method=method.upper(),
        path=path,
        summary=described.get("summary", ""),
        description=described.get("description", ""),
        scopes=tuple(scope for one in security for scopes in one.values() for scope in scopes) if security else None,
        parameters=tuple(
            field_of(one["name"], one["schema"], schemas, one.get("required", False), one.get("description"), one["in"])
            for one in described.get("parameters", ())
        ),
        body=() if body is None else tuple(fields_of(body, schemas, deeper=True)),
        body_type=() if body is None else type_of(body, schemas),
        answers=tuple(_answers(responses, schemas, refused=False)),
        problems=tuple(_answers(responses, schemas, refused=True)),
        example=_command(method, path, body, schemas, with_key=bool(security)),
    )


def _answers(responses: Mapping[str, Any], schemas: Schemas, *, refused: bool) -> Iterator[Answer]:
    for status, described in responses.items():
        contents: Mapping[str, Any] = described.get("content", {})
        if (PROBLEM_JSON in contents) is refused:
            types = [type_of(one["schema"], schemas) for one in contents.values()]
            yield Answer(status, types[0] if types else (), described.get("description", ""))


def _command(method: str, path: str, body: Mapping[str, Any] | None, schemas: Schemas, *, with_key: bool) -> str:
    for name in [piece.split("}")[0] for piece in path.split("{")[1:]]:
        path = path.replace(f"{{{name}}}", f"${name.upper()}")
    pieces = [f'curl "$API{path}"']
    if method not in {"get", "post"}:
        pieces[0] = f'curl -X {method.upper()} "$API{path}"'
    if with_key:
        pieces.append('-H "Authorization: Bearer $KEY"')
    if body is not None:
        pieces.append("--json " + shlex.quote(json.dumps(example(body, schemas), ensure_ascii=False)))
    return " \\\n  ".join(pieces)


def _anchor(text: str) -> str:
    kept = "".join(letter if letter.isalnum() else "-" for letter in text.lower())
    return "-".join(part for part in kept.split("-") if part)
