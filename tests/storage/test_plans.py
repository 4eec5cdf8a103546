"""What is asked of the database again and again costs the same however much it holds.

SQLite says how it would find what is asked for; it has no statistics, so its answer is the same for any number of rows.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from moderation.model import Author
from moderation.pipeline import Parts, receive
from moderation.records import Site
from moderation.settings import Settings
from moderation.storage import deliveries, delivery_log, erasing, facts, neighbours, work
from moderation.storage.database import Database
from tests.build import NOW, comment, make_parts, make_site, post, prepared

LONG = "A text of more than twenty characters"
DAY = timedelta(days=1)


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Give the statements that are executed in the block, with their parameters."""
    noted: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        noted.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(Engine, "before_cursor_execute", note)


READ_THROUGH = re.compile(
    r"SCAN (comments|decisions|events|deliveries|attempts|idempotency|labels)"
    r"|SEARCH (comments|decisions|events|deliveries|attempts|idempotency|labels) .*\(site_id=\?( AND id[<>]\?)?\)"
)
"""How a plan says that it reads a table, or what a site has in it."""
WAITING = "SCAN comments USING INDEX ix_comments_work"
"""What waits is read until one is found that nobody holds: as many are held as workers score at once."""


def take_in(parts: Parts, site: Site) -> None:
    """Take in several comments at once."""
    receive(parts, site, [prepared(parts, site, comment(f"{LONG}, {number}"), NOW) for number in range(3)], NOW)


def erase(parts: Parts, site: Site) -> None:
    """Erase a comment with all that is known of it."""
    made = post(parts, site, comment())
    with parts.database.write() as connection:
        erasing.wipe(connection, made, NOW)


def claim(parts: Parts, _site: Site) -> None:
    """Take comments to score: first those that were claimed before, which are few."""
    with parts.database.write() as connection:
        work.claim(connection, limit=32, lease=DAY, now=NOW)


def look_up(parts: Parts, site: Site) -> None:
    """Look for work, for deliveries that are due or of a comment, and for what an address posted under two hashes."""
    with parts.database.read() as connection:
        work.is_due(connection, NOW)
        deliveries.is_due(connection, NOW)
        of_comment = delivery_log.Wanted(comment_id="c")
        delivery_log.list_page(connection, site.id, of_comment, limit=10, before_id=None)
        facts.nth_newest(connection, site.id, "address", ["a", "b"], NOW - DAY, 3)


def look_around(parts: Parts, site: Site) -> None:
    """Look for what stands beside a comment: in its thread, and by others from the networks of its author."""
    stored = post(parts, site, comment(author=Author("kim", ip="192.0.2.7")))
    with parts.database.read() as connection:
        neighbours.in_thread(connection, stored, 3)
        neighbours.of_networks(connection, site.id, str(stored.author_key), 10)


@pytest.mark.parametrize("ask", [take_in, erase, claim, look_up, look_around])
def test_nothing_that_grows_is_read_through(
    settings: Settings, redis_url: str, ask: Callable[[Parts, Site], None]
) -> None:
    """Every statement finds its rows in an index, by more than their site."""
    database = Database(settings.database)
    parts, site = make_parts(database, redis_url), make_site(database)
    with asked() as noted:
        ask(parts, site)
    with database.read() as connection:
        plans = {
            (row[3], statement)
            for statement, parameters in noted
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        }

    assert plans
    through = [(plan, one) for plan, one in plans if READ_THROUGH.search(plan) and (plan != WAITING or ask is claim)]
    assert through == []
