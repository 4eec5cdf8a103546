"""Says in words what a JSON schema allows: types, bounds, and an example."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.openapi import NO_NUL

Schemas = Mapping[str, Any]
"""The schemas of a description by name; every `$ref` leads to one of them."""
Words = tuple[tuple[str, str | None], ...]
"""A type in words, piece by piece; a piece that names an object has the object's name beside it."""
BOUNDS = (
    ("minLength", "maxLength", "characters"),
    ("minItems", "maxItems", "entries"),
    ("minProperties", "maxProperties", "names"),
    ("minimum", "maximum", ""),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter or property; a property of a nested object is called `outer.inner`."""

    name: str
    type: Words
    required: bool
    notes: tuple[str, ...]
    """Bounds, allowed values and the default, each in a few words; code stands between backticks."""
    description: str
    place: str = ""
    """Of a parameter: path, query or header."""


def fields_of(schema: Mapping[str, Any], schemas: Schemas, *, deeper: bool) -> Iterator[Field]:
    """Yield the properties of an object, those of objects in it as well if `deeper`."""
    while "$ref" in schema:
        schema = schemas[_name(schema)]
    required = schema.get("required", ())
    for name, described in schema.get("properties", {}).items():
        yield field_of(name, described, schemas, name in required)
        inner = next((one for one in _options(described) if "$ref" in one), None)
        if deeper and inner is not None and len(_options(described)) == 1:
            for field in fields_of(inner, schemas, deeper=False):
                yield Field(f"{name}.{field.name}", field.type, field.required, field.notes, field.description)


def field_of(
    name: str,
    schema: Mapping[str, Any],
    schemas: Schemas,
    required: bool,
    description: str | None = None,
    place: str = "",
) -> Field:
    """Return a property or parameter in words; `description` is shown rather than the schema's own."""
    options = _options(schema)
    whole = {**options[0], **schema} if len(options) == 1 else schema
    target = schemas[_name(whole)] if "$ref" in whole else {}
    if "enum" in target:
        whole = {**target, **whole}
    said = description or whole.get("description") or (target.get("description", "") if "enum" not in target else "")
    return Field(name, type_of(schema, schemas), required, tuple(_notes(whole)), said, place)


def type_of(schema: Mapping[str, Any], schemas: Schemas) -> Words:
    """Return the type that `schema` asks for; a reference to anything but an object is spelled out."""
    if "$ref" in schema:
        name = _name(schema)
        return ((name, name),) if "properties" in schemas[name] else type_of(schemas[name], schemas)
    if "anyOf" in schema:
        pieces: list[tuple[str, str | None]] = []
        for option in schema["anyOf"]:
            pieces += [(" or ", None)] if pieces else []
            pieces += type_of(option, schemas)
        return tuple(pieces)
    if schema.get("type") == "array":
        return (("list of ", None), *type_of(schema.get("items", {}), schemas))
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return (("object of ", None), *type_of(schema["additionalProperties"], schemas))
    return ((schema.get("format") or schema.get("type") or "any JSON", None),)


def _notes(schema: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in schema:
        yield "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    for least, most, unit in BOUNDS:
        low, high = schema.get(least), schema.get(most)
        if "exclusiveMinimum" in schema and least == "minimum":
            yield f"over {schema['exclusiveMinimum']}"
        if low is not None and high is not None:
            yield f"{low} to {high} {unit}".strip()
        elif low is not None or high is not None:
            yield (f"at least {low} {unit}" if high is None else f"at most {high} {unit}").strip()
    if schema.get("pattern", NO_NUL) != NO_NUL:
        yield f"matches `{schema['pattern']}`"
    if "enum" in schema.get("propertyNames", {}):
        yield "names: " + ", ".join(f"`{value}`" for value in schema["propertyNames"]["enum"])
    if "enum" in schema.get("items", {}):
        yield "each one of " + ", ".join(f"`{value}`" for value in schema["items"]["enum"])
    if schema.get("default") not in (None, ""):
        default = schema["default"]
        yield f"default `{default if isinstance(default, str) else json.dumps(default, ensure_ascii=False)}`"


def example(schema: Mapping[str, Any], schemas: Schemas) -> Any:  # noqa: ANN401 - any JSON
    """Return a value that `schema` allows: its own example, else the least that is required."""
    known = [*schema.get("examples", ()), *schema.get("enum", ())]
    if known:
        return known[0]
    if "$ref" in schema or "anyOf" in schema:
        return example(schemas[_name(schema)] if "$ref" in schema else schema["anyOf"][0], schemas)
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        return {name: example(properties[name], schemas) for name in schema.get("required", ())}
    if schema.get("type") == "array":
        return [example(schema["items"], schemas)] if schema.get("minItems") else []
    return {"string": "…", "integer": schema.get("minimum", 1), "number": 0.5, "boolean": True}.get(
        schema.get("type", "")
    )


def _options(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what a value may be beside null."""
    return [one for one in schema.get("anyOf", (schema,)) if one.get("type") != "null"]


def _name(schema: Mapping[str, Any]) -> str:
    name: str = schema["$ref"].rsplit("/", 1)[1]
    return name
