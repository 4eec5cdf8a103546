"""Appeals against decisions: opened, decided, closed by themselves, erased; on both databases.

Long because the ways in which an appeal ends stand side by side.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from moderation import appeals, batches, changes, ids
from moderation.appeals import Asked
from moderation.audit_entry import SERVICE
from moderation.errors import (
    AppealClosedError,
    AppealDecidedError,
    AppealOpenError,
    NotAppealableError,
    NotFoundError,
    NotTheAuthorError,
    StaleError,
    TooManyError,
)
from moderation.model import Action, AppealOutcome, AppealStatus, Author, DecidedBy, Decision, EventType, Reason, Status
from moderation.pipeline import Parts, overrule
from moderation.records import Site, StoredComment
from moderation.storage import comments, tables
from moderation.storage.appeals import Wanted
from moderation.storage.database import Database
from tests.build import HARMLESS, NOW, TOXIC, comment, make_parts, make_site, post, settle_all
from tests.logbook import added

KIM = "kim@news.example"
UPHELD, OVERTURNED = AppealOutcome.UPHELD, AppealOutcome.OVERTURNED
EVERY = Wanted()
LATER = NOW + timedelta(hours=1)


def approval(by: DecidedBy = DecidedBy.MODERATOR, note: str | None = None, at: datetime = LATER) -> Decision:
    """Return what a moderator decides of an appeal."""
    return Decision(Action.APPROVE, by, at, 1, (Reason("appeal", ""),), KIM, note, "m-1")


@dataclass(frozen=True)
class Bench:
    """A site whose comments are held."""

    parts: Parts
    site: Site

    def held(self, text: str = "A comment that is held", **fields: Any) -> StoredComment:
        """Return a comment that the policy held."""
        made = post(self.parts, self.site, comment(text, **fields))
        settle_all(self.parts, self.site, TOXIC)
        return self.now(made.id)

    def now(self, comment_id: str) -> StoredComment:
        """Return a comment as it stands."""
        with self.parts.database.read() as connection:
            found = comments.get(connection, "news", comment_id)
        assert found is not None
        return found

    def open(self, comment_id: str, text: str = "I meant it well", now: datetime = NOW, **more: Any) -> str:
        """Open an appeal and return its id."""
        asked = Asked(comment_id, None, text, **more)
        return str(appeals.open_appeal(self.parts, "news", asked, 3, now, SERVICE).document["id"])

    def decide(self, appeal_id: str, outcome: AppealOutcome, **more: Any) -> dict[str, Any]:
        """Decide an appeal as a moderator."""
        return appeals.document(appeals.decide(self.parts, "news", appeal_id, outcome, approval(**more)))

    def shown(self, appeal_id: str) -> dict[str, Any]:
        """Return an appeal as the API shows it."""
        return appeals.document(appeals.get(self.parts, "news", appeal_id))

    def told(self, comment_id: str) -> list[tuple[str, int, Any]]:
        """Return what was told of a comment: types, sequences, and the appeal's outcome."""
        with self.parts.database.read() as connection:
            events = tables.events
            rows = connection.execute(
                select(events).where(events.c.comment_id == comment_id).order_by(events.c.sequence)
            ).all()
        return [(row.type, row.sequence, row.data.get("appeal", {}).get("outcome")) for row in rows]


@pytest.fixture
def bench(database: Database, redis_url: str) -> Bench:
    """Give a site, in turn on SQLite and on PostgreSQL."""
    return Bench(make_parts(database, redis_url), make_site(database))


def test_an_appeal_is_opened(bench: Bench, database: Database) -> None:
    """With the decision that it is against; the site hears of it, and the log tells who handed it in."""
    held = bench.held()
    with added(database) as found:
        one = bench.shown(bench.open(held.id))

    assert (one["status"], one["outcome"], one["text"], one["comment_status"]) == (
        "open",
        None,
        "I meant it well",
        "held",
    )
    assert [reason["code"] for reason in one["decision"]["reasons"]] == ["toxicity"]
    assert bench.told(held.id) == [("comment.held", 1, None), ("appeal.opened", 2, None)]
    assert bench.now(held.id) == replace(held, sequence=2)
    assert [(entry.action, entry.subject, entry.details) for entry in found] == [
        ("appeal.opened", one["id"], {"comment": held.id, "status": "held"})
    ]


def test_overturning_approves_the_comment(bench: Bench, database: Database) -> None:
    """In the same transaction: decision, label, log, counts and both events in their order."""
    held = bench.held()
    appeal = bench.open(held.id)
    with added(database) as found:
        one = bench.decide(appeal, OVERTURNED, note="Quoted")

    now = bench.now(held.id)
    assert (now.status, now.sequence, now.decision and now.decision.note) == (Status.APPROVED, 4, "Quoted")
    assert (one["status"], one["outcome"], one["by"], one["actor"], one["note"]) == (
        "closed", "overturned", "moderator", KIM, "Quoted",
    )  # fmt: skip
    assert (one["comment_status"], one["decision"]["action"]) == ("approved", "hold")
    assert bench.told(held.id)[2:] == [("appeal.closed", 3, "overturned"), ("comment.approved", 4, None)]
    assert [(entry.action, entry.actor.id) for entry in found] == [
        ("comment.decided", "m-1"),
        ("appeal.decided", "m-1"),
    ]
    assert found[1].details == {"comment": held.id, "outcome": "overturned", "own_decision": False}
    with pytest.raises(NotAppealableError):
        bench.open(held.id)


def test_upholding_keeps_the_decision(bench: Bench, database: Database) -> None:
    """Nothing of the comment changes; the same decision cannot be appealed against again, another one can."""
    held = bench.held()
    appeal = bench.open(held.id)
    with added(database) as found:
        one = bench.decide(appeal, UPHELD)
        again = bench.decide(appeal, UPHELD)

    assert (one["outcome"], again, len(found)) == ("upheld", one, 1)
    assert bench.now(held.id) == replace(held, sequence=3)
    assert bench.told(held.id)[2:] == [("appeal.closed", 3, "upheld")]
    with pytest.raises(AppealDecidedError):
        bench.open(held.id)
    with pytest.raises(AppealClosedError):
        bench.decide(appeal, OVERTURNED)
    overrule(bench.parts, "news", held.id, replace(approval(), action=Action.REJECT, actor="lee"))
    assert bench.shown(bench.open(held.id))["decision"]["actor"] == "lee"


def test_own_decisions_are_told_in_the_log(bench: Bench, database: Database) -> None:
    """A moderator may decide an appeal against their own decision, but it is seen."""
    held = bench.held()
    overrule(bench.parts, "news", held.id, replace(approval(), action=Action.REJECT))
    appeal = bench.open(held.id)
    with added(database) as found:
        bench.decide(appeal, UPHELD)

    assert found[0].details["own_decision"] is True


@pytest.mark.parametrize("way", ["decided", "decided in a batch", "undone", "edited"])
def test_an_appeal_ends_with_what_it_is_against(bench: Bench, way: str) -> None:
    """When the comment is decided anew by anybody, or gets another text."""
    held, batch = bench.held(), ids.new_id(NOW)
    if way == "undone":
        reject = replace(approval(at=NOW), action=Action.REJECT)
        overrule(bench.parts, "news", held.id, reject, batch_id=batch)
    appeal = bench.open(held.id)
    before = bench.now(held.id).sequence

    if way == "decided":
        overrule(bench.parts, "news", held.id, approval())
    elif way == "decided in a batch":
        batches.decide_batch(bench.parts, "news", [batches.Wanted(held.id, approval())], batch)
    elif way == "undone":
        assert batches.undo(bench.parts, "news", batch, DecidedBy.MODERATOR, KIM, LATER).restored == 1
    else:
        changes.edit(bench.parts, bench.site, held.id, "Another text", LATER)

    one = bench.shown(appeal)
    assert (one["status"], one["outcome"], one["by"]) == ("closed", "superseded", None)
    told = bench.told(held.id)
    assert [sequence for _, sequence, _ in told] == list(range(1, len(told) + 1))
    assert next(kind for kind, sequence, _ in told if sequence > before) == "appeal.closed"
    assert bench.now(held.id).sequence == len(told)
    if way == "edited":
        settle_all(bench.parts, bench.site, HARMLESS, LATER)
        assert bench.told(held.id)[-1][:2] == ("comment.approved", len(told) + 1)


def test_erasing_takes_the_words_of_an_appeal_away(bench: Bench) -> None:
    """Of every appeal for the comment, in its events too; an open one is closed."""
    held = bench.held()
    first = bench.open(held.id, "canary one")
    bench.decide(first, UPHELD, note="canary two")
    overrule(bench.parts, "news", held.id, replace(approval(), action=Action.REJECT))
    second = bench.open(held.id, "canary three", idempotency_key="k", body_hash="h")

    changes.erase(bench.parts, "news", held.id, LATER)

    assert [bench.shown(one)["outcome"] for one in (first, second)] == ["upheld", "erased"]
    assert [bench.shown(one)["text"] for one in (first, second)] == [None, None]
    assert bench.told(held.id)[-2:] == [("appeal.closed", 6, "erased"), ("comment.erased", 7, None)]
    with bench.parts.database.read() as connection:
        kept = [
            connection.execute(select(table)).all() for table in (tables.appeals, tables.events, tables.idempotency)
        ]
    assert "canary" not in json.dumps(kept, default=str)
    with bench.parts.database.read() as connection:
        assert connection.execute(select(tables.appeals.c.author_key).distinct()).scalars().all() == [None]


def test_what_cannot_be_appealed_for(bench: Bench) -> None:
    """What is approved or pending, what is not there, what somebody else wrote, what has an open appeal."""
    pending = post(bench.parts, bench.site, comment("Not decided yet"))
    with pytest.raises(NotAppealableError):
        bench.open(pending.id)
    settle_all(bench.parts, bench.site, HARMLESS)
    with pytest.raises(NotAppealableError):
        bench.open(pending.id)
    held = bench.held(external_id="c-1")
    for asked in (
        Asked(None, "c-2", ""),
        Asked(held.id, "c-2", ""),
        Asked(ids.new_id(NOW), None, ""),
        Asked("x", None, ""),
    ):
        with pytest.raises(NotFoundError):
            appeals.open_appeal(bench.parts, "news", asked, 3, NOW, SERVICE)
    with pytest.raises(NotTheAuthorError):
        bench.open(held.id, author=Author(id="lee"))
    one = appeals.open_appeal(bench.parts, "news", Asked(None, "c-1", "", Author(id="kim")), 3, NOW, SERVICE).document[
        "id"
    ]
    with pytest.raises(AppealOpenError) as caught:
        bench.open(held.id)
    assert caught.value.fields == {"id": one}


def test_an_author_can_appeal_so_often_a_day(bench: Bench) -> None:
    """Appeals of the last 24 hours count, also closed ones; others are not touched."""
    held = [bench.held(f"The comment number {number}") for number in range(4)]
    for number, one in enumerate(held[:3]):
        bench.open(one.id, now=NOW + timedelta(minutes=number))

    with pytest.raises(TooManyError) as caught:
        bench.open(held[3].id, now=LATER)
    assert (caught.value.retry_after, caught.value.fields["limit"]) == (23 * 3600 + 1, 3)
    bench.open(bench.held("Another's", author=Author(id="lee")).id, now=LATER)
    bench.open(held[3].id, now=NOW + timedelta(days=1))


def test_a_stale_page_decides_nothing(bench: Bench) -> None:
    """Where the comment has another revision than the one that was looked at."""
    appeal = bench.open(bench.held().id)

    with pytest.raises(StaleError):
        appeals.decide(bench.parts, "news", appeal, OVERTURNED, approval(), 2)
    assert bench.shown(appeal)["status"] == "open"
    for site_id, name in (("other", appeal), ("news", ids.new_id(NOW))):
        with pytest.raises(NotFoundError):
            appeals.decide(bench.parts, site_id, name, OVERTURNED, approval())


def test_appeals_are_listed(bench: Bench) -> None:
    """Newest or oldest first, a page at a time, by status, outcome and comment; the open ones are counted."""
    held = [bench.held(f"The comment number {number}") for number in range(3)]
    made = [bench.open(one.id, now=NOW + timedelta(minutes=number)) for number, one in enumerate(held)]
    bench.decide(made[1], UPHELD)

    def found(wanted: Wanted = EVERY, **more: Any) -> list[str]:
        listed, following = appeals.page(bench.parts, "news", wanted, **{"limit": 9, "from_id": None, **more})
        return [one.appeal.id for one in listed] + ([following] if following else [])

    assert found() == made[::-1]
    assert found(oldest=True, limit=2) == [*made[:2], made[1]]
    assert found(oldest=True, from_id=made[1]) == made[2:]
    assert found(from_id=made[1]) == made[:1]
    assert found(Wanted(status=AppealStatus.OPEN)) == [made[2], made[0]]
    assert found(Wanted(status=AppealStatus.CLOSED)) == found(Wanted(outcome=UPHELD)) == [made[1]]
    assert found(Wanted(comment_id=held[0].id)) == [made[0]]
    assert [appeals.count_open(bench.parts, "news", most) for most in (1, 9)] == [1, 2]
    assert EventType.APPEAL_OPENED.value == "appeal.opened"


def test_appeals_of_one_moment_are_all_counted(bench: Bench) -> None:
    """An author who sends many at once gets as many through as one after another."""
    held = [bench.held(f"A comment that is held, number {number}").id for number in range(6)]
    together = threading.Barrier(len(held))

    def open_one(comment_id: str) -> bool:
        together.wait()
        try:
            bench.open(comment_id)
        except TooManyError:
            return False
        return True

    with ThreadPoolExecutor(len(held)) as callers:
        taken = list(callers.map(open_one, held))
    assert taken.count(True) == 3
