"""Whatever is done to a chain of the audit log is found, on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from moderation import auditing
from moderation.audit_entry import GENESIS, chained
from moderation.auditing import Broken, Expected, verify
from moderation.storage.database import Database
from moderation.storage.tables import audit, audit_heads
from tests.build import NOW
from tests.logbook import entries, write
from tests.proofs import Line, proves

ROWS = 7
MINE, MY_HEAD = audit.c.site_id == "news", audit_heads.c.site_id == "news"
Tamper = Callable[[Connection], object]


def at(number: int) -> tuple[ColumnElement[bool], ...]:
    """Return what chooses an entry of the site."""
    return (MINE, audit.c.number == number)


def change(number: int, **values: object) -> Tamper:
    """Return what changes an entry."""
    return lambda connection: connection.execute(update(audit).where(*at(number)).values(**values))


def remove(*numbers: int) -> Tamper:
    """Return what removes entries."""
    return lambda connection: connection.execute(delete(audit).where(MINE, audit.c.number.in_(numbers)))


def renumber(first: int, second: int) -> Tamper:
    """Return what lets two entries change places."""

    def swap(connection: Connection) -> None:
        for old, new in ((first, -1), (second, first), (-1, second)):
            connection.execute(update(audit).where(*at(old)).values(number=new))

    return swap


def add(number: int) -> Tamper:
    """Return what adds a copy of an entry under another number."""

    def copy(connection: Connection) -> None:
        row = connection.execute(select(audit).where(*at(3))).mappings().one()
        connection.execute(insert(audit).values({**row, "number": number}))

    return copy


def push_in(connection: Connection) -> None:
    """Put an entry between two others, which all move on by one."""
    for number in range(ROWS, 3, -1):
        connection.execute(update(audit).where(*at(number)).values(number=number + 1))
    add(4)(connection)


def cut_off(number: int) -> Tamper:
    """Return what removes all entries from there on, and moves the head back."""

    def cut(connection: Connection) -> None:
        connection.execute(delete(audit).where(MINE, audit.c.number >= number))
        left = connection.execute(select(audit.c.hash).where(*at(number - 1))).scalar_one_or_none()
        connection.execute(update(audit_heads).where(MY_HEAD).values(number=number - 1, hash=left or GENESIS))

    return cut


def rewrite(connection: Connection) -> None:
    """Change an entry and make all hashes after it fit, the head's too."""
    change(3, subject="c-9")(connection)
    previous = GENESIS
    for row in connection.execute(select(audit).where(MINE).order_by(audit.c.number)).all():
        micros = int(NOW.timestamp()) * 1_000_000
        fields = (row.site_id, row.number, micros, row.actor_kind, row.actor_id, row.action, row.subject, row.details)
        change(row.number, previous=previous, hash=chained(fields, previous))(connection)
        previous = chained(fields, previous)
    connection.execute(update(audit_heads).where(MY_HEAD).values(hash=previous))


def move_head(**values: object) -> Tamper:
    """Return what changes the head."""
    return lambda connection: connection.execute(update(audit_heads).where(MY_HEAD).values(**values))


def both(*tampers: Tamper) -> Tamper:
    """Return what does several things."""
    return lambda connection: [tamper(connection) for tamper in tampers]


TAMPERED: dict[str, tuple[Tamper, int]] = {
    "moment": (change(3, at=NOW.replace(microsecond=1000)), 3),
    "kind of actor": (change(3, actor_kind="cli"), 3),
    "actor": (change(3, actor_id="m-2"), 3),
    "action": (change(3, action="comment.erased"), 3),
    "subject": (change(3, subject="c-9"), 3),
    "details": (change(3, details='{"revision":9}'), 3),
    "white space in details": (change(3, details='{"revision": 2}'), 3),
    "hash": (change(3, hash="f" * 64), 3),
    "hash before": (change(3, previous="f" * 64), 3),
    "first": (change(1, subject="c-9"), 1),
    "last": (change(ROWS, subject="c-9"), ROWS),
    "two are changed": (both(change(5, subject="c-9"), change(2, subject="c-9")), 2),
    "removed": (remove(4), 4),
    "the first is removed": (remove(1), 1),
    "several are removed": (remove(3, 4, 5), 3),
    "all are removed": (remove(*range(1, ROWS + 1)), 1),
    "swapped": (renumber(3, 5), 3),
    "put in between": (push_in, 4),
    "added at the end": (add(ROWS + 1), ROWS + 1),
    "added far behind": (add(1000), ROWS + 1),
    "added before the first": (add(0), ROWS + 1),
    "the last is cut off": (remove(ROWS), ROWS),
    "some are cut off": (remove(5, 6, ROWS), 5),
    "the head is set back": (move_head(number=4), 4),
    "the head is set on": (both(move_head(number=9)), ROWS + 1),
    "the head has another hash": (move_head(hash="f" * 64), ROWS),
    "moved to another site": (
        lambda connection: connection.execute(update(audit).where(MINE).values(site_id="third")),
        1,
    ),
}


@pytest.fixture
def chain(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Give a database with a chain that is read in several batches."""
    monkeypatch.setattr(auditing, "BATCH", 3)
    write(database, ROWS)
    return database


def tamper(database: Database, how: Tamper) -> None:
    """Do something to a chain."""
    with database.write() as connection:
        how(connection)


def test_a_chain_is_whole(chain: Database) -> None:
    """Its head is that of the last entry, and as many entries were walked as there are."""
    walked: list[int] = []

    found = verify(chain, "news", walked=walked.append)

    assert (found.site_id, found.number, found.broken) == ("news", ROWS, None)
    assert found.hash == entries(chain)[-1].hash
    assert walked == [3, 3, 1]


def test_a_site_without_entries_has_a_whole_chain(chain: Database) -> None:
    """Its head has number 0."""
    found = verify(chain, "nowhere")

    assert (found.number, found.hash, found.broken) == (0, GENESIS, None)


@proves(Line.AUDIT)
@pytest.mark.parametrize("name", TAMPERED)
def test_what_is_done_to_a_chain_is_found(chain: Database, name: str) -> None:
    """The first entry that is not as it was is named; other sites' chains stay whole."""
    write(chain, 2, "other")
    how, number = TAMPERED[name]

    tamper(chain, how)

    broken = verify(chain, "news").broken
    assert broken is not None
    assert broken.number == number
    assert verify(chain, "other").broken is None


@proves(Line.AUDIT)
@pytest.mark.parametrize("how", [cut_off(5), cut_off(1), rewrite], ids=["cut off", "emptied", "rewritten"])
def test_a_head_that_was_kept_elsewhere_tells_what_the_chain_cannot(chain: Database, how: Tamper) -> None:
    """Who can write to the whole database can make a chain that is whole; the head of the true one is not in it."""
    kept = [Expected(one.number, one.hash) for one in entries(chain)]
    assert verify(chain, "news", kept).broken is None

    tamper(chain, how)

    assert verify(chain, "news").broken is None
    assert verify(chain, "news", kept[-1:]).broken is not None
    assert (
        verify(chain, "news", kept).broken
        == {
            0: Broken(1, auditing.NOT_THERE),
            4: Broken(5, auditing.NOT_THERE),
            ROWS: Broken(3, auditing.NOT_EXPECTED),
        }[len(entries(chain))]
    )


def test_a_chain_that_went_on_still_has_its_earlier_heads(chain: Database) -> None:
    """A head stays true when entries are added."""
    before = verify(chain, "news")
    write(chain, 3)

    assert verify(chain, "news", [Expected(before.number, before.hash), Expected(0, GENESIS)]).broken is None
    assert verify(chain, "news", [Expected(0, "f" * 64)]).broken == Broken(0, auditing.NOT_EXPECTED)


def test_entries_that_are_written_meanwhile_break_nothing(chain: Database) -> None:
    """A walk ends at the head that it began with."""

    def meanwhile(_number: int) -> None:
        write(chain)

    found = verify(chain, "news", walked=meanwhile)

    assert (found.number, found.broken) == (ROWS, None)
    assert len(entries(chain)) > ROWS
