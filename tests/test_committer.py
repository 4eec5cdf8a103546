"""Group commit: many requests, few transactions; what comes twice is stored once."""

from dataclasses import replace

from moderation import clock
from moderation.committer import Committer
from moderation.errors import ConflictError, TooLongError
from moderation.intake import Outcome, Prepared, Received
from moderation.policy_document import LengthPolicy, Policy, WindowLimit
from moderation.site_cache import SiteCache
from moderation.storage import sites
from moderation.storage.database import Database
from moderation.storage.idempotency import Answer
from tests.build import FREE, NOW, comment, make_parts, make_site, prepared
from tests.committing import before_each_write, committer, other_process, submit_behind_a_gate, texts

REQUESTS = 24


def test_many_requests_share_a_transaction(database: Database, redis_url: str) -> None:
    """What comes in while a commit runs is stored by the next one, whatever its thread of comments or its site."""
    parts = make_parts(database, redis_url)
    news, blog = make_site(database), make_site(database, "blog")
    groups = [("news", [prepared(parts, news, comment(f"News {n}", f"t{n}"))]) for n in range(REQUESTS)]
    groups += [("blog", [prepared(parts, blog, comment(f"Blog {n}"))]) for n in range(3)]

    outcomes, writes = submit_behind_a_gate(parts, groups)

    assert writes == 3  # the first request; the others of its site; those of the other site
    for (site_id, group), (outcome,) in zip(groups, outcomes, strict=True):
        assert isinstance(outcome, Received)
        assert (outcome.comment.text, outcome.comment.site_id) == (group[0].comment.text, site_id)
    assert texts(database) == {f"News {n}" for n in range(REQUESTS)}
    assert texts(database, "blog") == {"Blog 0", "Blog 1", "Blog 2"}


def test_two_processes_store_one_external_id_once(database: Database, redis_url: str) -> None:
    """Who loses the race for an external_id is told of the comment that won, as if it had come later."""
    parts = make_parts(database, redis_url)
    site = make_site(database, policy=Policy(limits=(WindowLimit("author", 3, 60),)))
    other = other_process(parts)
    winners: list[Outcome] = []

    def store_first() -> None:
        if not winners:
            rival = [prepared(parts, site, comment("The text of both", external_id="c-1"))]
            winners.extend(committer(other).submit("news", rival))

    before_each_write(database, store_first)
    group = [
        prepared(parts, site, comment("The text of both", external_id="c-1")),
        prepared(parts, site, comment("A bystander of the same request")),
    ]
    loser, bystander = committer(parts).submit("news", group)
    other.database.close()

    assert isinstance(winners[0], Received)
    assert loser == Received(winners[0].comment, replayed=True)
    assert isinstance(bystander, Received)
    assert texts(database) == {"The text of both", "A bystander of the same request"}
    last = prepared(parts, site, comment("The third that the limit allows"))
    assert isinstance(committer(parts).submit("news", [last])[0], Received)


def test_two_processes_answer_one_idempotency_key_once(database: Database, redis_url: str) -> None:
    """Who loses the race for an idempotency key is told what the winner was told."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    other = other_process(parts)
    winners: list[Outcome] = []

    def make() -> list[Prepared]:
        return [prepared(parts, site, comment("The text of both"), idempotency_key="k", body_hash="h")]

    def store_first() -> None:
        if not winners:
            winners.extend(committer(other).submit("news", make()))

    before_each_write(database, store_first)
    (loser,) = committer(parts).submit("news", make())
    other.database.close()

    assert isinstance(winners[0], Received)
    assert isinstance(loser, Answer)
    assert loser.comment_id == winners[0].comment.id
    assert texts(database) == {"The text of both"}


def test_another_text_that_came_first_is_a_conflict(database: Database, redis_url: str) -> None:
    """Requests of one transaction that give one external_id to two texts are told apart."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    groups = [("news", [prepared(parts, site, comment(f"Text {n % 2}", external_id=f"c-{n // 2}"))]) for n in range(4)]

    outcomes, _ = submit_behind_a_gate(parts, groups)

    assert [type(fate) for (fate,) in outcomes] == [Received, ConflictError, Received, ConflictError]


def test_a_policy_that_changed_in_between_is_honoured(database: Database, redis_url: str) -> None:
    """A comment that was prepared under an older policy is measured again before it is stored."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    cache = SiteCache(database, clock.now)
    cache.current("news")
    stores = Committer(parts, cache)
    long, short = prepared(parts, site, comment("Longer than that")), prepared(parts, site, comment("Short"))
    with database.write() as connection:
        sites.put_policy(connection, "news", replace(FREE, length=LengthPolicy(max=10)), "a test", NOW)

    refused, stored = stores.submit("news", [long, short])

    assert isinstance(refused, TooLongError)
    assert isinstance(stored, Received)
    assert stored.comment.length.limit == 10
    assert texts(database) == {"Short"}
