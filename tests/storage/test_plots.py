"""Comments of a list by one score, on both databases."""

from dataclasses import replace

from moderation.model import Scored, Status, Thread
from moderation.storage import plots
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from tests.build import NOW, TOXIC, comment, make_parts, make_site, post, settle_all


def test_points_are_those_of_a_filter(database: Database, redis_url: str) -> None:
    """Of the site, the newest of them, with an unknown score as it is."""
    parts = make_parts(database, redis_url)
    site, other = make_site(database), make_site(database, "blog")
    for number, score in enumerate((0.25, None, 0.75)):
        thread = Thread(f"t{number}", section="sport" if number else None)
        post(parts, site, replace(comment(f"Number {number}"), thread=thread), NOW)
        settle_all(parts, site, Scored({**TOXIC.scores, "insult": score}), NOW)
    post(parts, other, comment("Elsewhere"), NOW)

    with database.read() as connection:
        everything = plots.points(connection, "news", Filter(status=Status.HELD), "insult", 10)
        some = plots.points(connection, "news", Filter(section="sport"), "insult", 10)
        assert len(plots.points(connection, "news", Filter(), "insult", 2)) == 2
        assert plots.points(connection, "blog", Filter(status=Status.HELD), "insult", 10) == []

    assert {one.score for one in everything} == {0.25, None, 0.75}
    assert {one.at for one in everything} == {NOW}
    assert {one.score for one in some} == {None, 0.75}
