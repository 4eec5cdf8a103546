"""What several tests of workers need."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from moderation.storage.database import Database
from tests.build import make_parts, make_site
from tests.workers.fakes import make_process
from tests.workers.office import Office


@pytest.fixture
def office(database: Database, redis_url: str, tmp_path: Path) -> Iterator[Office]:
    """Give a site whose decisions are delivered to whom the test lets listen."""
    here = make_process(make_parts(database, redis_url), tmp_path, webhook_timeout_seconds=5)
    make_site(database)
    with ExitStack() as stack:
        made = Office(here, stack)
        yield made
    assert made.courier.stop(10)
