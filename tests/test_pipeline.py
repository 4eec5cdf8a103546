"""The way of a comment: taken in, settled, overruled, edited, erased.

Long because each promise of the pipeline has its own short test, in the order of a comment's way.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from moderation import changes
from moderation.errors import ConflictError, NotFoundError, StaleError, TooLongError, TooManyError
from moderation.intake import Received
from moderation.model import Action, DecidedBy, Decision, EventType, Status
from moderation.pipeline import Parts, overrule, receive, settle
from moderation.policy_document import Policy, WindowLimit, Word, WordsPolicy
from moderation.records import Endpoint, StoredComment
from moderation.storage import comments, deliveries, endpoints, threads, work
from moderation.storage.database import Database
from tests.build import HARMLESS, NOW, TOXIC, comment, make_parts, make_site, post, prepared, settle_all


def read(parts: Parts, comment_id: str, site_id: str = "news") -> StoredComment:
    """Return a stored comment."""
    with parts.database.read() as connection:
        found = comments.get(connection, site_id, comment_id)
    assert found is not None
    return found


def decision(action: Action) -> Decision:
    """Return a decision by the site."""
    return Decision(action, DecidedBy.API, NOW, 1)


def test_a_harmless_comment_is_approved(database: Database, redis_url: str) -> None:
    """A comment whose scores are low is approved, and its thread counts it so."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    stored = post(parts, site, comment())
    assert stored.status is Status.PENDING

    assert settle_all(parts, site, HARMLESS) == [stored.id]

    assert read(parts, stored.id).status is Status.APPROVED
    with database.read() as connection:
        assert threads.get_counts(connection, site.id, ["t1"])["t1"].approved == 1


def test_a_toxic_comment_is_held_with_its_reason(database: Database, redis_url: str) -> None:
    """A score above the threshold holds the comment and says so."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    stored = post(parts, site, comment())

    settle_all(parts, site, TOXIC)

    held = read(parts, stored.id)
    assert held.status is Status.HELD
    assert held.decision is not None
    assert [reason.code for reason in held.decision.reasons] == ["toxicity"]
    assert held.scored.scores["toxicity"] == 0.97


def test_a_banned_word_rejects_at_once(database: Database, redis_url: str) -> None:
    """A finding that rejects needs no scores: the comment is decided when it is stored."""
    parts = make_parts(database, redis_url)
    policy = Policy(limits=(), words=WordsPolicy(banned=(Word("casino"),)))
    site = make_site(database, policy=policy)

    stored = post(parts, site, comment("Visit my casino tonight"))

    assert stored.status is Status.REJECTED
    assert read(parts, stored.id) == stored
    with database.read() as connection:
        assert threads.get_counts(connection, site.id, ["t1"])["t1"].rejected == 1
        assert not work.is_due(connection, NOW)


def test_a_refused_comment_is_not_stored(database: Database, redis_url: str) -> None:
    """A comment that is too long is refused with its length, and nothing of it is kept."""
    parts = make_parts(database, redis_url)
    site = make_site(database)

    outcome = receive(parts, site, [prepared(parts, site, comment("x" * 301))], NOW)[0]

    assert isinstance(outcome, TooLongError)
    assert outcome.fields == {"count": 301, "limit": 300, "unit": "graphemes"}
    with database.read() as connection:
        assert threads.recount(connection, site.id) == {}


def test_the_same_external_id_is_stored_and_counted_once(database: Database, redis_url: str) -> None:
    """A client that repeats a comment gets the first one back, and its limits count it once."""
    parts = make_parts(database, redis_url)
    site = make_site(database, policy=Policy(limits=(WindowLimit("author", 2, 60),)))
    first = post(parts, site, comment(external_id="c-1"))

    repeats = receive(parts, site, [prepared(parts, site, comment(external_id="c-1")) for _ in range(3)], NOW)

    assert all(isinstance(one, Received) and one.replayed and one.comment.id == first.id for one in repeats)
    post(parts, site, comment("Another one of mine, quite different"))
    outcome = receive(parts, site, [prepared(parts, site, comment("And one too many for this minute"))], NOW)[0]
    assert isinstance(outcome, TooManyError)
    assert outcome.retry_after is not None
    assert 1 <= outcome.retry_after <= 60


def test_another_text_under_the_same_external_id_is_a_conflict(database: Database, redis_url: str) -> None:
    """An external_id names one comment only, also within one batch."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    group = [
        prepared(parts, site, comment("One text, the first of the two", external_id="c-1")),
        prepared(parts, site, comment("Another text, the second of the two", external_id="c-1")),
    ]

    first, second = receive(parts, site, group, NOW)

    assert isinstance(first, Received)
    assert isinstance(second, ConflictError)


def test_limits_hold_when_redis_was_emptied(database: Database, redis_url: str) -> None:
    """After FLUSHALL the counts are read from the database again."""
    parts = make_parts(database, redis_url)
    site = make_site(database, policy=Policy(limits=(WindowLimit("author", 2, 60),)))
    post(parts, site, comment("The first of the two allowed ones"))
    post(parts, site, comment("The second of the two allowed ones"))
    parts.queue.redis.flushall()

    outcome = receive(parts, site, [prepared(parts, site, comment("The third, which is too many"))], NOW)[0]

    assert isinstance(outcome, TooManyError)


def test_limits_hold_while_redis_is_away(database: Database) -> None:
    """Without Redis the database itself is counted."""
    parts = make_parts(database, "redis://127.0.0.1:1/0")
    site = make_site(database, policy=Policy(limits=(WindowLimit("thread", 1, 60),)))
    post(parts, site, comment("The only one this thread may have"))

    outcome = receive(parts, site, [prepared(parts, site, comment("One more, which is too many"))], NOW)[0]

    assert isinstance(outcome, TooManyError)


def test_a_window_slides(database: Database, redis_url: str) -> None:
    """A comment leaves the window when its time is over."""
    parts = make_parts(database, redis_url)
    site = make_site(database, policy=Policy(limits=(WindowLimit("site", 1, 60),)))
    post(parts, site, comment("The first comment of the site"))

    later = NOW + timedelta(seconds=61)

    assert post(parts, site, comment("The second comment of the site"), later).status is Status.PENDING


def test_a_decision_on_an_old_page_is_refused(database: Database, redis_url: str) -> None:
    """Who expects another revision or status is told, and nothing changes."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    stored = post(parts, site, comment())

    with pytest.raises(StaleError):
        overrule(parts, site.id, stored.id, decision(Action.APPROVE), expected_status=Status.HELD)
    with pytest.raises(StaleError):
        overrule(parts, site.id, stored.id, decision(Action.APPROVE), expected_revision=2)

    assert read(parts, stored.id).status is Status.PENDING


def test_a_person_wins_over_a_worker(database: Database, redis_url: str) -> None:
    """A comment decided by a person while a worker scored it keeps the person's decision."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    stored = post(parts, site, comment())
    with database.write() as connection:
        work.claim(connection, limit=1, lease=timedelta(seconds=20), now=NOW)
        claimed = comments.load_claimed(connection, [stored.id])

    overrule(parts, site.id, stored.id, decision(Action.REJECT))

    assert settle(parts, [(claimed[0], HARMLESS)], {site.id: site}, NOW) == []
    assert read(parts, stored.id).status is Status.REJECTED


def test_an_edit_is_a_new_revision_that_is_scored_again(database: Database, redis_url: str) -> None:
    """An edited comment waits again; scores of the old text no longer count."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    stored = post(parts, site, comment())
    settle_all(parts, site, HARMLESS)

    edited = changes.edit(parts, site, stored.id, "Another text, no longer friendly", NOW)

    assert (edited.revision, edited.status, edited.decision) == (2, Status.PENDING, None)
    settle_all(parts, site, TOXIC)
    assert read(parts, stored.id).status is Status.HELD


def test_erasing_removes_text_and_author_everywhere(database: Database, redis_url: str) -> None:
    """No table holds the text or the author's name once the comment is erased; the count stays."""
    parts = make_parts(database, redis_url)
    site = make_site(database, policy=Policy(limits=(), words=WordsPolicy(suspect=(Word("zanzibar"),))))
    made = comment("Off to zanzibar with the canary-text", metadata={"note": "canary-metadata"})
    made = replace(made, author=replace(made.author, name="canary-author", email="canary@example.com"))
    stored = post(parts, site, made)
    settle_all(parts, site, HARMLESS)

    changes.erase(parts, site.id, stored.id, NOW)

    with database.read() as connection:
        kept = "".join(
            str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608 - our own table names
            for table in ("comments", "decisions", "events", "deliveries", "idempotency", "threads")
        )
        counts = threads.get_counts(connection, site.id, ["t1"])["t1"]
    assert "canary" not in kept
    assert "zanzibar" not in kept
    assert counts.total == 1


def test_a_comment_of_another_site_is_not_there(database: Database, redis_url: str) -> None:
    """Every way to a comment is bound to the site of the caller."""
    parts = make_parts(database, redis_url)
    stored = post(parts, make_site(database), comment())
    other = make_site(database, "other")

    with database.read() as connection:
        assert comments.get(connection, other.id, stored.id) is None
    with pytest.raises(NotFoundError):
        overrule(parts, other.id, stored.id, decision(Action.APPROVE))
    with pytest.raises(NotFoundError):
        changes.erase(parts, other.id, stored.id, NOW)
    with pytest.raises(NotFoundError):
        changes.edit(parts, other, stored.id, "Not mine", NOW)


def test_each_decision_makes_one_delivery_per_endpoint(database: Database, redis_url: str) -> None:
    """Decision, event and deliveries are written together, for the endpoints that asked for the event."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    with database.write() as connection:
        for name, events in (("all", ()), ("held", (EventType.COMMENT_HELD,))):
            url = f"https://example.com/{name}"
            made = Endpoint(name, site.id, url, "whsec_x", events, False, "", NOW, None, None)
            endpoints.add_endpoint(connection, made)
    post(parts, site, comment())
    settle_all(parts, site, HARMLESS)

    with database.write() as connection:
        due = deliveries.claim_due(connection, limit=10, lease=timedelta(seconds=60), now=NOW)

    assert [(one.endpoint.id, one.event.type) for one in due] == [("all", EventType.COMMENT_APPROVED)]
    assert due[0].event.data["previous_status"] == "pending"
    assert due[0].event.data["sequence"] == 1
    assert "text" not in due[0].event.data
