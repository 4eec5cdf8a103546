"""Which comments a range of a score means, on both databases."""

from moderation.model import Scored
from moderation.storage import comments
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from tests.build import NOW, TOXIC, comment, make_parts, make_site, post, settle_all


def test_a_range_of_a_score_has_its_bounds(database: Database, redis_url: str) -> None:
    """Both bounds are inside, one alone is enough, and an unknown score is in no range."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    scores: tuple[float | None, ...] = (0.25, 0.5, 0.75, None)
    for number, score in enumerate(scores):
        post(parts, site, comment(f"Number {number}"), NOW)
        settle_all(parts, site, Scored({**TOXIC.scores, "insult": score}), NOW)

    def found(low: float | None = None, high: float | None = None) -> list[int]:
        wanted = Filter(score="insult", low=low, high=high)
        with database.read() as connection:
            page = comments.list_page(connection, "news", wanted, limit=9, before_id=None, oldest=True)
        return sorted(int(one.text[-1]) for one in page)

    assert found() == [0, 1, 2, 3]
    assert found(low=0.5) == [1, 2]
    assert found(high=0.5) == [0, 1]
    assert found(low=0.5, high=0.5) == [1]
    assert found(low=0.8, high=0.9) == []
