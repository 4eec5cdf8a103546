"""`moderation export|backup|restore|model`: comments out as JSON lines or CSV, all data out and in, and the models."""

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from moderation import __version__, clock, takeout
from moderation import backup as backups
from moderation.cli_admin import known_site, opened
from moderation.comment_object import comment_object
from moderation.hashing import Hasher
from moderation.secret import load_secret
from moderation.settings import get_settings
from moderation.storage import comments
from moderation.storage.copies import CopyFailedError
from moderation.storage.database import Database
from moderation.storage.filters import Filter

PAGE = 500
FORMULA = frozenset("=+-@|")
BAR = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
COLUMNS = ("id", "external_id", "status", "thread_id", "author_id", "author_name", "text", "created_at", "erased_at")


@click.command("export")
@click.option("--site", "site_id", default="demo", show_default=True)
@click.option("--author", "author_id", help="All that is kept of the author of this id (JSON lines).")
@click.option("--everything", is_flag=True, help="Also decisions, labels, restrictions, policies and the audit log.")
@click.option("--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@click.option("--spreadsheet", is_flag=True, help="CSV in which no text can run as a formula; it is not for importing.")
@click.option(
    "--output", type=click.File("w", encoding="utf-8"), default="-", help="A file; standard output if left out."
)
def export(site_id: str, author_id: str | None, everything: bool, form: str, spreadsheet: bool, output: TextIO) -> None:
    """Write all comments of a site, newest first; `moderation import` reads both formats.

    With --everything or --author each line has a `kind`: policy, restriction, comment or audit.
    CSV holds texts exactly as they were written: before opening it in a spreadsheet, say --spreadsheet, or import the
    text columns as text; one that begins with = + - or @ may run as a formula.
    """
    whole = everything or author_id is not None
    if whole and form == "csv":
        raise click.ClickException("Everything does not fit into a table: leave --format csv out")
    with opened() as database:
        known_site(database, site_id)
        if author_id is not None:
            author_key = Hasher(load_secret(get_settings())).author_id(author_id)
            documents = takeout.of_author(database, site_id, author_key)
        else:
            documents = takeout.everything(database, site_id) if whole else _comments(database, site_id)
        writer = csv.writer(output) if form == "csv" else None
        if writer is not None:
            writer.writerow(COLUMNS)
        number = 0
        with Progress(*BAR, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Exporting", total=None if author_id else _count(database, site_id))
            for document in documents:
                if writer is not None:
                    row = _csv_row(document)
                    writer.writerow(map(harmless, row) if spreadsheet else row)
                else:
                    output.write(json.dumps(document, ensure_ascii=False) + "\n")
                if document.get("kind", "comment") == "comment":
                    number += 1
                    bar.advance(task)
    click.echo(f"{number} comments", err=True)


def _comments(database: Database, site_id: str) -> Iterator[dict[str, Any]]:
    before_id = None
    while True:
        with database.read() as connection:
            page = comments.list_page(connection, site_id, Filter(), limit=PAGE, before_id=before_id)
        yield from map(comment_object, page)
        if len(page) < PAGE:
            return
        before_id = page[-1].id


def _count(database: Database, site_id: str) -> int:
    with database.read() as connection:
        return comments.count_all(connection, site_id)


def harmless(value: Any) -> Any:  # noqa: ANN401 - whatever stands in a cell
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.lstrip()[:1] in FORMULA else value


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything that is kept to FILE, while the service runs; keep that file as safe as the data itself."""
    with opened() as database, told("Saving"):
        manifest = backups.make(database, get_settings(), file, __version__, clock.now())
    size = file.stat().st_size / 1e6
    note = "" if manifest.secret else "; MODERATION_SECRET is not in it, keep it too"
    click.echo(f"{file}: {size:,.1f} MB, as of {manifest.made_at}{note}", err=True)


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
def restore(file: Path) -> None:
    """Put a backup into the empty database and data folder that the settings name; then start the service."""
    with opened() as database, told("Restoring"):
        manifest = backups.restore(database, get_settings(), file)
    note = "" if manifest.secret else ", with the same MODERATION_SECRET as before"
    click.echo(f"Restored as of {manifest.made_at}. Start the service now{note}.", err=True)


@contextmanager
def told(doing: str) -> Iterator[None]:
    """Show that something goes on, and turn what can go wrong with files into messages."""
    try:
        with Console(stderr=True).status(doing):
            yield
    except FileExistsError as error:
        raise click.ClickException(f"{error} exists already; name another file") from None
    except (CopyFailedError, OSError) as error:
        raise click.ClickException(str(error)) from None


@click.command("model", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def model(arguments: tuple[str, ...]) -> None:
    """Work on models: `list`, `add NAME|PATH`, `check [NAME]`."""
    command = (sys.executable, "-m", "workers.models", *arguments)
    raise SystemExit(subprocess.run(command, check=False).returncode)  # noqa: S603 - our own command


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
        document["erased_at"],
    ]


COMMANDS = (export, backup, restore, model)
