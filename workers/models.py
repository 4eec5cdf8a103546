"""`moderation model list|check|add`: the toxicity models that are here, whether they are whole, and more of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from moderation.settings import get_settings
from workers.scoring.catalogue import CARD, SHIPPED, WEIGHTS, ModelError

OFFICIAL = ("original", "unbiased", "multilingual", "original-small", "unbiased-small")
"""Detoxify's own models, which are downloaded."""
NEEDS_EXTRA = (
    "Converting Detoxify's models needs PyTorch, which comes with the extra 'detoxify': "
    "pip install 'moderation[detoxify]', or make run ENGINE=detoxify"
)


@click.group()
def main() -> None:
    """Work on models."""


@main.command("list")
def list_models() -> None:
    """List the models that can be served."""
    folders = [folder for place in (SHIPPED, _added()) for folder in sorted(place.glob("*")) if _is_model(folder)]
    table = Table("model", "engine", "where")
    for folder in folders:
        table.add_row(folder.name, "onnx or detoxify", str(folder))
    for name in OFFICIAL:
        if _added() / name not in folders:
            table.add_row(name, "onnx or detoxify", f"after: moderation model add {name}")
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
@click.argument("model")
@click.option("--force", is_flag=True, help="Make the model again if it is there already.")
def add(model: str, *, force: bool) -> None:
    """Take in one of Detoxify's models, or a checkpoint file of your own in its format.

    Its hash is compared, and it is converted to ONNX once, which has to score as Detoxify does.
    """
    name = model if model in OFFICIAL else Path(model).stem
    folder = _added() / name
    if _is_model(SHIPPED / name) or (name in OFFICIAL and name != model):
        raise click.ClickException(f"'{name}' is the name of another model; rename the file")
    if _is_model(folder) and not force:
        click.echo(f"{folder} is there already; --force makes it again. Serve it: MODERATION_MODEL={name}")
        return
    try:
        from workers.scoring import detoxify_convert
    except ImportError as error:
        raise click.ClickException(NEEDS_EXTRA) from error
    try:
        source = detoxify_convert.find(model, get_settings().data)
        with _steps() as begin:
            card = detoxify_convert.convert(source, get_settings().data, begin)
    except ModelError as error:
        raise click.ClickException(str(error)) from None
    change = card["int8_tolerance"]["max"]
    click.echo(f"{folder}: {card['bytes'] / 1e6:.1f} MB, {card['precision']}; int8 moves scores by up to {change}")
    click.echo(f"Serve it: MODERATION_MODEL={name}")


def _added() -> Path:
    """Return the folder of models that were added."""
    return get_settings().data / "models"


def _is_model(folder: Path) -> bool:
    return (folder / CARD).is_file() and (folder / WEIGHTS).is_file()


@contextmanager
def _steps() -> Iterator[Callable[[str], None]]:
    """Show the step that was begun last with a spinner on stderr, and how long each took."""
    columns = (SpinnerColumn(finished_text="[green]✓"), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:

        def end() -> None:
            for task in progress.task_ids:
                progress.update(task, total=1, completed=1)

        def begin(step: str) -> None:
            end()
            progress.add_task(step, total=None)

        yield begin
        end()


if __name__ == "__main__":
    main(prog_name="moderation model")
