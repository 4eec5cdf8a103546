"""`moderation up`: everything on one machine, ready with one command."""

import json
import os
import secrets
import socket
import ssl
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import click
from rich.console import Console

from moderation import accounts, clock, commands, ids
from moderation.audit_entry import CLI, AuditAction, Change, key_made
from moderation.cli_admin import opened
from moderation.hashing import Hasher
from moderation.model import Scope
from moderation.policy_document import Policy
from moderation.secret import load_secret
from moderation.settings import Settings
from moderation.storage import audit, migrate, moderators, sites
from moderation.supervisor import Supervisor

READY_SECONDS = 60.0
DEMO = "demo"
EMAIL = "moderator@example.com"
UNFIT = "they are not a certificate and its key in PEM, or the key has a password"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class FirstSecrets:
    """What a fresh data folder was given; None where it is stored only as a hash and not fresh."""

    api_key: str | None
    akismet_key: str | None
    email: str
    password: str | None


def run(host: str, port: int, settings: Settings, *, as_json: bool) -> None:
    """Start all parts, print where they are once they answer, and stop them when asked to."""
    console = Console(stderr=True)
    check_port(host, port)
    check_tls(settings)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # people's comments lie there
    supervisor = Supervisor()
    supervisor.stop_on_signals()
    try:
        environment = _environment(host, settings)
        if settings.redis_url is None:
            redis_port, password = _free_port(), secrets.token_hex(16)
            environment["MODERATION_REDIS_URL"] = f"redis://:{password}@127.0.0.1:{redis_port}/0"
            supervisor.start(commands.valkey(redis_port, password, settings.data))
        with console.status("Preparing the database"):
            first = set_up(settings)
        for role in commands.ROLES:
            supervisor.start(commands.worker(role, settings, environment))
        supervisor.start(commands.web(host, port, settings, environment))
        scheme = "https" if settings.tls_cert else "http"
        url = f"{scheme}://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 - compared, not bound
        with console.status("Loading the models"):
            ready = _wait_ready(supervisor, url)
        if ready:
            _tell(console, url, first, settings, as_json=as_json)
            supervisor.run()
        elif not supervisor.stopping:
            raise click.ClickException(
                f"The parts did not all answer within {READY_SECONDS:g} s; the lines above say which died, "
                "`moderation doctor` looks at each"
            )
    finally:
        with console.status("Stopping"):
            supervisor.stop()


def check_port(host: str, port: int) -> None:
    """Raise a message if nobody can listen there: whoever does would be taken for this service."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        why = str(error) if error.errno is None or error.errno < 0 else os.strerror(error.errno)
        raise click.ClickException(f"Cannot listen on {host}, port {port} ({why}); --host and --port choose") from None


def check_tls(settings: Settings) -> None:
    """Raise a message if the certificate cannot be served: the web part would end again and again."""
    cert, key = settings.tls_cert, settings.tls_key
    if cert is None and key is None:
        return
    if cert is None or key is None:
        raise click.ClickException("MODERATION_TLS_CERT and MODERATION_TLS_KEY go together: set both, or none")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password="")
    except OSError as error:
        why = UNFIT if isinstance(error, ssl.SSLError) else error.strerror
        raise click.ClickException(
            f"Cannot use MODERATION_TLS_CERT={cert} and MODERATION_TLS_KEY={key}: {why}. "
            "`moderation cert` makes a pair, and this user must be allowed to read both"
        ) from None


def set_up(settings: Settings) -> FirstSecrets:
    """Migrate the database and, if it has no site, make one with keys and a moderator."""
    with opened(settings) as database:
        migrate.upgrade(database)
        with database.read() as connection:
            known = sites.list_sites(connection)
        if known:
            with database.read() as connection:
                people = moderators.list_moderators(connection, known[0][0])
            return FirstSecrets(None, None, people[0].email if people else EMAIL, None)
        now = clock.now()
        prefix, api_key = ids.new_api_key()
        akismet_key = ids.new_akismet_key()
        with database.write() as connection:
            sites.add_site(connection, DEMO, "Demo", Policy(), now)
            sites.add_key(connection, DEMO, api_key, prefix, "native", list(Scope), "first key", now)
            stored = Hasher(load_secret(settings)).akismet_key(akismet_key)
            sites.add_key(connection, DEMO, stored, stored, "akismet", [], "first Akismet key", now)
            made = (key_made(prefix, "native", list(Scope)), key_made(stored, "akismet", []))
            audit.append(connection, DEMO, now, Change(CLI, AuditAction.SITE_MADE, DEMO), *made)
        password = accounts.add_moderator(database, DEMO, EMAIL, "First moderator", now, actor=CLI)
        return FirstSecrets(api_key, akismet_key, EMAIL, password)


def _environment(host: str, settings: Settings) -> dict[str, str]:
    """Return what the parts must know beside the environment they inherit."""
    environment = {"MODERATION_DATA": str(settings.data.resolve()), "PYTHONUNBUFFERED": "1"}
    if host in LOOPBACK:  # on a laptop the site runs there too
        if "webhook_networks" not in settings.model_fields_set:
            environment["MODERATION_WEBHOOK_NETWORKS"] = "127.0.0.0/8,::1/128"
        if "webhook_http" not in settings.model_fields_set:
            environment["MODERATION_WEBHOOK_HTTP"] = "true"
    return environment


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_ready(supervisor: Supervisor, url: str) -> bool:
    until = clock.monotonic() + READY_SECONDS
    while clock.monotonic() < until and not supervisor.wait(0):
        if _readiness(url).get("status") == "ok":
            return True
    return False


def _readiness(url: str) -> Mapping[str, Any]:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2, context=_own()) as response:  # noqa: S310 - our own address
            if response.status == HTTPStatus.OK:
                document: Mapping[str, Any] = json.load(response)
                return document
    except (OSError, ValueError):
        pass  # not there yet
    return {}


def _own() -> ssl.SSLContext:
    """Return how to ask our own web part, whose certificate is for the names that others call it by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _tell(console: Console, url: str, first: FirstSecrets, settings: Settings, *, as_json: bool) -> None:
    if as_json:
        line = {
            "url": url,
            "site": DEMO,
            "api_key": first.api_key,
            "akismet_key": first.akismet_key,
            "dashboard": f"{url}/desk",
            "moderator": {"email": first.email, "password": first.password},
            "data": str(settings.data.resolve()),
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        return
    console.print(f"\n[bold green]Ready[/] at {url}  (Ctrl-C stops it)\n")
    console.print(f"  desk        {url}/desk")
    if first.api_key is None:
        console.print(f"  moderator   {first.email}, with the password of the first start")
        console.print("  API key     as printed at the first start; a new one: moderation key add demo\n")
        return
    console.print(f"  moderator   {first.email}  password {first.password}")
    console.print(f"  API key     {first.api_key}")
    console.print(f"  Akismet key {first.akismet_key}")
    console.print("  These secrets are shown once. Try it:\n", style="dim")
    example = (
        f"curl {url}/v1/comments -H 'Authorization: Bearer {first.api_key}' -H 'Prefer: wait=5' \\\n"
        """    --json '{"text": "What a lovely article!", "thread": {"id": "hello"}}'"""
    )
    console.print(example, soft_wrap=True, highlight=False, markup=False)
