"""`moderation words import|export`: the lists of words of a site's policy, in from a file and out to one."""

from pathlib import Path
from typing import TextIO

import click

from moderation import clock, word_changes, word_files, word_lists
from moderation.audit_entry import CLI
from moderation.cli_admin import known_site, opened
from moderation.errors import ModerationError
from moderation.parts import join_parts
from moderation.policy_document import ListName
from moderation.settings import get_settings
from moderation.storage import sites
from moderation.word_changes import Place, Who
from moderation.word_lists import Entry

BYTES_AT_MOST = 4_000_000
site_option = click.option("--site", "site_id", default="demo", show_default=True)
section_option = click.option("--section", help="The section whose lists; the rest of the site's if left out.")


@click.group("words")
def words() -> None:
    """The lists of words that a site rejects, holds or excepts."""


@words.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@site_option
@section_option
@click.option(
    "--list",
    "name",
    type=click.Choice(word_lists.LISTS),
    default="suspect",
    show_default=True,
    help="For terms of which the file says no list.",
)
@click.option("--deobfuscate", is_flag=True, help="Also find them in disguise, unless the file says otherwise.")
def import_words(file: Path, site_id: str, section: str | None, name: ListName, *, deobfuscate: bool) -> None:
    """Add the terms of FILE: plain text with one on each line, or CSV if its name ends in .csv.

    CSV names a column `term` (or `word`, or `text`) in its first line, and perhaps `list` and `deobfuscate`.
    What the lists have already stays as it is, so an import can be repeated.
    Bad lines are named and left out; the exit code is then 1.
    """
    if file.stat().st_size > BYTES_AT_MOST:
        raise click.ClickException(f"The file is larger than {BYTES_AT_MOST // 1_000_000} MB; split it")
    with opened() as database:
        known_site(database, site_id)
    default = Entry(name, "", deobfuscate and name != "exceptions")
    try:
        text = file.read_text(encoding="utf-8-sig")
        read = word_files.read(text, "csv" if file.suffix.lower() == ".csv" else "text", default)
    except UnicodeDecodeError:
        raise click.ClickException("The file is not in UTF-8") from None
    except ModerationError as error:
        raise click.ClickException(error.detail) from None
    for one in read.refused:
        click.echo(f"line {one.line}: {one.message}", err=True)
    with opened():
        parts = join_parts(get_settings())
        try:
            place, who = Place(site_id, section), Who("command line", CLI)
            version, added = word_changes.add(parts, place, read.entries, who, clock.now())
        except ModerationError as error:
            raise click.ClickException(error.detail) from None
        finally:
            parts.database.close()
    known = len(read.entries) - len(added)
    click.echo(f"{len(added)} added, {known} known already, {len(read.refused)} refused; version {version}", err=True)
    raise SystemExit(1 if read.refused else 0)


@words.command("export")
@site_option
@section_option
@click.option("--format", "form", type=click.Choice(["csv", "text"]), default="csv", show_default=True)
@click.option(
    "--output", type=click.File("w", encoding="utf-8"), default="-", help="A file; standard output if left out."
)
def export_words(site_id: str, section: str | None, form: word_files.Form, output: TextIO) -> None:
    """Write all terms of a site's lists; `moderation words import` reads both formats."""
    with opened() as database:
        known_site(database, site_id)
        with database.read() as connection:
            site = sites.get_site(connection, site_id)
    if site is not None:
        output.write(word_files.write(word_lists.entries(word_lists.of_section(site.policy, section)), form))
