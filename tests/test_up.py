"""What `moderation up` does before its parts start; that they then work is seen in tests/whole/."""

import socket
from pathlib import Path

import click
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from moderation import accounts, certificates, clock
from moderation.hashing import Hasher
from moderation.model import Scope
from moderation.secret import load_secret
from moderation.settings import Settings
from moderation.site_cache import SiteCache
from moderation.storage import migrate, sites
from moderation.storage.database import Database
from moderation.up import check_port, check_tls, set_up

LOCKED = ec.generate_private_key(ec.SECP256R1()).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"hush")
)


def test_a_fresh_folder_gets_a_site_with_keys_and_a_moderator(settings: Settings) -> None:
    """What is told at the first start is what lets one in."""
    first = set_up(settings)

    database = Database(settings.database)
    assert migrate.is_current(database)
    assert first.api_key is not None
    assert SiteCache(database, clock.now).native_key(first.api_key).scopes == frozenset(Scope)
    assert first.akismet_key is not None
    stored = Hasher(load_secret(settings)).akismet_key(first.akismet_key)
    assert SiteCache(database, clock.now).akismet_key(stored).site_id == "demo"
    assert first.password is not None
    assert accounts.sign_in(database, first.email, first.password, clock.now()) is not None
    database.close()


def test_a_second_start_changes_nothing(settings: Settings) -> None:
    """What was told once is not told again, and no second site or key is made."""
    first = set_up(settings)

    again = set_up(settings)

    assert (again.api_key, again.akismet_key, again.password) == (None, None, None)
    assert again.email == first.email
    database = Database(settings.database)
    with database.read() as connection:
        assert len(sites.list_sites(connection)) == 1
        assert len(sites.list_keys(connection, "demo")) == 2
    database.close()


def test_a_taken_port_is_told_before_anything_starts() -> None:
    """Another service on the port would be taken for this one, and the first secrets would be lost."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(click.ClickException) as refused:
        check_port("127.0.0.1", taken.getsockname()[1])

    assert refused.value.message.endswith("(Address already in use); --host and --port choose")


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.9"])
def test_a_host_that_is_not_here_is_told(host: str) -> None:
    """A name that nobody knows and an address of another machine cannot be listened on."""
    with pytest.raises(click.ClickException, match=f"Cannot listen on {host}"):
        check_port(host, 8080)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])  # noqa: S104 - for a moment
def test_a_free_port_is_fine(host: str) -> None:
    """Looking leaves the port free for the web part."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    check_port(host, port)
    check_port(host, port)


def test_a_certificate_that_can_be_served_is_fine(settings: Settings, tmp_path: Path) -> None:
    """None is fine, and so are both files."""
    check_tls(settings)
    check_tls(settings.model_copy(update=_pair(tmp_path)))


@pytest.mark.parametrize("name", ["tls_cert", "tls_key"])
def test_a_certificate_without_its_key_is_told(settings: Settings, tmp_path: Path, name: str) -> None:
    """Either alone would be served without https."""
    with pytest.raises(click.ClickException, match="set both, or none"):
        check_tls(settings.model_copy(update={name: _pair(tmp_path)[name]}))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("tls_key", None, "No such file or directory"),
        ("tls_cert", b"nonsense", "not a certificate and its key in PEM"),
        ("tls_key", certificates.make(["a.example"], clock.now(), 1).key, "not a certificate and its key in PEM"),
        ("tls_key", LOCKED, "the key has a password"),
    ],
    ids=["missing", "nonsense", "another's key", "a key with a password"],
)
def test_a_certificate_that_cannot_be_served_is_told(
    settings: Settings, tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    """The message says what is wrong, names both settings, and has nothing of the files."""
    pair = _pair(tmp_path)
    pair[name].unlink()
    if content is not None:
        pair[name].write_bytes(content)

    with pytest.raises(click.ClickException, match=why) as refused:
        check_tls(settings.model_copy(update=pair))

    assert f"MODERATION_TLS_CERT={pair['tls_cert']} and MODERATION_TLS_KEY={pair['tls_key']}" in refused.value.message
    assert "PRIVATE" not in refused.value.message


def _pair(folder: Path) -> dict[str, Path]:
    """Write a certificate and its key, and return the settings that name them."""
    made = certificates.make(["a.example"], clock.now(), 1)
    (folder / "server.pem").write_bytes(made.certificate)
    (folder / "server.key").write_bytes(made.key)
    return {"tls_cert": folder / "server.pem", "tls_key": folder / "server.key"}
