"""Numbers beside the tabs of the desk."""

from moderation.model import Status
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from moderation.storage.tallies import tally
from tests.build import comment, make_parts, make_site, post


def test_each_status_is_counted_up_to_a_bound(database: Database, redis_url: str) -> None:
    """A tally counts the comments of one site by status, and no further than asked."""
    parts = make_parts(database, redis_url)
    site, other = make_site(database), make_site(database, "other")
    for number in range(3):
        post(parts, site, comment(f"The comment number {number}"))
    post(parts, other, comment())

    with database.read() as connection:
        assert tally(connection, site.id, 10, Filter()) == {**dict.fromkeys(Status, 0), Status.PENDING: 3}
        assert tally(connection, site.id, 2, Filter())[Status.PENDING] == 2
        assert tally(connection, other.id, 10, Filter())[Status.PENDING] == 1
