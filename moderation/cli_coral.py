"""`moderation coral`: the signing secrets of Coral's external moderation phases."""

import click

from moderation import clock, ids
from moderation.audit_entry import CLI, AuditAction, Change
from moderation.cli_admin import as_json_option, known_site, opened, show
from moderation.hashing import Hasher
from moderation.sealing import CORAL, seal
from moderation.secret import load_secret
from moderation.settings import get_settings
from moderation.storage import audit, coral_secrets
from moderation.storage.coral_secrets import SECRETS_AT_MOST, Secret


@click.group("coral")
def coral() -> None:
    """Coral's external moderation phases: the secrets that they sign with."""


@coral.command("add")
@click.argument("site_id")
@click.option("--secret", prompt="Signing secret", hide_input=True, help="Asked for if left out, or read from a pipe.")
@as_json_option
def add(site_id: str, secret: str, *, as_json: bool) -> None:
    """Take the signing secret that Coral shows for a phase, and print the phase's address."""
    if not secret.strip():
        raise click.ClickException("The secret is empty; Coral shows it at /admin/configure/moderation/phases")
    now = clock.now()
    sealed = seal(Hasher(load_secret(get_settings())).derive(CORAL), secret.strip())
    kept = Secret(ids.new_id(now), sealed, now)
    with opened() as database:
        known_site(database, site_id)
        with database.write() as connection:
            if len(coral_secrets.list_secrets(connection, site_id)) >= SECRETS_AT_MOST:
                raise click.ClickException(f"A site can have {SECRETS_AT_MOST} secrets; remove one first")
            coral_secrets.add_secret(connection, site_id, kept)
            audit.append(connection, site_id, now, Change(CLI, AuditAction.CORAL_SECRET_MADE, kept.id))
    show({"id": kept.id, "path": f"/coral/{site_id}"}, as_json=as_json)


@coral.command("list")
@click.argument("site_id")
@as_json_option
def list_secrets(site_id: str, *, as_json: bool) -> None:
    """List when a site's secrets were added; they themselves are not shown again."""
    with opened() as database:
        known_site(database, site_id)
        with database.read() as connection:
            found = coral_secrets.list_secrets(connection, site_id)
    show([{"id": one.id, "added": one.created_at.isoformat()} for one in found], as_json=as_json)


@coral.command("remove")
@click.argument("site_id")
@click.argument("secret_id")
def remove(site_id: str, secret_id: str) -> None:
    """Forget a secret: what is signed with it is refused from now on."""
    with opened() as database, database.write() as connection:
        if not coral_secrets.remove_secret(connection, site_id, secret_id):
            raise click.ClickException("There is no such secret; `moderation coral list` shows them")
        audit.append(connection, site_id, clock.now(), Change(CLI, AuditAction.CORAL_SECRET_REMOVED, secret_id))
