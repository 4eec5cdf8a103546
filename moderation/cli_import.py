"""`moderation import`: takes in comments that were written elsewhere, or exported from here, as JSON lines or CSV."""

import csv
import io
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import click
import rich.progress
from pydantic import ValidationError
from rich.console import Console

from moderation import clock, intake
from moderation.cli_admin import known_site, opened
from moderation.dialects.native_schemas import CommentIn
from moderation.errors import ModerationError
from moderation.intake import Received
from moderation.load import lateness
from moderation.parts import join_parts
from moderation.pipeline import Parts, receive
from moderation.policy_document import LONGEST, Policy
from moderation.records import Site
from moderation.settings import get_settings
from moderation.storage import comments, sites, work

CHUNK = 500
BEHIND_ALL = 2
"""Priority of imported comments: whoever posts in the meantime is served first."""
SHARE = 2
"""An import fills at most this part (1/2) of what the service can decide in its promised time."""
PAUSE_SECONDS = 1.0
NEEDED = frozenset({"text", "thread_id"})


@dataclass(slots=True)
class Tally:
    """What became of the lines."""

    taken: int = 0
    known: int = 0
    erased: int = 0
    refused: int = 0

    def refuse(self, line: int, why: str) -> None:
        """Count a line that is not taken, and say why; never with its text."""
        self.refused += 1
        click.echo(f"line {line}: {why}", err=True)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--site", "site_id", default="demo", show_default=True)
def import_file(file: Path, site_id: str) -> None:
    """Take in comments from FILE: JSON lines, or CSV if its name ends in .csv.

    A line is what `POST /v1/comments` reads or what `moderation export` writes.
    Every comment is checked and scored as if it were new, but limits on the number of comments do not count.
    Comments that the site has already are left as they are, so an import can be repeated.
    Bad lines are named and left out; the exit code is then 1.
    """
    settings = get_settings()
    tally = Tally()
    with opened() as database:
        known_site(database, site_id)
        with database.read() as connection:
            site = sites.get_site(connection, site_id)
    if site is None:
        raise click.ClickException(f"There is no site {site_id!r}; `moderation site list` shows them")
    with opened():
        parts = join_parts(settings)
        try:
            with rich.progress.open(file, "rb", description="Importing", console=Console(stderr=True)) as lines:
                entries = _csv_lines(lines) if file.suffix.lower() == ".csv" else _json_lines(lines)
                while chunk := list(islice(entries, CHUNK)):
                    _wait_for_workers(parts, settings.promise_seconds)
                    _take(parts, without_limits(site), chunk, tally)
        finally:
            parts.database.close()
    click.echo(
        f"{tally.taken} taken, {tally.known} known already, {tally.erased} erased, {tally.refused} refused",
        err=True,
    )
    raise SystemExit(1 if tally.refused else 0)


def without_limits(site: Site) -> Site:
    """Return the site with a policy that does not count comments: what is imported was not posted just now."""
    sections = {name: replace(section, limits=None) for name, section in site.policy.sections.items()}
    policy: Policy = replace(site.policy, limits=(), thread_total=None, sections=sections)
    return replace(site, policy=policy)


def document_of(exported: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `POST /v1/comments` reads for a comment as the API shows it; its id stands in for a missing one."""
    kept = {name: exported[name] for name in CommentIn.model_fields if exported.get(name) is not None}
    if isinstance(kept.get("language"), Mapping):
        kept["language"] = kept["language"].get("code")
    kept.setdefault("external_id", exported.get("id"))
    return kept


def _take(parts: Parts, site: Site, chunk: list[tuple[int, Mapping[str, Any] | str]], tally: Tally) -> None:
    now = clock.now()
    group, line_of = [], {}
    for line, entry in chunk:
        if isinstance(entry, str):
            tally.refuse(line, entry)
            continue
        if entry.get("erased_at"):
            tally.erased += 1
            continue
        if _is_known(parts, site, entry):
            tally.known += 1
            continue
        document = document_of(entry) if "revision" in entry or "status" in entry else entry
        try:
            comment = CommentIn.model_validate_json(json.dumps(document)).comment()
        except ValidationError as error:
            fields = ", ".join(".".join(map(str, one["loc"])) or "the line" for one in error.errors())
            tally.refuse(line, f"not a comment: {fields}")
            continue
        if len(comment.text) > LONGEST:
            tally.refuse(line, f"too_long: {len(comment.text)} characters, {LONGEST} are allowed")
            continue
        group.append(intake.prepare(comment, site, parts.hasher, now, priority=BEHIND_ALL))
        line_of[group[-1].id] = line
    for one, outcome in zip(group, receive(parts, site, group, now) if group else (), strict=True):
        if isinstance(outcome, ModerationError):
            tally.refuse(line_of[one.id], f"{outcome.code}: {outcome.detail}")
        elif isinstance(outcome, Received) and outcome.replayed:
            tally.known += 1
        else:
            tally.taken += 1


def _is_known(parts: Parts, site: Site, entry: Mapping[str, Any]) -> bool:
    """Tell whether an exported comment without an external id comes from this very site."""
    if entry.get("external_id") or not isinstance(entry.get("id"), str):
        return False
    with parts.database.read() as connection:
        return comments.get(connection, site.id, entry["id"]) is not None


def _wait_for_workers(parts: Parts, promise_seconds: int) -> None:
    told = False
    while True:
        with parts.database.read() as connection:
            waiting = work.waiting(connection)
        if not lateness(waiting, parts.queue.pace(), promise_seconds // SHARE):
            return
        if not told:
            click.echo("Waiting for the workers to catch up", err=True)
            told = True
        time.sleep(PAUSE_SECONDS)


def _json_lines(lines: BinaryIO) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Yield (line number, document or what is wrong)."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                document = json.loads(line)
            except (ValueError, RecursionError):
                document = None
            yield number, document if isinstance(document, dict) else "not a JSON object in UTF-8"


def _csv_lines(lines: BinaryIO) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Yield (number of the line where a row begins, document)."""
    reader = csv.DictReader(io.TextIOWrapper(lines, encoding="utf-8-sig", newline=""))
    try:
        if NEEDED - set(reader.fieldnames or ()):
            raise click.ClickException(f"The first line must name the columns {' and '.join(sorted(NEEDED))}")
        begins = reader.line_num + 1
        for row in reader:
            yield begins, _from_csv(row)
            begins = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error):
        raise click.ClickException(f"After line {reader.line_num} the file is not CSV in UTF-8") from None


def _from_csv(row: Mapping[str, str | None]) -> dict[str, Any]:
    author = {"id": row.get("author_id") or None, "name": row.get("author_name") or None}
    return {
        "id": row.get("id") or None,
        "status": row.get("status"),
        "text": row["text"],
        "thread": {"id": row["thread_id"]},
        "author": author,
        "external_id": row.get("external_id") or None,
        "created_at": row.get("created_at") or None,
        "erased_at": row.get("erased_at") or None,
    }
