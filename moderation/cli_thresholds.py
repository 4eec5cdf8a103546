"""`moderation thresholds`: what another service's thresholds are here."""

import json
from dataclasses import asdict, replace
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from moderation import clock
from moderation.audit_entry import CLI
from moderation.cli_admin import known_site, opened
from moderation.policy_changes import put_policy
from moderation.policy_document import Threshold
from moderation.settings import get_settings
from moderation.storage import sites
from moderation.translation import NotTranslatedError, Translation, names, table, translate

ALIKE = 0.5
"""The share of comments held by both, below which a translation is one in name only."""
SHOWN = (0.5, 0.6, 0.7, 0.8, 0.9)


@click.command("thresholds")
@click.option("--from", "source", type=click.Choice(["perspective"]), required=True, help="Whose thresholds they are.")
@click.argument("thresholds", nargs=-1, metavar="[ATTRIBUTE=VALUE]...")
@click.option("--apply", "site_id", metavar="SITE", help="Make these the site's thresholds for holding.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def thresholds(source: str, thresholds: tuple[str, ...], site_id: str | None, *, as_json: bool) -> None:
    """Translate thresholds, such as TOXICITY=0.8, into ones of this service that hold as many comments.

    Without any it shows what some are for every attribute that can be translated.
    """
    del source  # there is one
    document = table()
    if site_id and not thresholds:
        raise click.ClickException("Say which thresholds to apply, for example TOXICITY=0.8")
    try:
        found = [translate(document, *_read(one)) for one in thresholds] or _overview(document)
    except NotTranslatedError as error:
        raise click.ClickException(str(error)) from None
    served = get_settings().model
    if served != document["models"]["toxicity"]:
        made_for = document["models"]["toxicity"]
        click.echo(f"These were made for {made_for}; you serve {served}, whose scores may differ", err=True)
    if as_json:
        click.echo(json.dumps([{**asdict(one), "few": one.is_guess} for one in found]))
    else:
        _print(found)
    if site_id:
        _apply(site_id, found)


def _read(given: str) -> tuple[str, float]:
    name, _, value = given.partition("=")
    try:
        return name.strip(), round(float(value), 2)
    except ValueError:
        raise click.ClickException(f"{given!r} is no threshold; write it as TOXICITY=0.8") from None


def _overview(document: Any) -> list[Translation]:  # noqa: ANN401 - JSON
    return [
        translate(document, name, threshold)
        for name in names(document)
        for threshold in SHOWN
        if f"{threshold:.2f}" in document["attributes"][name]["points"]
    ]


def _print(found: list[Translation]) -> None:
    shown = Table("Perspective", "here", "95 % interval", "held of the data", "both hold", "rank correlation")
    for one in found:
        held = f"{one.held} of {one.of:,}{' (few: a guess)' if one.is_guess else ''}"
        shown.add_row(
            f"{one.name} {one.perspective:.2f}",
            f"{one.attribute} {one.ours:.3f}",
            f"{one.low:.3f} to {one.high:.3f}",
            held,
            f"{one.both:.0%}{' (others than Perspective: set it yourself)' if one.both < ALIKE else ''}",
            f"{one.correlation:.2f}",
        )
    console = Console()
    console.print(shown)
    console.print(
        "Each holds as many of 2,000 Wikipedia comments as Perspective's did in 2018, and not quite the same ones: "
        "look at what yours holds in the first days."
    )


def _apply(site_id: str, found: list[Translation]) -> None:
    with opened() as database:
        known_site(database, site_id)
        with database.write() as connection:
            site = sites.get_site(connection, site_id)
            if site is None:
                raise click.ClickException(f"There is no site {site_id!r}")
            changed: dict[Any, Threshold] = dict(site.policy.thresholds)
            for one in found:
                before = changed.get(one.attribute, Threshold())
                changed[one.attribute] = replace(before, hold=one.ours)
            policy = replace(site.policy, thresholds=changed)
            version = put_policy(connection, site_id, policy, "moderation thresholds", CLI, clock.now())
    click.echo(f"Version {version} of the policy of {site_id} is in force", err=True)
