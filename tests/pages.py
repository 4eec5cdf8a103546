"""The tables in docs/ that repeat what the code says; `make docs` writes them, `test_docs.py` holds them.

A table is made from the code alone, so a page can never say something else.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MinLen
from pydantic.fields import FieldInfo

from moderation import errors
from moderation.settings import Settings
from tests.clients.calls import sorted_rows
from training.report import write_section

DOCS = Path(__file__).parents[1] / "docs"


def settings_table() -> str:
    """Return one row for each setting: its variable, its default, what it takes and what it is for."""
    rows = [
        f"| `MODERATION_{name.upper()}` | {_default(field.get_default())} | {_allowed(field)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | default | allowed | what it is for |", "|---|---|---|---|", *rows])


def errors_table() -> str:
    """Return one row for each refusal that a caller can meet: its code, its status and its sentence."""
    classes = sorted(_family(errors.ModerationError), key=lambda error: (error.status, error.code))
    rows = [f"| `{error.code}` | {error.status} | {error.title} |" for error in classes]
    return "\n".join(["| code | status | title |", "|---|---|---|", *rows])


def compatibility_table() -> str:
    """Return one row for each call that a test in tests/clients/ makes with a vendor's own client."""
    for path in sorted((Path(__file__).parent / "clients").glob("test_*.py")):
        import_module(f"tests.clients.{path.stem}")
    rows = [f"| {_linked(row.client)} {row.version} | {row.call} | {row.seen} |" for row in sorted_rows()]
    return "\n".join(["| client | call | what the test sees |", "|---|---|---|", *rows])


PAGES = {"settings": settings_table, "errors": errors_table, "compatibility": compatibility_table}
"""What makes the table of each page."""


def _linked(client: str) -> str:
    return f"[`{client}`](clients/{client.replace(' ', '-')}.md)"


def _family(base: type[errors.ModerationError]) -> Iterator[type[errors.ModerationError]]:
    """Yield `base` and every class made from it."""
    yield base
    for child in base.__subclasses__():
        yield from _family(child)


def _default(value: Any) -> str:
    if value is None:
        return "unset"
    if value == "":
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _allowed(field: FieldInfo) -> str:
    """Return the values that `field` takes, in words."""
    if field.annotation is bool:
        return "`true`, `false`"
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(field.annotation))
    words = {Ge: "at least {}", Gt: "over {}", Le: "at most {}", MinLen: "at least {} characters"}
    bounds = []
    for kind, sentence in words.items():
        for bound in field.metadata:
            if isinstance(bound, kind):
                value = next(
                    v for name in ("ge", "gt", "le", "min_length") if (v := getattr(bound, name, None)) is not None
                )
                bounds.append(sentence.format(value))
    return ", ".join(bounds) or "any"


def main() -> None:
    """Write every table into its page."""
    for name, table in PAGES.items():
        write_section(DOCS / f"{name}.md", name, table())


if __name__ == "__main__":
    main()
