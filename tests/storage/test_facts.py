"""What the rules know of a site's earlier comments, without reading all of them."""

from datetime import timedelta

import pytest

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
