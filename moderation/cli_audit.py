"""`moderation audit`: is the log of who changed what still the one that was written?"""

import json
import re
from collections.abc import Sequence

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from moderation import auditing
from moderation.audit_entry import SERVICE_CHAIN
from moderation.auditing import Checked, Expected
from moderation.cli_admin import as_json_option, opened

HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")
OWN = "(of no site)"


class HeadType(click.ParamType[Expected]):
    """The head of a chain, as `audit verify` prints it."""

    name = "NUMBER:HASH"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Expected:
        """Return what stands for the head, or tell what is wrong."""
        found = HEAD.fullmatch(value.strip())
        if found is None:
            self.fail(f"{value!r} is no head of a chain; it looks like 42:9f86d0…, with 64 digits", param, ctx)
        return Expected(int(found[1]), found[2])


@click.group("audit")
def audit() -> None:
    """Who changed what: a chain of entries for each site, none of which can be changed unnoticed."""


@audit.command("verify")
@click.option("--site", "site_id", metavar="SITE", help="Only this site; all of them if left out.")
@click.option(
    "--expect", "expected", multiple=True, type=HeadType(), help="A head of the site's chain, kept elsewhere."
)
@as_json_option
def verify(site_id: str | None, expected: tuple[Expected, ...], *, as_json: bool) -> None:
    """Walk each site's chain and print its head; the exit code is 1 if an entry was changed, removed or added.

    Keep the heads somewhere else: whoever can write to the database can write a whole new chain.
    `--expect` tells whether a head that was kept is still in the chain.
    """
    if expected and site_id is None:
        raise click.UsageError("--expect is the head of one site's chain: name the site with --site")
    with opened() as database:
        chains = auditing.chains(database)
        if site_id is not None:
            if site_id not in chains:
                raise click.ClickException(f"There is no site {site_id!r}; `moderation site list` shows them")
            chains = {site_id: chains[site_id]}
        with _bar() as bar:
            task = bar.add_task("Verifying", total=sum(chains.values()))
            found = [auditing.verify(database, one, expected, lambda n: bar.advance(task, n)) for one in chains]
    _tell(found, as_json=as_json)
    raise SystemExit(1 if any(one.broken for one in found) else 0)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


def _tell(found: Sequence[Checked], *, as_json: bool) -> None:
    """Print what became of each chain; one that has no entries and belongs to no site is left out."""
    shown = [one for one in found if one.number or one.broken or one.site_id != SERVICE_CHAIN]
    if as_json:
        click.echo(json.dumps([_document(one) for one in shown]))
        return
    for one in shown:
        name, head = one.site_id or OWN, f"{one.number}:{one.hash}"
        if one.broken:
            click.echo(f"{name}: BROKEN at entry {one.broken.number}: {one.broken.why}")
        else:
            click.echo(f"{name}: whole, head {head}")


def _document(one: Checked) -> dict[str, object]:
    return {
        "site": one.site_id or None,
        "number": one.number,
        "hash": one.hash,
        "whole": one.broken is None,
        "broken": one.broken and one.broken.number,
        "why": one.broken and one.broken.why,
    }
