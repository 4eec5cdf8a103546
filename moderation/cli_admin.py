"""`moderation site|endpoint`: who may do what, from a shell on the server."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from moderation import clock, ids, signing
from moderation.addresses import check_url
from moderation.audit_entry import CLI, AuditAction, Change, key_made
from moderation.errors import ModerationError
from moderation.model import EventType, Scope
from moderation.policy_document import Policy
from moderation.records import Endpoint
from moderation.settings import Settings, get_settings
from moderation.storage import audit, endpoints, migrate, sites
from moderation.storage.database import Database, SQLAlchemyError

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
SITE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
UNUSABLE = (
    "MODERATION_DATABASE_URL is not one that can be used. For PostgreSQL it is "
    "postgresql+psycopg://user:password@host/name, and needs: pip install 'moderation[postgres]'"
)


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Database]:
    """Open the database of the settings, and turn refusals and what is wrong with it into messages."""
    url = (settings or get_settings()).database
    try:
        database = Database(url)
    except (SQLAlchemyError, ImportError):
        raise click.ClickException(UNUSABLE) from None
    try:
        yield database
    except ModerationError as error:
        raise click.ClickException(error.detail) from None
    except SQLAlchemyError as error:
        advice = _advice(database)
        if advice is None:
            raise
        raise click.ClickException(advice) from error
    finally:
        database.close()


def _advice(database: Database) -> str | None:
    """Return what to do about a database that failed, or None if it is well."""
    shown = database.engine.url.render_as_string(hide_password=True)
    try:
        if migrate.is_current(database):
            return None
    except SQLAlchemyError:
        return f"The database {shown} does not answer. Look at MODERATION_DATABASE_URL, or MODERATION_DATA for SQLite."
    return f"The database {shown} lacks the newest tables. Run: moderation migrate"


def show(document: dict[str, Any] | list[dict[str, Any]], *, as_json: bool) -> None:
    """Print a result: JSON for machines, `name: value` for people."""
    if as_json:
        click.echo(json.dumps(document))
        return
    for entry in document if isinstance(document, list) else [document]:
        click.echo("  ".join(f"{name}: {value}" for name, value in entry.items()))


def known_site(database: Database, site_id: str) -> None:
    """Raise a message if there is no such site."""
    with database.read() as connection:
        if sites.policy_version(connection, site_id) is None:
            raise click.ClickException(f"There is no site {site_id!r}; `moderation site list` shows them")


@click.group("site")
def site() -> None:
    """Sites: each has its own keys, policy, comments and moderators."""


@site.command("add")
@click.argument("site_id")
@click.option("--name", help="Name for people; the id if left out.")
@as_json_option
def add_site(site_id: str, name: str | None, *, as_json: bool) -> None:
    """Make a site with a first API key, which is printed once."""
    if not SITE_ID.fullmatch(site_id):
        raise click.UsageError("A site's id has 1 to 64 letters, digits, '.', '_' or '-', and no sign first")
    with opened() as database, database.write() as connection:
        if sites.policy_version(connection, site_id) is not None:
            raise click.ClickException(f"There is a site {site_id!r} already")
        now = clock.now()
        sites.add_site(connection, site_id, name or site_id, Policy(), now)
        prefix, key = ids.new_api_key()
        sites.add_key(connection, site_id, key, prefix, "native", list(Scope), "first key", now)
        made = Change(CLI, AuditAction.SITE_MADE, site_id)
        audit.append(connection, site_id, now, made, key_made(prefix, "native", list(Scope)))
    show({"site": site_id, "api_key": key}, as_json=as_json)


@site.command("list")
@as_json_option
def list_sites(*, as_json: bool) -> None:
    """List the sites."""
    with opened() as database, database.read() as connection:
        show([{"site": one, "name": name} for one, name in sites.list_sites(connection)], as_json=as_json)


@click.group("endpoint")
def endpoint() -> None:
    """Endpoints: where a site hears of events."""


@endpoint.command("add")
@click.argument("site_id")
@click.argument("url")
@click.option("--event", "events", multiple=True, type=click.Choice([event.value for event in EventType]))
@click.option("--include-text", is_flag=True, help="Send text and author too.")
@as_json_option
def add_endpoint(site_id: str, url: str, events: tuple[str, ...], *, include_text: bool, as_json: bool) -> None:
    """Make an endpoint and print its secret once; no --event means all events."""
    settings = get_settings()
    with opened() as database:
        known_site(database, site_id)
        check_url(url, allow_http=settings.webhook_http, networks=settings.networks)
        now = clock.now()
        wanted = tuple(EventType(event) for event in events)
        new = Endpoint(
            ids.new_id(now), site_id, url, signing.new_secret("hmac"), wanted, include_text, "", now, None, None
        )
        with database.write() as connection:
            endpoints.add_endpoint(connection, new)
            audit.append(connection, site_id, now, Change(CLI, AuditAction.ENDPOINT_MADE, new.id))
    show({"id": new.id, "url": url, "secret": new.secret}, as_json=as_json)


@endpoint.command("list")
@click.argument("site_id")
@as_json_option
def list_endpoints(site_id: str, *, as_json: bool) -> None:
    """List the endpoints of a site."""
    with opened() as database:
        known_site(database, site_id)
        with database.read() as connection:
            found = endpoints.list_endpoints(connection, site_id)
    rows = [{"id": one.id, "url": one.url, "disabled": one.disabled_why or "no"} for one in found]
    show(rows, as_json=as_json)


COMMANDS = (site, endpoint)
