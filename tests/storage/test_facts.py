"""What the rules know of a site's earlier comments, without reading all of them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from moderation.pipeline import receive
from moderation.settings import Settings
from moderation.storage import facts
from moderation.storage.database import Database
from tests.build import NOW, comment, make_parts, make_site, post, prepared

LONG = "A text of more than twenty characters"


def test_a_text_that_many_post_hides_no_other(
    database: Database, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each text the latest comments are found, however many there are of another."""
    monkeypatch.setattr(facts, "SAME_AT_MOST", 3)
    parts, site = make_parts(database, redis_url), make_site(database)
    mine = post(parts, site, comment(f"{LONG}, once"))
    for _ in range(facts.SAME_AT_MOST + 1):
        often = post(parts, site, comment(f"{LONG}, often"))
    unknown = prepared(parts, site, comment(f"{LONG}, never"), NOW).text_key
    keys = [str(mine.text_key), str(often.text_key), str(unknown)]

    with database.read() as connection:
        found = facts.same_text(connection, site.id, keys, NOW - timedelta(days=1))

    assert [len(found[key]) for key in keys] == [1, facts.SAME_AT_MOST, 0]
    assert found[keys[0]] == [(mine.author_key, mine.received_at)]
    with database.read() as connection:
        assert facts.same_text(connection, site.id, keys[2:], NOW - timedelta(days=1)) == {}


def test_no_comment_costs_more_than_the_one_before(settings: Settings, redis_url: str) -> None:
    """What is asked of SQLite for new comments it finds in an index, and reads through no site's comments for it."""
    database = Database(settings.database)
    parts, site = make_parts(database, redis_url), make_site(database)
    made = [prepared(parts, site, comment(f"{LONG}, number {number}"), NOW) for number in range(3)]
    asked: list[tuple[str, Any]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        receive(parts, site, made, NOW)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with database.read() as connection:
        plans = [
            row[3]
            for statement, parameters in asked
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]

    assert any("(site_id=? AND text_key=? AND id>?)" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith("SCAN") or "(site_id=? AND id>?)" in plan] == []
