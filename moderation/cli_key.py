"""`moderation key`: what a site's programs may do, and until when, from a shell on the server."""

import re
from datetime import timedelta
from typing import Any

import click

from moderation import clock, keys
from moderation.audit_entry import CLI
from moderation.cli_admin import as_json_option, known_site, opened, show
from moderation.comment_object import timestamp
from moderation.hashing import Hasher
from moderation.model import Scope
from moderation.records import Key
from moderation.secret import load_secret
from moderation.settings import get_settings

SCOPES = [scope.value for scope in Scope]
SPAN = re.compile(r"([0-9]{1,4})([dhm])")
UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class Span(click.ParamType[timedelta]):
    """A length of time such as `90d`, `12h` or `30m`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:  # noqa: ANN401 - click's own
        """Return the length that was written."""
        if isinstance(value, timedelta):
            return value
        found = SPAN.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is no length of time; write 90d, 12h or 30m", param, ctx)
        span = timedelta(**{UNITS[found[2]]: int(found[1])})
        if span > keys.LONGEST:
            self.fail(f"{value!r} is longer than {keys.LONGEST.days}d", param, ctx)
        return span


@click.group("key")
def key() -> None:
    """API keys of a site; only their hashes are stored."""


@key.command("add")
@click.argument("site_id")
@click.option("--name", default="key", show_default=True, help="What the key is for.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="May be given often; all if none.")
@click.option("--akismet", is_flag=True, help="A key of 12 hex digits, for Akismet's clients alone.")
@click.option("--expires", type=Span(), help="How long it is good, such as 90d or 12h; for ever if unset.")
@as_json_option
def add_key(
    site_id: str, name: str, scopes: tuple[str, ...], *, akismet: bool, expires: timedelta | None, as_json: bool
) -> None:
    """Make a key and print it once."""
    if akismet and scopes:
        raise click.UsageError("An Akismet key has no scopes: it is good for the Akismet API alone")
    now = clock.now()
    kind = keys.AKISMET if akismet else keys.NATIVE
    allowed = [Scope(scope) for scope in scopes] or list(Scope)
    wanted = keys.Wanted(name, kind, allowed, now + expires if expires else None)
    with opened() as database:
        known_site(database, site_id)
        new = keys.make(database, Hasher(load_secret(get_settings())), site_id, wanted, now, CLI)
    until = {"expires": timestamp(wanted.expires_at)} if wanted.expires_at else {}
    show({"site": site_id, f"{'akismet' if akismet else 'api'}_key": new, **until}, as_json=as_json)


@key.command("list")
@click.argument("site_id")
@as_json_option
def list_keys(site_id: str, *, as_json: bool) -> None:
    """List the keys of a site by their public prefix: what they may do, until when, and when they were last used."""
    with opened() as database:
        known_site(database, site_id)
        found = keys.list_keys(database, site_id)
    show([_row(one) for one in found], as_json=as_json)


@key.command("rotate")
@click.argument("site_id")
@click.argument("prefix")
@click.option("--overlap", type=Span(), default="7d", show_default=True, help="How long the old key is good, too.")
@as_json_option
def rotate_key(site_id: str, prefix: str, *, overlap: timedelta, as_json: bool) -> None:
    """Make a key like another and print it once; the other is good for a while yet."""
    now = clock.now()
    with opened() as database:
        known_site(database, site_id)
        new = keys.rotate(database, Hasher(load_secret(get_settings())), site_id, prefix, overlap, now, CLI)
        old = next(one for one in keys.list_keys(database, site_id) if one.prefix == prefix)
    named = f"{'akismet' if old.kind == keys.AKISMET else 'api'}_key"
    until = timestamp(old.expires_at) if old.expires_at else None
    show({"site": site_id, named: new, "old": prefix, "old_expires": until}, as_json=as_json)


@key.command("revoke")
@click.argument("site_id")
@click.argument("prefix")
def revoke_key(site_id: str, prefix: str) -> None:
    """End a key's life, within two seconds."""
    with opened() as database:
        keys.revoke(database, site_id, prefix, clock.now(), CLI)


def _row(one: Key) -> dict[str, Any]:
    moments = {"made": one.created_at, "expires": one.expires_at, "used": one.used_at}
    return {
        "prefix": one.prefix,
        "name": one.name,
        "kind": one.kind,
        "scopes": ",".join(sorted(one.scopes)),
        "replaced_by": one.replaced_by,
        **{name: timestamp(moment) if moment else None for name, moment in moments.items()},
    }
