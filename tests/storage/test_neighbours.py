"""Comments beside one, on SQLite and PostgreSQL."""

from datetime import timedelta

from moderation.model import Author
from moderation.records import Site
from moderation.storage import neighbours
from moderation.storage.database import Database
from tests.build import NOW, comment, make_parts, make_site, post


def test_the_thread_around_a_comment(database: Database, redis_url: str) -> None:
    """The last ones before it and the first ones after it, of its thread and its site alone, the oldest first."""
    parts, site, other = make_parts(database, redis_url), make_site(database), make_site(database, "other")
    made = [
        post(parts, site, comment(f"number {at}", author=Author(f"u-{at}")), NOW + timedelta(seconds=at))
        for at in range(6)
    ]
    post(parts, site, comment("elsewhere", "t2"))
    post(parts, other, comment("elsewhere"))
    with database.read() as connection:
        before, after = neighbours.in_thread(connection, made[3], 2)
        assert neighbours.in_thread(connection, made[0], 2)[0] == []

    assert [one.text for one in before] == ["number 1", "number 2"]
    assert [one.text for one in after] == ["number 4", "number 5"]


def test_others_from_the_same_network(database: Database, redis_url: str) -> None:
    """Each once, by their newest name; not the author, nobody from elsewhere, and nobody of another site."""
    parts, site, other = make_parts(database, redis_url), make_site(database), make_site(database, "other")

    def write(number: int, author: str, name: str | None, address: str | None, where: Site = site) -> str:
        made = comment(f"text {number}", author=Author(author, name, ip=address))
        return str(post(parts, where, made, NOW + timedelta(seconds=number)).author_key)

    kim = write(1, "kim", "Kim", "192.0.2.7")
    write(2, "kim", "Kim", None)
    write(3, "robin", "Robin", "192.0.2.8")
    robin = write(4, "robin", "Robin II", "192.0.2.9")
    alex = write(5, "alex", None, "192.0.2.200")
    write(6, "sam", "Sam", "198.51.100.1")
    write(7, "jo", "Jo", "192.0.2.7", other)
    with database.read() as connection:
        found = neighbours.of_networks(connection, site.id, kim, 10)
        assert neighbours.of_networks(connection, site.id, kim, 1) == found[:1]
        assert neighbours.of_networks(connection, site.id, "0" * 32, 10) == []

    assert [(one.author_key, one.name) for one in found] == [(alex, "alex"), (robin, "Robin II")]
