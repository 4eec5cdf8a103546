"""Which calls of which clients are tested: each test says it, and `docs/compatibility.md` is written from that."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
NPM = Path(__file__).with_name("npm") / "package.json"
PIP = Path(__file__).with_name("pip") / "requirements.txt"
Test = TypeVar("Test", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Row:
    """A call of a client, what its test sees, and the module of the test."""

    client: str
    call: str
    seen: str
    module: str
    version: str


_rows: list[Row] = []


def client_call(client: str, call: str, *, apart: bool = False) -> Callable[[Test], Test]:
    """Note that a test makes this `call` with the unmodified `client`, a package on PyPI, or on npm: `npm openai`.

    One that is installed `apart` is another version than the one beside the tests.
    """

    def note(test: Test) -> Test:
        seen = " ".join((test.__doc__ or "").split())
        _rows.append(Row(client, call, seen, test.__module__, version(client, apart=apart)))
        return test

    return note


def sorted_rows() -> list[Row]:
    """Return every call that was noted, by client and module, in the order of its tests."""
    return sorted(_rows, key=lambda row: (row.client, row.module))


def version(client: str, *, apart: bool = False) -> str:
    """Return the version of a client that tests use: it is pinned, so that the page says which it was."""
    registry, _, name = client.rpartition(" ")
    if registry == "npm":
        return str(json.loads(NPM.read_text(encoding="utf-8"))["dependencies"][name])
    own = PIP.read_text(encoding="utf-8").split()
    extras = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    pinned = [*extras["test"], *own] if apart else [*own, *extras["test"]]
    pins = dict(one.split("==") for one in pinned if "==" in one)
    return str(pins[client])
