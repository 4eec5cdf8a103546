"""What the page about the API shows of an OpenAPI description."""

from typing import Any

import pytest

from moderation.docs_page.fields import example, field_of, type_of
from moderation.docs_page.reference import Operation, read

SCHEMAS: dict[str, Any] = {
    "Colour": {"type": "string", "enum": ["red", "green"], "description": "A colour."},
    "Wheel": {
        "type": "object",
        "description": "It turns.",
        "properties": {"spokes": {"type": "integer", "minimum": 3, "maximum": 90}},
        "required": ["spokes"],
    },
    "Bike": {
        "type": "object",
        "description": "It has `front`.",
        "properties": {
            "front": {"$ref": "#/components/schemas/Wheel"},
            "colour": {"anyOf": [{"$ref": "#/components/schemas/Colour"}, {"type": "null"}], "default": None},
            "bell": {"type": "string", "examples": ["it's loud"]},
        },
        "required": ["front", "bell"],
    },
    "Same": {"$ref": "#/components/schemas/Bike", "description": "Another name."},
}
SPEC: dict[str, Any] = {
    "info": {"title": "Bikes", "version": "1", "description": "All bikes."},
    "tags": [{"name": "Empty"}, {"name": "Bikes"}],
    "paths": {
        "/bikes/{bike_id}": {
            "put": {
                "tags": ["Bikes"],
                "summary": "Change a bike.",
                "description": "Or not.",
                "security": [{"key": ["ride"]}],
                "parameters": [{"name": "bike_id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Same"}}}},
                "responses": {
                    "200": {
                        "description": "Done.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Bike"}}},
                    },
                    "204": {"description": "Gone.", "content": {}},
                    "404": {"description": "`none`: no bike", "content": {"application/problem+json": {"schema": {}}}},
                },
            },
            "get": {"responses": {}},
        }
    },
    "components": {"schemas": SCHEMAS},
}
REF = "#/components/schemas/"


def operation(method: str) -> Operation:
    """Return an operation of the example."""
    return next(one for group in read(SPEC).groups for one in group.operations if one.method == method)


def test_operations_are_grouped_by_their_tag() -> None:
    """Groups come in the order of the tags, without empty ones; an operation without a tag is not lost."""
    assert [group.name for group in read(SPEC).groups] == ["Bikes", "Other"]


def test_an_operation_says_all_that_a_caller_needs() -> None:
    """Method, path, key, parameters, answers and problems are read; the anchor can stand in an address."""
    put = operation("PUT")

    assert (put.anchor, put.path, put.summary, put.description) == (
        "put-bikes-bike-id", "/bikes/{bike_id}", "Change a bike.", "Or not."
    )  # fmt: skip
    assert put.scopes == ("ride",)
    assert [(one.place, one.name, one.required) for one in put.parameters] == [("path", "bike_id", True)]
    assert [(one.status, one.type) for one in put.answers] == [("200", (("Bike", "Bike"),)), ("204", ())]
    assert [(one.status, one.description) for one in put.problems] == [("404", "`none`: no bike")]


def test_an_operation_without_security_needs_no_key() -> None:
    """Neither the list of scopes nor the example has a key."""
    assert operation("GET").scopes is None
    assert operation("GET").example == 'curl "$API/bikes/$BIKE_ID"'


def test_a_body_is_shown_with_the_objects_in_it() -> None:
    """The properties of a nested object follow it, under both names; a body that is another's alias shows that."""
    body = operation("PUT").body

    assert [one.name for one in body] == ["front", "front.spokes", "colour", "bell"]
    assert [one.required for one in body] == [True, True, False, True]
    assert body[1].notes == ("3 to 90",)
    assert body[2].notes == ("one of `red`, `green`",)
    assert body[0].description == "It turns."


def test_the_example_can_be_pasted_into_a_shell() -> None:
    """Its JSON is the least that is required, quoted so that no apostrophe ends it."""
    assert operation("PUT").example == (
        'curl -X PUT "$API/bikes/$BIKE_ID" \\\n'
        '  -H "Authorization: Bearer $KEY" \\\n'
        """  --json '{"front": {"spokes": 3}, "bell": "it'"'"'s loud"}'"""
    )


def test_only_objects_have_a_place_of_their_own() -> None:
    """Enums and aliases are spelled out where they are used."""
    assert [(one.name, one.anchor) for one in read(SPEC).objects] == [
        ("Bike", "object-Bike"),
        ("Wheel", "object-Wheel"),
    ]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number or null"),
        ({"type": "array", "items": {"$ref": REF + "Wheel"}}, "list of Wheel"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer"),
        ({"$ref": REF + "Colour"}, "string"),
        ({}, "any JSON"),
    ],
)
def test_a_type_is_said_in_words(schema: dict[str, Any], words: str) -> None:
    """A type reads like a sentence, and objects in it can be looked up."""
    assert "".join(piece for piece, _ in type_of(schema, SCHEMAS)) == words


@pytest.mark.parametrize(
    ("schema", "notes"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 5}, ["1 to 5 characters"]),
        ({"type": "string", "maxLength": 5, "pattern": "^a"}, ["at most 5 characters", "matches `^a`"]),
        ({"type": "array", "items": {"enum": ["a"]}, "minItems": 1}, ["at least 1 entries", "each one of `a`"]),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, ["over 0", "at most 1"]),
        ({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]}, ["at least 0"]),
        ({"type": "boolean", "default": False}, ["default `false`"]),
        ({"$ref": REF + "Colour", "default": "red"}, ["one of `red`, `green`", "default `red`"]),
        ({"type": "string", "default": None}, []),
        ({"type": "object", "propertyNames": {"enum": ["a", "b"]}}, ["names: `a`, `b`"]),
    ],
)
def test_bounds_are_said_in_words(schema: dict[str, Any], notes: list[str]) -> None:
    """What is allowed, and what holds when nothing is said, stands beside the type."""
    assert list(field_of("name", schema, SCHEMAS, required=False).notes) == notes


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, 1),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 1}, [True]),
        ({"type": "array", "items": {"type": "boolean"}}, []),
        ({"anyOf": [{"$ref": REF + "Colour"}, {"type": "null"}]}, "red"),
        ({"type": "object"}, {}),
    ],
)
def test_an_example_is_the_least_that_is_allowed(schema: dict[str, Any], value: object) -> None:
    """What is not required is left out."""
    assert example(schema, SCHEMAS) == value
