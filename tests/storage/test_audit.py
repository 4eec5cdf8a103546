"""The chains of the audit log as they are written and read, on both databases."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from moderation.audit_entry import CLI, GENESIS, NOBODY, Actor, ActorKind, AuditAction, Change
from moderation.auditing import verify
from moderation.storage import audit
from moderation.storage.audit import Wanted
from moderation.storage.database import Database
from tests.build import NOW
from tests.logbook import entries, write
from tests.proofs import Line, proves

KIM = Actor(ActorKind.MODERATOR, "m-1")
KEY = Actor(ActorKind.API_KEY, "AbCd1234")


def test_entries_are_numbered_and_each_holds_the_hash_before_it(database: Database) -> None:
    """From 1, without a gap, for each site."""
    write(database, 3)
    write(database, 2, "other")

    found = entries(database)
    assert [one.number for one in found] == [1, 2, 3]
    assert [one.number for one in entries(database, "other")] == [1, 2]
    assert [one.previous for one in found] == [GENESIS, found[0].hash, found[1].hash]
    assert len({one.hash for one in [*found, *entries(database, "other")]}) == 5


def test_an_entry_says_what_was_done(database: Database) -> None:
    """Who, what, to what, when to the millisecond, and its details."""
    change = Change(KIM, AuditAction.CLUSTER_DECIDED, "k-1", {"action": "reject", "comments": ["c-2", "c-1"]})
    with database.write() as connection:
        audit.append(connection, "news", NOW + timedelta(microseconds=1999), change)

    (one,) = entries(database)
    assert (one.actor, one.action, one.subject, one.details) == (KIM, "cluster.decided", "k-1", change.details)
    assert one.at == NOW + timedelta(milliseconds=1)


def test_several_changes_of_a_transaction_follow_each_other(database: Database) -> None:
    """They are written together, and no change at all writes nothing."""
    changes = [Change(CLI, AuditAction.KEY_MADE, prefix) for prefix in ("a", "b", "c")]
    with database.write() as connection:
        audit.append(connection, "news", NOW, *changes)
        audit.append(connection, "news", NOW)

    assert [one.subject for one in entries(database)] == ["a", "b", "c"]
    assert verify(database, "news").broken is None


def test_what_is_rolled_back_leaves_no_gap(database: Database) -> None:
    """An entry is there if its change is, and the next one takes its number."""
    write(database)

    def fail() -> None:
        with database.write() as connection:
            audit.append(connection, "news", NOW, Change(CLI, AuditAction.KEY_MADE, "lost"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    write(database, subject="kept")
    assert [(one.number, one.subject) for one in entries(database)] == [(1, "c-0"), (2, "kept")]
    assert verify(database, "news").broken is None


@proves(Line.AUDIT)
@pytest.mark.parametrize("begun", [True, False], ids=["a chain that there is", "a chain that begins"])
def test_writers_at_once_keep_the_chain_whole(database: Database, begun: bool) -> None:
    """However many there are, each entry has its own number and follows the one before it."""
    if begun:
        write(database)
    together = threading.Barrier(6)
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            together.wait(20)
            write(database, 10, subject=name)
        except BaseException as error:  # noqa: BLE001 - told by the test
            failures.append(error)

    writers = [threading.Thread(target=work, args=(f"w-{one}",)) for one in range(6)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(60)

    assert failures == []
    assert [one.number for one in entries(database)] == list(range(1, 61 + begun))
    assert verify(database, "news").broken is None


def test_a_second_writer_waits_for_the_first(database: Database) -> None:
    """The head is locked until the transaction ends, so the second entry follows the first as it was committed."""
    write(database)
    first_holds, second_began = threading.Event(), threading.Event()

    def second() -> None:
        first_holds.wait(20)
        second_began.set()
        write(database, subject="second")

    other = threading.Thread(target=second)
    other.start()
    with database.write() as connection:
        audit.append(connection, "news", NOW, Change(CLI, AuditAction.KEY_MADE, "first"))
        first_holds.set()
        assert second_began.wait(20)
    other.join(20)

    assert [one.subject for one in entries(database)] == ["c-0", "first", "second"]
    assert verify(database, "news").broken is None


def fill(database: Database) -> None:
    """Write entries of several kinds, an hour apart."""
    made = [
        Change(KIM, AuditAction.COMMENT_DECIDED, "c-1"),
        Change(KEY, AuditAction.COMMENT_ERASED, "c-1"),
        Change(KEY, AuditAction.COMMENT_DECIDED, "c-2"),
        Change(CLI, AuditAction.KEY_MADE, "AbCd1234"),
        Change(NOBODY, AuditAction.SESSION_REFUSED, "m-1"),
    ]
    for hours, change in enumerate(made):
        with database.write() as connection:
            audit.append(connection, "news", NOW + timedelta(hours=hours), change)


def hour(number: int) -> datetime:
    """Return when the entry was written that has this place, from 0."""
    return NOW + timedelta(hours=number)


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), [5, 4, 3, 2, 1]),
        (Wanted(action="comment.decided"), [3, 1]),
        (Wanted(actor="m-1"), [1]),
        (Wanted(actor="AbCd1234"), [3, 2]),
        (Wanted(actor="api_key"), [3, 2]),
        (Wanted(actor="nobody"), [5]),
        (Wanted(actor="cli"), [4]),
        (Wanted(actor="service"), []),
        (Wanted(subjects=["c-1"]), [2, 1]),
        (Wanted(subjects=["c-2", "m-1"]), [5, 3]),
        (Wanted(after=hour(2)), [5, 4, 3]),
        (Wanted(before=hour(2)), [2, 1]),
        (Wanted(after=hour(1), before=hour(4), actor="AbCd1234", action="comment.decided"), [3]),
    ],
    ids=str,
)
def test_entries_are_found(database: Database, wanted: Wanted, numbers: list[int]) -> None:
    """Each question narrows the list, newest first."""
    fill(database)
    write(database, 3, "other")

    with database.read() as connection:
        found = audit.list_page(connection, "news", wanted, limit=10, before_number=None)

    assert [one.number for one in found] == numbers
    assert {one.site_id for one in found} <= {"news"}


def test_a_page_goes_on_where_the_one_before_it_ended(database: Database) -> None:
    """No entry is shown twice or left out, with a filter too."""
    fill(database)
    wanted = replace(Wanted(), actor="api_key")

    with database.read() as connection:
        pages = [
            [one.number for one in audit.list_page(connection, "news", which, limit=2, before_number=before)]
            for which, before in ((Wanted(), None), (Wanted(), 4), (Wanted(), 2), (Wanted(), 1), (wanted, 3))
        ]

    assert pages == [[5, 4], [3, 2], [1], [], [2]]
