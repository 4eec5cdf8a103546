"""Group commit when storing fails: no comment spoils another's, nobody waits for ever, and the thread lives on."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from moderation import clock
from moderation.errors import UnauthorizedError, UnavailableError
from moderation.intake import Received
from moderation.policy_document import Policy, WindowLimit
from moderation.storage.database import Database
from tests.build import comment, make_parts, make_site, prepared
from tests.committing import Gate, committer, fail_on, submit_behind_a_gate, texts
from tests.whole.service import wait_until

REQUESTS = 24


def test_a_comment_that_cannot_be_stored_spoils_no_other(database: Database, redis_url: str) -> None:
    """The others of its transaction, also those of its own request, are stored, and its counts are given back."""
    parts = make_parts(database, redis_url)
    site = make_site(database, policy=Policy(limits=(WindowLimit("site", REQUESTS, 60),)))
    made = [[prepared(parts, site, comment(f"Comment {n}-{i}")) for i in range(3)] for n in range(5)]
    made[3][1] = prepared(parts, site, comment("The canary that nothing takes"))
    fail_on(database, "canary", ValueError("no"))

    outcomes, _ = submit_behind_a_gate(parts, [("news", group) for group in made])

    for group, fates in zip(made, outcomes, strict=True):
        for one, fate in zip(group, fates, strict=True):
            assert isinstance(fate, UnavailableError if "canary" in one.comment.text else Received), fate
    assert len(texts(database)) == 14
    more = [prepared(parts, site, comment(f"One more {n}")) for n in range(REQUESTS - 14)]
    assert all(isinstance(fate, Received) for fate in committer(parts).submit("news", more))


def test_a_database_that_is_away_is_not_asked_for_each_comment(database: Database, redis_url: str) -> None:
    """When the database fails, and not one comment, the requests are told after the second try."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    group = [prepared(parts, site, comment(f"Comment {n}")) for n in range(50)]
    tries = fail_on(database, "Comment", OperationalError("away", {}, Exception()))

    fates = committer(parts).submit("news", group)

    assert [type(fate) for fate in fates] == [UnavailableError] * 50
    assert len(tries) == 2


def test_a_deadlock_costs_another_try_only(database: Database, redis_url: str) -> None:
    """A transaction that the database gave up once is stored by its second try."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    fail_on(database, "Comment", OperationalError("deadlock", {}, Exception()), times=1)

    fates = committer(parts).submit("news", [prepared(parts, site, comment(f"Comment {n}")) for n in range(5)])

    assert all(isinstance(fate, Received) for fate in fates)
    assert len(texts(database)) == 5


def test_who_waits_too_long_is_told(database: Database, redis_url: str) -> None:
    """A request gives up after its time; what had not been begun with then is never stored."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    gate, stores = Gate(database), committer(parts)
    begun, not_begun = ([prepared(parts, site, comment(text))] for text in ("Begun", "Not begun"))

    for group in (begun, not_begun):
        with pytest.raises(UnavailableError, match="too slow"):
            stores.submit("news", group, 0.2)
        assert gate.reached.wait(10)
    gate.opened.set()

    wait_until(lambda: texts(database), seconds=10, what="the comment that had been begun with")
    wait_until(lambda: stores.waiting == 0, seconds=10, what="the committer")
    committer(parts).submit("news", [prepared(parts, site, comment("Later"))])
    assert texts(database) == {"Begun", "Later"}


def test_too_many_requests_are_refused_at_once(database: Database, redis_url: str) -> None:
    """When as many wait as may, the next one is told so without waiting itself."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    gate, stores = Gate(database), committer(parts, most=1)
    groups = [[prepared(parts, site, comment(f"Comment {n}"))] for n in range(3)]
    with ThreadPoolExecutor(2) as requests:
        first = requests.submit(stores.submit, "news", groups[0])
        assert gate.reached.wait(10)
        second = requests.submit(stores.submit, "news", groups[1])
        wait_until(lambda: stores.waiting == 1, seconds=10, what="the second request")
        started = clock.monotonic()

        with pytest.raises(UnavailableError):
            stores.submit("news", groups[2])

        assert clock.monotonic() - started < 5
        gate.opened.set()
        assert all(isinstance(one.result(10)[0], Received) for one in (first, second))


def test_nothing_ends_the_thread_that_commits(database: Database, redis_url: str) -> None:
    """Whatever is raised while storing is told to that request, and the next one is served."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    stores = committer(parts)
    fail_on(database, "canary", SystemExit(), times=1)

    (failed,) = stores.submit("news", [prepared(parts, site, comment("The canary"))])
    (stored,) = stores.submit("news", [prepared(parts, site, comment("The next"))])

    assert isinstance(failed, UnavailableError)
    assert isinstance(stored, Received)
    assert texts(database) == {"The next"}


def test_a_site_that_is_gone_takes_nothing(database: Database, redis_url: str) -> None:
    """A request for a site that is no longer there is refused, not tried again."""
    parts = make_parts(database, redis_url)
    site = make_site(database)

    fates = committer(parts).submit("gone", [prepared(parts, site, comment())])

    assert [type(fate) for fate in fates] == [UnauthorizedError]


def test_an_error_of_the_database_quotes_no_comment(database: Database) -> None:
    """What SQLAlchemy says of a failed statement, and so what could be logged, leaves its values out."""
    with pytest.raises(SQLAlchemyError) as caught, database.write() as connection:
        connection.execute(text("INSERT INTO comments (id, text) VALUES (:id, :text)"), {"id": "1", "text": "canary"})

    assert "canary" not in str(caught.value).split("DETAIL")[0]
