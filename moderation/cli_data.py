"""`moderation import|export|model`: comments in and out as JSON lines or CSV, and the models."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import click
from pydantic import ValidationError
from rich.console import Console
from rich.progress import track

from moderation.cli_admin import known_site, opened
from moderation.comment_object import comment_object
from moderation.dialects.native_schemas import CommentIn
from moderation.errors import ModerationError
from moderation.parts import join_parts
from moderation.service import Handed, Service
from moderation.settings import get_settings
from moderation.storage import comments
from moderation.storage.comments import Filter

CHUNK = 500
COLUMNS = ("id", "external_id", "status", "thread_id", "author_id", "author_name", "text", "created_at")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", "site_id", default="demo", show_default=True)
def import_file(file: Path, site_id: str) -> None:
    """Take in comments: JSON lines as POST /v1/comments reads them, or CSV with the columns that export writes.

    Comments whose external_id is known already are left as they are, so an import can be repeated.
    """
    with opened() as database:
        known_site(database, site_id)
    service = Service(join_parts(get_settings()), get_settings())
    entries = list(_read(file))
    taken, refused = 0, 0
    chunks = [entries[start : start + CHUNK] for start in range(0, len(entries), CHUNK)]
    for chunk in track(chunks, "Importing", console=Console(stderr=True)):
        handed = []
        for line, entry in chunk:
            try:
                handed.append(Handed(CommentIn.model_validate_json(entry).comment()))
            except ValidationError as error:
                refused += 1
                fields = ", ".join(".".join(map(str, one["loc"])) or "the line" for one in error.errors())
                click.echo(f"line {line}: not a comment: {fields}", err=True)
        for outcome in service.post(site_id, handed) if handed else ():
            if isinstance(outcome, ModerationError):
                refused += 1
            else:
                taken += 1
    click.echo(f"{taken} taken, {refused} refused", err=True)


@click.command("export")
@click.option("--site", "site_id", default="demo", show_default=True)
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--output", type=click.File("w"), default="-", help="A file; standard output if left out.")
def export(site_id: str, form: str, output: TextIO) -> None:
    """Write all comments of a site, newest first."""
    console = Console(stderr=True)
    with opened() as database:
        known_site(database, site_id)
        writer = csv.writer(output) if form == "csv" else None
        if writer is not None:
            writer.writerow(COLUMNS)
        number, before_id = 0, None
        with console.status("Exporting") as status:
            while True:
                with database.read() as connection:
                    page = comments.list_page(connection, site_id, Filter(), limit=CHUNK, before_id=before_id)
                if not page:
                    break
                for comment in page:
                    document = comment_object(comment)
                    if writer is not None:
                        writer.writerow(_csv_row(document))
                    else:
                        output.write(json.dumps(document, ensure_ascii=False) + "\n")
                number, before_id = number + len(page), page[-1].id
                status.update(f"Exporting: {number} comments")
    click.echo(f"{number} comments", err=True)


@click.command("model", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def model(arguments: tuple[str, ...]) -> None:
    """Work on models: `list`, `add NAME|PATH`, `check [NAME]`."""
    command = (sys.executable, "-m", "workers.models", *arguments)
    raise SystemExit(subprocess.run(command, check=False).returncode)  # noqa: S603 - our own command


def _read(file: Path) -> Iterator[tuple[int, str]]:
    """Yield (line number, JSON of one comment)."""
    with file.open(encoding="utf-8", newline="") as opened_file:
        if file.suffix == ".csv":
            for number, row in enumerate(csv.DictReader(opened_file), start=2):
                yield number, json.dumps(_from_csv(row))
        else:
            for number, line in enumerate(opened_file, start=1):
                if line.strip():
                    yield number, line


def _from_csv(row: dict[str, str]) -> dict[str, Any]:
    author = {"id": row.get("author_id") or None, "name": row.get("author_name") or None}
    return {
        "text": row.get("text", ""),
        "thread": {"id": row.get("thread_id", "")},
        "author": author,
        "external_id": row.get("external_id") or None,
        "created_at": row.get("created_at") or None,
    }


def _csv_row(document: dict[str, Any]) -> list[Any]:
    author = document["author"] or {}
    return [
        document["id"],
        document["external_id"],
        document["status"],
        document["thread"]["id"],
        author.get("id"),
        author.get("name"),
        document["text"],
        document["created_at"],
    ]


COMMANDS = (import_file, export, model)
