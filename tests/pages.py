"""The tables in docs/ that repeat what the code says; `make docs` writes them, `test_docs.py` holds them.

A table is made from the code alone, so a page can never say something else.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, MinLen
from pydantic.fields import FieldInfo

from moderation import errors, ids
from moderation.app import create_app
from moderation.settings import Settings
from tests.clients.calls import sorted_rows
from tests.proofs import sorted_proofs
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


def proofs_table() -> str:
    """Return one row for each test that holds a line of the promise of security."""
    root = Path(__file__).parent
    for path in sorted(root.rglob("test_*.py")):
        if "\n@proves(" in path.read_text(encoding="utf-8"):
            import_module(".".join(["tests", *path.relative_to(root).with_suffix("").parts]))
    with TemporaryDirectory() as folder:
        app = create_app(Settings(data=Path(folder), secret=ids.new_secret()))
        rows = [
            f"| {one.line} | {one.seen} | {one.swept(app)} | `{one.module.replace('.', '/')}.py` |"
            for one in sorted_proofs()
        ]
    return "\n".join(["| promised | what the test sees | goes through | test |", "|---|---|---|---|", *rows])


PAGES = {
    "settings": settings_table,
    "errors": errors_table,
    "compatibility": compatibility_table,
    "proofs": proofs_table,
}
"""What makes each table."""
ELSEWHERE = {"proofs": "security"}
"""The page of a table that is not called like it."""


def page_of(name: str) -> Path:
    """Return the page that has a table."""
    return DOCS / f"{ELSEWHERE.get(name, name)}.md"


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
        write_section(page_of(name), name, table())


if __name__ == "__main__":
    main()
