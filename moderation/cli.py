"""The command `moderation`: runs the service and looks after it."""

import os
import subprocess
import sys
from pathlib import Path

import click
from pydantic import ValidationError

from moderation import (
    __version__,
    cli_admin,
    cli_audit,
    cli_cert,
    cli_coral,
    cli_data,
    cli_import,
    cli_key,
    cli_moderator,
    cli_thresholds,
    cli_words,
    commands,
    doctor,
    up,
)
from moderation.logs import configure_logs
from moderation.settings import get_settings
from moderation.storage import migrate as migrations
from moderation.supervisor import Part, Supervisor


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Comment moderation that you run yourself. Settings are environment variables: docs/settings.md."""
    try:
        settings = get_settings()
    except ValidationError as error:
        wrong = [f"MODERATION_{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors()]
        raise click.ClickException("\n".join(wrong)) from None
    configure_logs(settings.log_level)


@main.command("up")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, help="Port to listen on.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Folder for everything that is kept.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line on stdout once all parts answer.")
def run_up(host: str, port: int, data: Path | None, *, as_json: bool) -> None:
    """Run everything on this machine: an embedded Valkey, SQLite, workers and web, unless settings name others."""
    settings = get_settings()
    if data is not None:
        settings = settings.model_copy(update={"data": data})
    up.run(host, port, settings, as_json=as_json)


@main.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Run the web part only, in this process's place; workers and Redis run elsewhere."""
    settings = get_settings()
    up.check_tls(settings)
    part = commands.web(host, port, settings, {})
    os.execve(part.command[0], list(part.command), {**os.environ, **part.environment})  # noqa: S606 - our own command


@main.command("worker")
@click.option("--role", type=click.Choice([*commands.ROLES, "all"]), default="all", show_default=True)
def worker(role: str) -> None:
    """Run workers only: scorer, courier, beat, or all three."""
    settings = get_settings()
    roles = commands.ROLES if role == "all" else (role,)
    supervisor = Supervisor()
    supervisor.stop_on_signals()
    try:
        for one in roles:
            supervisor.start(commands.worker(one, settings, {}))
        supervisor.run()
    finally:
        supervisor.stop()


@main.command("migrate")
def migrate() -> None:
    """Bring the database to the newest schema."""
    with cli_admin.opened() as database:
        migrations.upgrade(database)
    click.echo("The database is up to date.", err=True)


@main.command("score")
@click.argument("texts", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
def score(texts: tuple[str, ...], *, as_json: bool) -> None:
    """Score texts here and now, without a server."""
    part = Part("score", (sys.executable, "-m", "workers.shell", *(["--json"] if as_json else []), "--", *texts), {})
    raise SystemExit(
        subprocess.run(part.command, check=False, env={**os.environ, **commands.ONE_THREAD}).returncode  # noqa: S603 - our own command
    )


@main.command("doctor")
def run_doctor() -> None:
    """Look at every part and say what to do about those that are not well."""
    raise SystemExit(doctor.run(get_settings()))


COMMANDS = (
    *cli_admin.COMMANDS, *cli_data.COMMANDS, cli_audit.audit, cli_cert.make_certificate, cli_coral.coral,
    cli_import.import_file, cli_key.key, cli_moderator.moderator, cli_thresholds.thresholds, cli_words.words,
)  # fmt: skip
for command in COMMANDS:
    main.add_command(command)

if __name__ == "__main__":
    main()
