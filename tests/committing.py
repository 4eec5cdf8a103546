"""Committers whose transactions a test can hold back, make fail, or let another process come before."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from sqlalchemy import event

from moderation import clock
from moderation.committer import Committer
from moderation.intake import Outcome, Prepared
from moderation.pipeline import Parts
from moderation.site_cache import SiteCache
from moderation.storage.comments import list_page
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from tests.whole.service import wait_until


def before_each_write(database: Database, act: Callable[[], None]) -> None:
    """Call `act` before each transaction that writes, while nothing is locked yet."""

    def look(_connection: Any, options: Mapping[str, Any]) -> None:
        if options.get("writes"):
            act()

    event.listen(database.engine, "set_connection_execution_options", look)


class Gate:
    """Holds back the transactions that write until it is opened, and counts them."""

    def __init__(self, database: Database) -> None:
        """Watch `database`."""
        self.opened = threading.Event()
        self.reached = threading.Event()
        self.writes = 0
        before_each_write(database, self._hold)

    def _hold(self) -> None:
        self.writes += 1
        self.reached.set()
        assert self.opened.wait(30)


def committer(parts: Parts, **options: Any) -> Committer:
    """Return a committer as a process of its own would have it."""
    return Committer(parts, SiteCache(parts.database, clock.now), **options)


def other_process(parts: Parts) -> Parts:
    """Return the parts of another process on the same database."""
    url = parts.database.engine.url.render_as_string(hide_password=False)
    return replace(parts, database=Database(url))


def texts(database: Database, site_id: str = "news") -> set[str]:
    """Return the texts that are stored, each of which must be there once."""
    with database.read() as connection:
        found = list_page(connection, site_id, Filter(), limit=1000, before_id=None)
    assert len({one.text for one in found}) == len(found)
    return {one.text for one in found}


def fail_on(database: Database, canary: str, error: BaseException, times: int = 1000) -> list[int]:
    """Make storing a group that holds `canary` fail up to `times`; return the list that the failures go to."""
    tries: list[int] = []

    def look(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("INSERT INTO comments") and canary in repr(parameters) and len(tries) < times:
            tries.append(len(tries))
            raise error

    event.listen(database.engine, "before_cursor_execute", look)
    return tries


def submit_behind_a_gate(
    parts: Parts, groups: Sequence[tuple[str, Sequence[Prepared]]]
) -> tuple[list[list[Outcome]], int]:
    """Submit from a thread each while the first commit is held back; return outcomes, and transactions that wrote."""
    gate, stores = Gate(parts.database), committer(parts)
    with ThreadPoolExecutor(len(groups)) as requests:
        first, *others = groups
        running: list[Future[list[Outcome]]] = [requests.submit(stores.submit, *first)]
        assert gate.reached.wait(10)
        running += [requests.submit(stores.submit, *one) for one in others]
        wait_until(lambda: stores.waiting == len(others), seconds=10, what="the requests")
        gate.opened.set()
        return [one.result(30) for one in running], gate.writes
