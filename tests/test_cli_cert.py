"""`moderation cert`, as a shell starts it."""

import json
from pathlib import Path

from moderation.cli_cert import make_certificate
from moderation.settings import Settings
from tests.shell import run


def test_files_are_made_and_the_next_steps_told(settings: Settings, tmp_path: Path) -> None:
    """The CA, the certificate and its key are there, the key for its owner alone; the CA's key is not kept."""
    told = run(make_certificate, settings, "--out", str(tmp_path / "tls")).stdout

    assert {path.name for path in (tmp_path / "tls").iterdir()} == {"ca.pem", "server.pem", "server.key"}
    assert (tmp_path / "tls" / "server.key").stat().st_mode & 0o777 == 0o600
    assert f"NODE_EXTRA_CA_CERTS={tmp_path}/tls/ca.pem" in told
    assert f"MODERATION_TLS_KEY={tmp_path}/tls/server.key" in told
    assert "   ADDRESS YOUR-KEY.rest.akismet.com\n" in told
    assert "PRIVATE KEY" not in told


def test_the_cas_key_is_kept_if_asked_for(settings: Settings, tmp_path: Path) -> None:
    """`--keep-ca-key` writes it for its owner alone, and `--json` tells where everything is."""
    options = ("--out", str(tmp_path), "--keep-ca-key", "--host", "API.OpenAI.com", "--host", "api.openai.com")

    told = json.loads(run(make_certificate, settings, *options, "--json").stdout)

    assert set(told) == {"ca", "certificate", "key", "until", "ca_key"}
    assert told["ca_key"] == str(tmp_path / "ca.key")
    assert (tmp_path / "ca.key").stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE KEY" in (tmp_path / "ca.key").read_bytes()


def test_nothing_is_replaced_unless_asked_for(settings: Settings, tmp_path: Path) -> None:
    """A second run is refused and changes nothing; `--force` replaces all, a CA's key of before too."""
    folder = tmp_path / "tls"
    run(make_certificate, settings, "--out", str(folder), "--keep-ca-key")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    refused = run(make_certificate, settings, "--out", str(folder), code=1)

    assert "is there already" in refused.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    run(make_certificate, settings, "--out", str(folder), "--force")
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert set(after) == {"ca.pem", "server.pem", "server.key"}
    assert all(after[name] != before[name] for name in after)


def test_what_is_no_host_is_refused(settings: Settings, tmp_path: Path) -> None:
    """The message says what a host looks like, and nothing is written."""
    refused = run(make_certificate, settings, "--out", str(tmp_path / "tls"), "--host", "127.0.0.1", code=2)

    assert "'127.0.0.1' is no name of a host such as" in refused.stderr
    assert not (tmp_path / "tls").exists()


def test_a_folder_that_cannot_be_written_is_told(settings: Settings, tmp_path: Path) -> None:
    """The message names the folder and the option."""
    (tmp_path / "file").touch()

    refused = run(make_certificate, settings, "--out", str(tmp_path / "file" / "tls"), code=1)

    assert f"Cannot write into {tmp_path}/file/tls: Not a directory; --out names another folder" in refused.stderr
