"""A whole database into one file, while the service goes on, and out of it again into an empty one."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import cast

from sqlalchemy import inspect

from moderation.storage.database import Database

SECONDS_AT_MOST = 6 * 3600
CLIENT = "Install PostgreSQL's client programs of the server's version or newer (Debian and Ubuntu: postgresql-client)"


class CopyFailedError(Exception):
    """A copy could not be made or read; the message says what to do."""


def save(database: Database, file: Path) -> None:
    """Write the database, as it is at one moment, to `file`, which must not exist.

    SQLite's `VACUUM INTO`, or PostgreSQL's `pg_dump`: both read in one transaction and keep no writer waiting.

    Raises:
        CopyFailedError: the disk is full, or `pg_dump` is missing or refuses.
    """
    if not database.is_sqlite:
        _run(database, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")
        return
    raw = database.engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(file),))
    except sqlite3.Error as error:
        raise CopyFailedError(f"SQLite says: {error}") from error
    finally:
        raw.close()


def load(database: Database, file: Path) -> None:
    """Put what `save` wrote into a database that has no tables.

    Raises:
        CopyFailedError: the database has tables, or what is in the file is no copy.
    """
    if not is_empty(database):
        raise CopyFailedError("The database has tables already; name an empty one, or move this one away first")
    if not database.is_sqlite:
        _run(database, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", file)
        return
    raw = database.engine.raw_connection()
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise CopyFailedError("The copy of the database is damaged")
            copy.backup(cast("sqlite3.Connection", raw.driver_connection))
    except sqlite3.Error as error:
        raise CopyFailedError(f"SQLite says: {error}") from error
    finally:
        raw.close()


def is_empty(database: Database) -> bool:
    """Tell whether a database has no tables; an SQLite file that is not there has none."""
    return not inspect(database.engine).get_table_names()


def _run(database: Database, program: str, *arguments: str | Path) -> None:
    found = shutil.which(program)
    if found is None:
        raise CopyFailedError(f"There is no {program} here. {CLIENT}")
    url = database.engine.url
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    password = {} if url.password is None else {"PGPASSWORD": url.password}  # others can read a command line
    command = [found, f"--dbname={plain}", *map(str, arguments)]
    try:
        done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, found on this machine
            command,
            env={**os.environ, **password},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS_AT_MOST,
        )
    except subprocess.TimeoutExpired as error:
        raise CopyFailedError(f"{program} took longer than {SECONDS_AT_MOST // 3600} hours") from error
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise CopyFailedError(f"{program} says: {last[0] if last else done.returncode}. {CLIENT}")
