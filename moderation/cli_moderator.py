"""`moderation moderator`: who sits at the desk, and in which role, from a shell on the server."""

import click

from moderation import accounts, clock, members, second_factor
from moderation.audit_entry import CLI
from moderation.cli_admin import as_json_option, known_site, opened, show
from moderation.comment_object import timestamp
from moderation.errors import AddressTakenError
from moderation.model import Role
from moderation.storage import moderators
from moderation.storage.database import Database
from moderation.storage.moderators import Moderator

ROLES = [role.value for role in Role]


@click.group("moderator")
def moderator() -> None:
    """People at the desk: owners change everything, moderators decide comments, viewers look on."""


@moderator.command("add")
@click.argument("site_id")
@click.argument("email")
@click.option("--name", help="Name for people; the address if left out.")
@click.option("--role", type=click.Choice(ROLES), help="The first of a site is its owner, others moderators, if unset.")
@as_json_option
def add_moderator(site_id: str, email: str, name: str | None, role: str | None, *, as_json: bool) -> None:
    """Make a moderator with a password, which is printed once."""
    with opened() as database:
        known_site(database, site_id)
        given = Role(role) if role else _usual_role(database, site_id)
        try:
            password = accounts.add_moderator(
                database, site_id, email, name or email, clock.now(), actor=CLI, role=given
            )
        except AddressTakenError as error:
            raise click.ClickException(f"There is a moderator {email} already") from error
    show({"email": email, "role": given.value, "password": password}, as_json=as_json)


@moderator.command("list")
@click.argument("site_id")
@as_json_option
def list_moderators(site_id: str, *, as_json: bool) -> None:
    """List the moderators of a site."""
    with opened() as database:
        known_site(database, site_id)
        found = members.list_members(database, site_id)
    rows = [
        {
            "id": one.id,
            "email": one.email,
            "name": one.name,
            "role": one.role.value,
            "two_factor": one.totp_on_at is not None,
            "signed_in": timestamp(one.signed_in_at) if one.signed_in_at else None,
        }
        for one in found
    ]
    show(rows, as_json=as_json)


@moderator.command("role")
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
def change_role(email: str, role: str) -> None:
    """Give a moderator another role, from their next click on."""
    with opened() as database:
        one = known(database, email)
        members.change_role(database, one.site_id, one.id, Role(role), clock.now(), CLI)


@moderator.command("password")
@click.argument("email")
@as_json_option
def give_password(email: str, *, as_json: bool) -> None:
    """Make a new password for somebody who lost theirs, and print it once; their sessions end."""
    with opened() as database:
        password = accounts.give_password(database, known(database, email), clock.now(), CLI)
    show({"email": email, "password": password}, as_json=as_json)


@moderator.command("sign-out")
@click.argument("email")
def sign_out(email: str) -> None:
    """End all sessions of a moderator."""
    with opened() as database:
        one = known(database, email)
        members.end_sessions(database, one.site_id, one.id, clock.now(), CLI)


@moderator.command("totp-off")
@click.argument("email")
def totp_off(email: str) -> None:
    """Ask a moderator who lost their app and their recovery codes for the password alone."""
    with opened() as database:
        one = known(database, email)
        if not second_factor.turn_off_for(database, one.site_id, one.id, clock.now(), CLI):
            raise click.ClickException(f"{email} has no second factor; nothing was changed")


@moderator.command("remove")
@click.argument("email")
def remove(email: str) -> None:
    """Remove a moderator, whose sessions end at once; what they decided stays."""
    with opened() as database:
        one = known(database, email)
        members.remove(database, one.site_id, one.id, clock.now(), CLI)


def known(database: Database, email: str) -> Moderator:
    """Return the moderator with that address, or raise a message if there is none."""
    with database.read() as connection:
        found = moderators.find_moderator(connection, email.strip())
    if found is None:
        raise click.ClickException(f"There is no moderator {email}; `moderation moderator list SITE` shows them")
    return found


def _usual_role(database: Database, site_id: str) -> Role:
    """Return the role of whoever is added without one: a site without an owner needs one first."""
    owned = any(one.role is Role.OWNER for one in members.list_members(database, site_id))
    return Role.MODERATOR if owned else Role.OWNER
