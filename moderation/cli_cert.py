"""`moderation cert`: a private CA and a server's certificate, for clients whose address cannot be changed."""

import os
from pathlib import Path

import click

from moderation import certificates, clock
from moderation.cli_admin import as_json_option, show

HOSTS = ("commentanalyzer.googleapis.com", "rest.akismet.com", "*.rest.akismet.com", "api.openai.com")
"""Where clients of Perspective, Akismet and OpenAI go unless they are told otherwise."""
THROWN_AWAY = "The CA's key was thrown away: no other certificate can be made that these clients trust."
DAYS = 825
"""The most that Apple's clients allow a private CA."""
TOLD = """\
{ca}      for clients: the CA, good for these names alone
{certificate}  for the server: the certificate, until {until}
{key}  for the server alone: its key
{ca_key}

Next:
1. Serve it, by the service itself or by a proxy in front of it (docs/clients/fixed-address.md):
   export MODERATION_TLS_CERT={certificate} MODERATION_TLS_KEY={key}
   moderation up --host 0.0.0.0 --port 443
2. Where a client runs, let the name that it calls lead to this machine, in /etc/hosts or its container's extra_hosts:
{lines}
3. Let the client trust the CA, in its environment:
   Node.js                    NODE_EXTRA_CA_CERTS={ca}
   Python, httpx and urllib   SSL_CERT_FILE={ca}
   Python, requests           REQUESTS_CA_BUNDLE={ca}
   Python, httplib2           HTTPLIB2_CA_CERTS={ca}
   curl                       CURL_CA_BUNDLE={ca}
   All but Node.js then trust no other CA: if the client calls others, too, append ca.pem to its bundle.
"""


@click.command("cert")
@click.option("--host", "hosts", multiple=True, default=HOSTS, show_default=True, help="A name; may be given often.")
@click.option(
    "--out", default="tls", show_default=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for it."
)
@click.option("--days", default=DAYS, show_default=True, type=click.IntRange(1, 3650), help="How long it is good for.")
@click.option("--keep-ca-key", is_flag=True, help="Keep the CA's key, ca.key, for more certificates of these names.")
@click.option("--force", is_flag=True, help="Replace what is there.")
@as_json_option
def make_certificate(
    hosts: tuple[str, ...], out: Path, days: int, *, keep_ca_key: bool, force: bool, as_json: bool
) -> None:
    """Make a private CA, good for these names alone, and a certificate for them."""
    hosts = tuple(dict.fromkeys(host.lower() for host in hosts))
    for host in hosts:
        if not certificates.HOST.fullmatch(host):
            raise click.UsageError(f"{host!r} is no name of a host such as 'api.openai.com' or '*.rest.akismet.com'")
    ca, ca_key, certificate, key = (out.absolute() / name for name in ("ca.pem", "ca.key", "server.pem", "server.key"))
    there = [path for path in (ca, ca_key, certificate, key) if path.exists()]
    if there and not force:
        raise click.ClickException(
            f"{there[0]} is there already. --out names another folder; --force replaces it, "
            "and every client must then be given the new ca.pem"
        )
    made = certificates.make(hosts, clock.now(), days)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path in there:
            path.unlink()
        _write(ca, made.ca, 0o644)
        _write(certificate, made.certificate, 0o644)
        _write(key, made.key, 0o600)
        if keep_ca_key:
            _write(ca_key, made.ca_key, 0o600)
    except OSError as error:
        raise click.ClickException(f"Cannot write into {out}: {error.strerror}; --out names another folder") from None
    files = {"ca": str(ca), "certificate": str(certificate), "key": str(key), "until": f"{made.until:%Y-%m-%d}"}
    if as_json:
        show(files | {"ca_key": str(ca_key) if keep_ca_key else None}, as_json=True)
        return
    kept = f"{ca_key}      makes more certificates of these names: keep it safe" if keep_ca_key else THROWN_AWAY
    lines = "\n".join(f"   ADDRESS {host.replace('*', 'YOUR-KEY')}" for host in hosts)
    click.echo(TOLD.format(**files, ca_key=kept, lines=lines), nl=False)


def _write(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
