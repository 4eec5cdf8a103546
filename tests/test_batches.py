"""Several decisions at once, and batches of decisions taken back, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from moderation import batches, ids
from moderation.batches import UNDO_WITHIN, Wanted, decide_batch, undo
from moderation.changes import edit, erase
from moderation.errors import NotFoundError, StaleError, UndoOverError
from moderation.model import Action, DecidedBy, Decision, Status
from moderation.pipeline import Parts, overrule
from moderation.records import Label, Site, StoredComment
from moderation.storage import comments, labels, sites, threads
from moderation.storage.database import Database
from tests.build import HARMLESS, NOW, comment, make_parts, make_site, post, settle_all

REJECT = Decision(Action.REJECT, DecidedBy.MODERATOR, NOW, 1, actor="kim@example.org")
APPROVE = replace(REJECT, action=Action.APPROVE)
BATCH, OTHER = ids.new_id(NOW), ids.new_id(NOW + timedelta(seconds=1))


@pytest.fixture
def parts(database: Database, redis_url: str) -> Parts:
    """Join the parts on an empty Redis and a database with two sites."""
    joined = make_parts(database, redis_url)
    for site_id in ("news", "blog"):
        make_site(database, site_id)
    return joined


def site_of(parts: Parts, site_id: str = "news") -> Site:
    """Return a site."""
    with parts.database.read() as connection:
        site = sites.get_site(connection, site_id)
    assert site is not None
    return site


def approved(parts: Parts, number: int) -> list[str]:
    """Store comments that the policy approves; return their ids."""
    site = site_of(parts)
    made = [post(parts, site, comment(f"Ordinary comment number {at}")).id for at in range(number)]
    settle_all(parts, site, HARMLESS)
    return made


def read(parts: Parts, ids_: list[str]) -> list[StoredComment]:
    """Return stored comments."""
    with parts.database.read() as connection:
        found = [comments.get(connection, "news", one) for one in ids_]
    return [one for one in found if one]


def taught(parts: Parts) -> list[Label]:
    """Return what the site's people taught."""
    with parts.database.read() as connection:
        return [label for _, label in labels.taught(connection, "news", 100)]


def reasons(comment: StoredComment) -> list[str]:
    """Return the codes of the reasons of the decision in force."""
    return [reason.code for reason in comment.decision.reasons] if comment.decision else []


def take_back(parts: Parts, batch_id: str = BATCH, later: timedelta = timedelta(minutes=1)) -> batches.Undone:
    """Undo a batch as a moderator."""
    return undo(parts, "news", batch_id, DecidedBy.MODERATOR, "lee@example.org", NOW + later)


def test_each_decision_has_its_outcome(parts: Parts) -> None:
    """What is not there, not as expected, or decided twice in one call is told; the rest is decided."""
    first, second, third = approved(parts, 3)
    foreign = post(parts, site_of(parts, "blog"), comment("On another site")).id

    outcomes = decide_batch(
        parts,
        "news",
        [
            Wanted(first, REJECT, expected_status=Status.APPROVED),
            Wanted(second, REJECT, expected_status=Status.HELD),
            Wanted(foreign, REJECT),
            Wanted("no id", REJECT),
            Wanted(first, APPROVE),
            Wanted(third, REJECT),
        ],
        BATCH,
    )

    assert [type(one) for one in outcomes] == [
        StoredComment, StaleError, NotFoundError, NotFoundError, StaleError, StoredComment
    ]  # fmt: skip
    assert [one.status for one in read(parts, [first, second, third])] == [
        Status.REJECTED, Status.APPROVED, Status.REJECTED
    ]  # fmt: skip
    assert read(parts, [first]) == [outcomes[0]]


def test_a_batch_is_taken_back(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every comment stands as before, over several transactions; counts, events and labels follow."""
    monkeypatch.setattr(batches, "AT_MOST", 2)
    made = approved(parts, 5)
    before = read(parts, made)
    decide_batch(parts, "news", [Wanted(one, replace(REJECT, reasons=())) for one in made], BATCH)
    assert len(taught(parts)) == 5

    assert take_back(parts) == batches.Undone(restored=5, left=0)

    after = read(parts, made)
    assert [one.status for one in after] == [one.status for one in before]
    assert [reasons(one) for one in after] == [reasons(one) for one in before]
    assert {one.decision.actor for one in after if one.decision} == {"lee@example.org"}
    assert [one.sequence for one in after] == [3] * 5
    assert taught(parts) == []
    with parts.database.read() as connection:
        (counts,) = threads.get_counts(connection, "news", [after[0].thread.id]).values()
    assert (counts.approved, counts.rejected) == (5, 0)
    assert take_back(parts) == batches.Undone(restored=0, left=5)


def test_what_changed_since_is_left_alone(parts: Parts) -> None:
    """Comments that were decided again, edited or erased stay as they are."""
    again, edited, erased, same = approved(parts, 4)
    decide_batch(parts, "news", [Wanted(one, REJECT) for one in (again, edited, erased, same)], BATCH)
    overrule(parts, "news", again, APPROVE)
    edit(parts, site_of(parts), edited, "Ordinary comment, edited", NOW)
    erase(parts, "news", erased, NOW)

    assert take_back(parts) == batches.Undone(restored=1, left=3)
    assert read(parts, [same])[0].status is Status.APPROVED
    assert read(parts, [again])[0].sequence == 3


def test_the_label_of_an_earlier_decision_comes_back(parts: Parts) -> None:
    """A person's approval that was overruled by a batch teaches again once the batch is taken back."""
    (one,) = approved(parts, 1)
    overrule(parts, "news", one, APPROVE)
    decide_batch(parts, "news", [Wanted(one, REJECT)], BATCH)

    take_back(parts)

    (label,) = taught(parts)
    assert (label.actor, set(label.attributes.values())) == ("kim@example.org", {False})


def test_a_comment_that_was_pending_is_held(parts: Parts) -> None:
    """Nobody scores it any more, so a person looks at it."""
    waiting = post(parts, site_of(parts), comment("Not scored yet")).id
    decide_batch(parts, "news", [Wanted(waiting, REJECT)], BATCH)

    take_back(parts)

    (after,) = read(parts, [waiting])
    assert (after.status, reasons(after)) == (Status.HELD, ["undone"])


def test_a_batch_of_another_site_or_day_is_not_taken_back(parts: Parts) -> None:
    """The one is not there; for the other it is too late."""
    (one,) = approved(parts, 1)
    decide_batch(parts, "news", [Wanted(one, REJECT)], BATCH)

    with pytest.raises(NotFoundError):
        undo(parts, "blog", BATCH, DecidedBy.API, "blog", NOW)
    with pytest.raises(NotFoundError):
        take_back(parts, OTHER)
    with pytest.raises(UndoOverError):
        take_back(parts, later=UNDO_WITHIN + timedelta(seconds=1))
    assert read(parts, [one])[0].status is Status.REJECTED
