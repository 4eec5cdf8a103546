"""An author of a site: what is known of them, and what restricting them does, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import event

from moderation import authors, changes
from moderation.audit_entry import SERVICE
from moderation.authors import Known
from moderation.errors import InvalidInputError, NotFoundError
from moderation.intake import Received
from moderation.judging import judge
from moderation.model import Action, Author, DecidedBy, Decision, Restriction, Status
from moderation.pipeline import Parts, overrule, receive
from moderation.policy_document import DialectsPolicy, Late, Mode
from moderation.preview import preview
from moderation.records import Site, StoredComment
from moderation.service import Service
from moderation.settings import Settings
from moderation.storage.database import Database
from tests.build import FREE, HARMLESS, NOW, TOXIC, comment, make_parts, make_site, post, prepared, settle_all

DAY = timedelta(days=1)
FIRST = timedelta(days=-100)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Give a list of what the database is asked in a `with` block."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked
    event.remove(database.engine, "before_cursor_execute", note)


def restrict(
    parts: Parts, key: str, action: Action = Action.HOLD, until: datetime | None = None, at: datetime = NOW
) -> None:
    """Restrict an author of the site `news`."""
    authors.restrict(parts, "news", key, Restriction(action, until, "flooding", "kim", at), SERVICE)


def kim(parts: Parts, site: Site, text: str, now: datetime = NOW) -> StoredComment:
    """Post a comment of the author `kim`."""
    return post(parts, site, comment(text), now)


def decided(parts: Parts, one: StoredComment, action: Action, by: DecidedBy, at: datetime = NOW) -> None:
    """Decide a comment as a person or the site."""
    overrule(parts, one.site_id, one.id, Decision(action, by, at, 1))


def known(parts: Parts, one: StoredComment, now: datetime = NOW, site_id: str = "news") -> Known:
    """Return what is known of the author of a comment."""
    return authors.known(parts, site_id, str(one.author_key), now)


def test_an_author_is_known_by_their_comments(
    database: Database, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts, strikes and trust are made of the newest ones; what the policy or somebody long ago rejected is none."""
    parts, site = make_parts(database, redis_url), make_site(database)
    rejected = kim(parts, site, "Long ago", NOW + FIRST)
    decided(parts, rejected, Action.REJECT, DecidedBy.MODERATOR, NOW + FIRST)
    by_site, by_person, back = (kim(parts, site, f"Number {at}") for at in range(3))
    decided(parts, by_site, Action.REJECT, DecidedBy.API)
    decided(parts, by_person, Action.REJECT, DecidedBy.MODERATOR)
    decided(parts, back, Action.REJECT, DecidedBy.MODERATOR)
    decided(parts, back, Action.APPROVE, DecidedBy.MODERATOR)
    held = kim(parts, site, "You again")
    settle_all(parts, site, TOXIC)
    waiting = kim(parts, site, "The last", NOW + DAY)
    post(parts, site, comment("Of another", author=Author(id="lee")))

    found = known(parts, waiting, NOW + DAY)

    assert found.counts == {Status.PENDING: 1, Status.APPROVED: 1, Status.HELD: 1, Status.REJECTED: 3}
    assert (found.strikes, found.trust, found.more) == (2, 0.046, False)
    assert (found.first_seen, found.last_seen) == (NOW + FIRST, NOW + DAY)
    assert [one.id for one in found.history][:1] == [waiting.id]
    assert ("toxicity",) in {one.reasons for one in found.history if one.id == held.id}

    monkeypatch.setattr(authors, "LOOKED_AT", 2)
    monkeypatch.setattr(authors, "SHOWN", 1)
    bounded = known(parts, waiting, NOW + DAY)
    assert (sum(bounded.counts.values()), bounded.more, len(bounded.history)) == (2, True, 1)
    assert bounded.first_seen == NOW + FIRST


def test_a_restricted_author_is_held_in_every_mode(database: Database, redis_url: str) -> None:
    """Also where comments are shown at once unless something rejects them; others go on as before."""
    parts, site = make_parts(database, redis_url), make_site(database, policy=replace(FREE, mode=Mode.POST))
    first = kim(parts, site, "The first")
    settle_all(parts, site, HARMLESS)
    restrict(parts, str(first.author_key))

    mine, other = kim(parts, site, "Again"), post(parts, site, comment("Fine", author=Author(id="lee")))
    settle_all(parts, site, HARMLESS)

    found = {one.id: (one.status, one.reasons) for one in known(parts, mine).history}
    assert found[mine.id] == (Status.HELD, ("restricted",))
    assert found[first.id][0] is Status.APPROVED
    assert known(parts, other).counts[Status.APPROVED] == 1


def test_what_a_rejected_author_writes_is_stored_and_rejected_at_once(database: Database, redis_url: str) -> None:
    """It is not refused at the door, and no model is asked; editing is no way out, and nothing says why."""
    parts, site = make_parts(database, redis_url), make_site(database)
    first = kim(parts, site, "The first")
    settle_all(parts, site, HARMLESS)
    restrict(parts, str(first.author_key), Action.REJECT, NOW + DAY)

    mine = kim(parts, site, "Again")
    edited = changes.edit(parts, site, first.id, "Another text", NOW)

    for one in (mine, edited):
        assert one.status is Status.REJECTED
        assert one.decision is not None
        assert [reason.code for reason in one.decision.reasons] == ["restricted"]
        assert "flooding" not in str(one.decision)
        assert one.score_after is None


def test_a_preview_of_a_policy_leaves_restrictions_as_they_were(database: Database, redis_url: str) -> None:
    """Under either policy what they hold is held and what they reject is rejected."""
    parts, site = make_parts(database, redis_url), make_site(database)
    first = kim(parts, site, "The first")
    for action in (Action.HOLD, Action.REJECT):
        restrict(parts, str(first.author_key), action)
        kim(parts, site, f"Under {action}")
    settle_all(parts, site, HARMLESS)

    found = preview(parts, site, replace(FREE, mode=Mode.POST, thresholds={}), days=1, samples=5, now=NOW)

    assert found.now == found.then == {Action.APPROVE: 1, Action.HOLD: 1, Action.REJECT: 1}


def test_other_apis_meet_a_restriction_where_comments_are_taken_in(
    database: Database, redis_url: str, settings: Settings
) -> None:
    """Also if no score comes in time and the site lets such comments pass."""
    parts = make_parts(database, redis_url)
    taking = replace(FREE, dialects=DialectsPolicy(take_in=("coral",), late=Late.OPEN))
    service, first = Service(parts, settings), kim(parts, make_site(database, policy=taking), "The first")

    for action in (Action.HOLD, Action.REJECT):
        restrict(parts, str(first.author_key), action)
        told = judge(service, "news", comment(f"Under {action}"), 0.2, dialect="coral").decision
        assert (told.action, told.reasons[0].code) == (action, "restricted")


def test_a_restriction_ends(database: Database, redis_url: str) -> None:
    """At its moment, in whichever zone that was given, or when somebody lifts it."""
    parts, site = make_parts(database, redis_url), make_site(database)
    first = kim(parts, site, "The first")
    key, end = str(first.author_key), NOW + DAY
    restrict(parts, key, Action.REJECT, end.astimezone(timezone(timedelta(hours=5))))

    assert kim(parts, site, "Just before", end - timedelta(seconds=1)).status is Status.REJECTED
    assert known(parts, first, NOW).restriction == Restriction(Action.REJECT, end, "flooding", "kim", NOW)
    assert kim(parts, site, "Just then", end).status is Status.PENDING
    assert known(parts, first, end).restriction is None

    restrict(parts, key, Action.REJECT, at=end)
    assert kim(parts, site, "Restricted anew", end).status is Status.REJECTED
    authors.free(parts, site.id, key, end, SERVICE)
    assert kim(parts, site, "Free again", end).status is Status.PENDING


def test_an_end_is_in_the_future_and_one_that_can_be_kept(database: Database, redis_url: str) -> None:
    """A moment that no database gives back would stop whoever posts."""
    parts, site = make_parts(database, redis_url), make_site(database)
    first = kim(parts, site, "The first")
    earliest = datetime.min.replace(tzinfo=timezone(timedelta(hours=14)))

    for until in (NOW, NOW - DAY, NOW + timedelta(days=40_000), datetime.max.replace(tzinfo=UTC), earliest):
        with pytest.raises(InvalidInputError):
            restrict(parts, str(first.author_key), until=until)
    assert known(parts, first).restriction is None


def test_a_group_costs_one_query_by_the_key(database: Database, redis_url: str) -> None:
    """However many authors post together; comments without an author ask nothing."""
    parts, site = make_parts(database, redis_url), make_site(database)
    group = [prepared(parts, site, comment(f"Number {at}", author=Author(id=f"a{at}"))) for at in range(5)]
    nobody = [prepared(parts, site, comment("By nobody", author=Author()))]

    for sent, expected in ((group, 1), (nobody, 0)):
        with statements(database) as asked:
            outcomes = receive(parts, site, sent, NOW)
        assert all(isinstance(one, Received) for one in outcomes)
        assert len([one for one in asked if "FROM authors" in one]) == expected


def test_erasing_an_author_lifts_the_restriction(
    database: Database, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the last of their comments: nothing is known of them any more."""
    monkeypatch.setattr(changes, "AT_ONCE", 1)
    parts, site = make_parts(database, redis_url), make_site(database)
    first, _ = kim(parts, site, "The first"), kim(parts, site, "The second")
    key = str(first.author_key)
    restrict(parts, key)

    first_time = changes.erase_author(parts, site.id, key, NOW)
    assert (first_time.comments, first_time.more, first_time.restriction) == (1, True, False)
    assert known(parts, first).restriction is not None
    second = changes.erase_author(parts, site.id, key, NOW)
    assert (second.comments, second.more, second.restriction) == (1, False, True)

    with pytest.raises(NotFoundError):
        known(parts, first)
    assert kim(parts, site, "Anew").status is Status.PENDING


def test_sites_restrict_for_themselves(database: Database, redis_url: str) -> None:
    """Another site may have an author of the same id, and nobody restricts whom the site does not know."""
    parts, site, other = make_parts(database, redis_url), make_site(database), make_site(database, "other")
    mine = kim(parts, site, "The first")
    restrict(parts, str(mine.author_key), Action.REJECT)

    with pytest.raises(NotFoundError):
        authors.free(parts, other.id, str(mine.author_key), NOW, SERVICE)
    assert kim(parts, other, "Elsewhere").status is Status.PENDING
    assert known(parts, mine, site_id="other").restriction is None
    with pytest.raises(NotFoundError):
        restrict(parts, "0" * 32)
