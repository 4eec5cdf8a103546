"""Which line of the promise of security a test holds: each says it, and `docs/security.md` is written from that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import Any, TypeVar

from apiflask import APIFlask
from hypothesis import is_hypothesis_test
from hypothesis import settings as bounds

Test = TypeVar("Test", bound=Callable[..., Any])
Sweep = Callable[[APIFlask], str]
"""Says how much a test goes through, counted from the app and from what the test itself goes by."""


class Line(StrEnum):
    """What is promised, in the order of the page."""

    INPUT = "bad input breaks nothing"
    TENANTS = "no site reaches another"
    KEYS = "keys"
    MODERATORS = "moderators"
    LIMITS = "bounds of requests"
    PRIVACY = "privacy"
    AUDIT = "audit log"
    SECRETS = "secrets"


@dataclass(frozen=True, slots=True)
class Proof:
    """A test that holds a line."""

    line: Line
    module: str
    seen: str
    """The test's name as a sentence, and its docstring."""
    inputs: int
    """How often the test runs, with different inputs."""
    sweep: Sweep | None

    def swept(self, app: APIFlask) -> str:
        """Return in words how much the test goes through."""
        said = [self.sweep(app)] if self.sweep else []
        return " × ".join([*said, f"{self.inputs:,} inputs"] if self.inputs > 1 else said)


_proofs: list[Proof] = []


def proves(line: Line, sweep: Sweep | None = None) -> Callable[[Test], Test]:
    """Note that a test holds a line; this stands above the test's other decorators, whose inputs it counts."""

    def note(test: Test) -> Test:
        name = test.__name__.removeprefix("test_").replace("_", " ").capitalize()
        seen = f"{name}: {' '.join((test.__doc__ or '').split())}"
        _proofs.append(Proof(line, test.__module__, seen, _inputs(test), sweep))
        return test

    return note


def sorted_proofs() -> list[Proof]:
    """Return every proof that was noted, by line and module, in the order of its tests."""
    order = list(Line)
    return sorted(_proofs, key=lambda proof: (order.index(proof.line), proof.module))


def described(app: APIFlask) -> dict[str, Any]:
    """Return the description of the API."""
    found: dict[str, Any] = app.test_client().get("/openapi.json").get_json()
    return found


def operations(spec: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and description of every operation that is described."""
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def _inputs(test: Callable[..., Any]) -> int:
    """Return how many inputs pytest and hypothesis give a test."""
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    given = prod(len(mark.args[1]) for mark in marks if not mark.kwargs.get("indirect"))
    if not is_hypothesis_test(test):
        return given
    examples: int = getattr(test, "_hypothesis_internal_use_settings", bounds()).max_examples
    return given * examples
