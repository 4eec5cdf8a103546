"""`moderation model list|check|add`: the toxicity models that are here, whether they are whole, and more of them."""

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from moderation.settings import get_settings
from workers.scoring.catalogue import CARD, SHIPPED, ModelError, read_card

OFFICIAL = ("original", "unbiased", "multilingual", "original-small", "unbiased-small")
"""Detoxify's own models, which it downloads; they are served on PyTorch."""
NEEDS_EXTRA = "Detoxify's models need PyTorch: make run ENGINE=detoxify installs it"


@click.group()
def main() -> None:
    """Work on models."""


@main.command("list")
def list_models() -> None:
    """List the models that can be served."""
    settings = get_settings()
    table = Table("model", "engine", "where")
    for folder in (SHIPPED, settings.data / "models"):
        for card in sorted(folder.glob(f"*/{CARD}")):
            if (card.parent / "model.onnx").is_file():
                table.add_row(read_card(card.parent).name, "onnx or detoxify", str(card.parent))
    for name in OFFICIAL:
        table.add_row(name, "detoxify", f"after: moderation model add {name}")
    Console().print(table)


@main.command("check")
@click.argument("name", required=False)
def check(name: str | None) -> None:
    """Load a model and the spam scorer as a worker does: hashes, then the card's golden texts."""
    from workers.scoring import Scorers

    settings = get_settings()
    if name is not None:
        settings = settings.model_copy(update={"model": name})
    try:
        scorers = Scorers.load(settings)
    except ModelError as error:
        raise click.ClickException(str(error)) from None
    for attribute, model in scorers.models.items():
        click.echo(f"{attribute}: {model} is whole and gives its golden scores")


@main.command("add")
@click.argument("name")
def add(name: str) -> None:
    """Fetch one of Detoxify's models, or take a checkpoint file of your own, after comparing its hash."""
    try:
        from workers.scoring.detoxify_checkpoint import fetch_official, find_own
    except ImportError as error:
        raise click.ClickException(NEEDS_EXTRA) from error
    settings = get_settings()
    try:
        if name in OFFICIAL:
            _, sha256 = fetch_official(name, settings.data)
        else:
            sha256 = find_own(Path(name))
    except ModelError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"SHA-256 {sha256} is as recorded. Serve it: MODERATION_ENGINE=detoxify MODERATION_MODEL={name}")


if __name__ == "__main__":
    main(prog_name="moderation model")
