"""One database, opened the way the service needs it: durable commits, short waits, no lost updates."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

__all__ = ["Connection", "Database", "OperationalError", "SQLAlchemyError", "insert", "is_away"]
BUSY_TIMEOUT_MS = 10_000
POOL_SIZE = 10  # with the overflow 40 a process: web and courier together fit into the 100 that PostgreSQL allows
POOL_OVERFLOW = 30
POOL_TIMEOUT_SECONDS = 10


class Database:
    """Hands out transactions; `write` takes SQLite's write lock at its start, so it never fails half-way."""

    def __init__(self, url: str) -> None:
        """Open the pool for a SQLAlchemy `url`; nothing connects before the first transaction."""
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        connect_args: dict[str, Any] = {} if self.is_sqlite else {"connect_timeout": 5}
        self.engine: Engine = create_engine(
            parsed,
            json_serializer=_compact_json,
            hide_parameters=True,  # an error must not quote a comment
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            pool_pre_ping=not self.is_sqlite,
            connect_args=connect_args,
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes; it commits when the block ends, or rolls back."""
        with self.engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close every connection of the pool."""
        self.engine.dispose()


def insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT into `table` that knows ON CONFLICT, in that dialect."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def is_away(error: BaseException) -> bool:
    """Tell whether the database itself failed, or was too busy, rather than what it was told to do."""
    return isinstance(error, (OperationalError, InterfaceError, PoolTimeoutError))


def _compact_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's connection
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # a 202 survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
