"""How comments come: counted in a real Redis, known from both databases."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.model import Author, Scored
from moderation.pipeline import Parts
from moderation.queue import Queue
from moderation.records import Site, StoredComment
from moderation.storage.database import Database
from tests.build import HARMLESS, comment, make_parts, make_site, post, settle_all
from workers.velocity import MOST, Velocity, Watch, corrected, suspicion

HOLD = 0.8
"""From here a new site holds spam."""


@pytest.fixture
def parts(database: Database, redis_url: str) -> Parts:
    """Give the pipeline's parts on an empty Redis."""
    return make_parts(database, redis_url)


@pytest.fixture
def site(parts: Parts) -> Site:
    """Give a site."""
    return make_site(parts.database)


def stored(parts: Parts, site: Site, text: str, thread: str = "t1", **author: str) -> StoredComment:
    """Store a comment by somebody."""
    return post(parts, site, replace(comment(text, thread), author=Author(**(author or {"id": "kim"}))))


def test_the_threads_of_an_author_are_counted(parts: Parts, site: Site) -> None:
    """One who posts everywhere is told from one who discusses in one place; looking again counts nothing twice."""
    watch = Watch(parts.queue.redis, parts.database)
    everywhere = [stored(parts, site, f"Comment {at}", f"t{at}") for at in range(8)]
    discussing = [stored(parts, site, f"Answer {at}", id="lee") for at in range(8)]

    assert [one.threads for one in watch.look(everywhere)] == list(range(1, 9))
    assert watch.look(everywhere)[0].threads == 8
    assert {one.threads for one in watch.look(discussing)} == {1}


def test_authors_behind_one_network_and_with_one_link_are_counted(parts: Parts, site: Site) -> None:
    """Many names from one address prefix, and one link under many names."""
    watch = Watch(parts.queue.redis, parts.database)
    made = [
        stored(parts, site, f"Number {at}: https://Shop.example/deal now", id=f"name {at}", ip=f"203.0.113.{at}")
        for at in range(4)
    ]

    last = watch.look(made)[-1]
    assert (last.neighbours, last.same_link) == (4, 4)
    other = watch.look([stored(parts, site, "See https://shop.example/other", id="zoe", ip="198.51.100.1")])[0]
    assert (other.neighbours, other.same_link) == (1, 1)


def test_sites_are_counted_apart(parts: Parts, site: Site) -> None:
    """What an author does elsewhere is nobody's business here."""
    watch = Watch(parts.queue.redis, parts.database)
    blog = make_site(parts.database, "blog")
    watch.look([stored(parts, site, f"Comment {at}", f"t{at}") for at in range(5)])

    assert watch.look([stored(parts, blog, "Comment", "t9")])[0].threads == 1


def test_an_author_of_whom_something_was_approved_is_not_new(parts: Parts, site: Site) -> None:
    """The database knows, however long ago that was."""
    watch = Watch(parts.queue.redis, parts.database)
    first = stored(parts, site, "My first comment")
    assert watch.look([first])[0].new_author
    settle_all(parts, site, HARMLESS)

    second, nobody = stored(parts, site, "My second comment"), stored(parts, site, "Anonymous", name="A")
    assert [one.new_author for one in watch.look([second, nobody])] == [False, False]


def test_without_redis_nothing_is_known(database: Database) -> None:
    """Comments are scored all the same."""
    parts = make_parts(database, "redis://127.0.0.1:1/0")
    site = make_site(database)

    assert Watch(Queue("redis://127.0.0.1:1/0").redis, database).look([stored(parts, site, "Hello")]) == [Velocity()]


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6), st.booleans())
def test_it_is_never_a_verdict_alone(threads: int, neighbours: int, same_link: int, new_author: bool) -> None:
    """However fast somebody posts, a text that does not look like spam is not held."""
    velocity = Velocity(threads, neighbours, same_link, new_author=new_author)

    assert 0 <= suspicion(velocity)[0] <= MOST
    after = corrected(replace(HARMLESS, scores={"spam": 0.35}), velocity).scores["spam"]
    assert after is not None
    assert 0.35 <= after < HOLD


def test_what_is_usual_is_not_suspicious() -> None:
    """A new author in three threads, with a link that one other posted, is nobody to suspect."""
    assert suspicion(Velocity(3, 5, 2, new_author=True)) == (0.0, [])
    assert corrected(HARMLESS, Velocity(3, 5, 2, new_author=True)) is HARMLESS


def test_what_raised_a_score_is_said_in_words() -> None:
    """After what the text itself showed, the strongest first."""
    scored = Scored({"spam": 0.5}, details={"spam": "two links"})

    after = corrected(scored, Velocity(20, None, 3, new_author=True))
    assert after.details["spam"] == (
        "two links; author in 20 threads within an hour; same link from 3 authors within an hour; "
        "nobody approved the author before"
    )
    assert after.scores["spam"] == pytest.approx(0.849, abs=0.01)


def test_an_unknown_score_stays_unknown() -> None:
    """Haste is no score."""
    assert corrected(Scored({"spam": None}), Velocity(50)).scores["spam"] is None
