"""Filters that moderators keep, on both databases."""

from moderation import accounts, ids
from moderation.storage import moderators, saved_filters
from moderation.storage.database import Database
from moderation.storage.saved_filters import AT_MOST, SavedFilter
from tests.build import NOW, make_site


def kept(moderator_id: str | None, name: str, site_id: str = "news") -> SavedFilter:
    """Return a filter to be kept."""
    return SavedFilter(ids.new_id(NOW), site_id, moderator_id, name, f"q={name}", NOW)


def test_each_sees_their_own_and_everybodys(database: Database) -> None:
    """A name is there once for each owner; what is not seen is not removed; there is room for so many."""
    make_site(database)
    make_site(database, "blog")
    for name in ("kim", "lee"):
        accounts.add_moderator(database, "news", f"{name}@news.example", name, NOW, "correct horse battery")
    with database.read() as connection:
        kim, lee = (one.id for one in moderators.list_moderators(connection, "news"))
    with database.write() as connection:
        for one in (
            kept(kim, "b"),
            kept(kim, "a"),
            kept(kim, "a"),
            kept(lee, "c"),
            kept(None, "all"),
            kept(None, "all", "blog"),
        ):
            assert saved_filters.put(connection, one)
    with database.write() as connection:
        seen = saved_filters.of_moderator(connection, "news", kim)
        theirs = saved_filters.of_moderator(connection, "news", lee)
        assert saved_filters.of_moderator(connection, "blog", kim)[0].site_id == "blog"
        assert saved_filters.remove(connection, "news", kim, theirs[0].id) is None
        assert saved_filters.remove(connection, "blog", kim, seen[0].id) is None
        assert saved_filters.remove(connection, "news", kim, seen[0].id) == seen[0]
        assert saved_filters.remove(connection, "news", lee, seen[2].id) == seen[2]
        assert [one.name for one in saved_filters.of_moderator(connection, "news", kim)] == ["b"]
        room = [saved_filters.put(connection, kept(kim, f"more {number}")) for number in range(AT_MOST)]

    assert [(one.name, one.moderator_id) for one in seen] == [("a", kim), ("b", kim), ("all", None)]
    assert [one.name for one in theirs] == ["c", "all"]
    assert room == [True] * (AT_MOST - 1) + [False]
