"""What a site keeps for a time only: forgotten when the time is over, not before, on both databases."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, repeat
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from moderation import appeals, changes, retention
from moderation.appeals import Asked
from moderation.audit_entry import SERVICE
from moderation.model import Action, AppealOutcome, Author, DecidedBy, Decision, Status
from moderation.pipeline import Parts, overrule
from moderation.policy_document import RetentionPolicy, parse
from moderation.records import Site, StoredComment
from moderation.storage import comments, sites, tables, threads
from moderation.storage.database import Database
from tests.build import FREE, NOW, TOXIC, comment, make_parts, make_site, post, settle_all
from tests.logbook import added, entries
from tests.proofs import Line, proves

DAY = timedelta(days=1)


@dataclass
class Shelf:
    """A site with comments of every status, all a hundred days old."""

    parts: Parts
    site: Site

    def keep(self, **days: int) -> None:
        """Set for how many days something is kept."""
        policy = replace(FREE, retention=RetentionPolicy(**days))
        with self.parts.database.write() as connection:
            sites.put_policy(connection, self.site.id, policy, "kim", NOW)

    def add(self, text: str, action: Action | None, at: datetime = NOW) -> str:
        """Store a comment and let it be decided by a moderator, with a note."""
        author = Author(id=f"author of {text}", name="Kim", ip="203.0.113.9")
        one = post(self.parts, self.site, comment(text, author=author, metadata={"of": text}), at)
        settle_all(self.parts, self.site, TOXIC, at)
        if action is not None:
            overrule(self.parts, "news", one.id, Decision(action, DecidedBy.MODERATOR, at, 1, note=f"note on {text}"))
        return one.id

    def forget(self, now: datetime) -> None:
        """Forget what is due at a moment."""
        retention.forget_due(self.parts, now, lambda: True)

    def read(self, comment_id: str) -> StoredComment:
        """Return a comment."""
        with self.parts.database.read() as connection:
            found = comments.get(connection, "news", comment_id)
        assert found is not None
        return found

    def dump(self) -> str:
        """Return all that the database holds but the audit log."""
        with self.parts.database.read() as connection:
            return str([connection.execute(select(table)).all() for table in tables.metadata.sorted_tables])


@pytest.fixture
def shelf(database: Database, redis_url: str) -> Shelf:
    """Give a site that keeps everything."""
    return Shelf(make_parts(database, redis_url), make_site(database, policy=FREE))


def test_everything_is_kept_unless_the_site_says_otherwise(shelf: Shelf) -> None:
    """Ten years later all is as it was."""
    shelf.add("canary-one", Action.APPROVE)
    before = shelf.dump()

    shelf.forget(NOW + 3650 * DAY)

    assert shelf.dump() == before


@proves(Line.PRIVACY)
def test_each_status_has_its_own_time(shelf: Shelf) -> None:
    """Text, author, notes and metadata of what is old enough are gone from every table; the counts stay."""
    approved, rejected = shelf.add("canary-good", Action.APPROVE), shelf.add("canary-bad", Action.REJECT)
    held = shelf.add("canary-held", None)
    shelf.keep(approved=30, rejected=5)

    shelf.forget(NOW + 5 * DAY)
    assert "canary-bad" in shelf.dump()
    shelf.forget(NOW + 5 * DAY + timedelta(seconds=1))

    assert "canary-bad" not in shelf.dump()
    assert {"canary-good", "canary-held"} <= set(_words(shelf.dump()))
    shelf.forget(NOW + 31 * DAY)
    assert "canary-good" not in shelf.dump()
    assert [shelf.read(one).erased_at is None for one in (approved, rejected, held)] == [False, False, True]
    with shelf.parts.database.read() as connection:
        counts = threads.get_counts(connection, "news", ["t1"])["t1"]
        events = connection.execute(select(func.count()).where(tables.events.c.type == "comment.erased")).scalar_one()
    assert (counts.approved, counts.rejected, counts.held) == (1, 1, 1)
    assert events == 0


@proves(Line.PRIVACY)
def test_no_appeal_stays_open_for_what_was_forgotten(shelf: Shelf) -> None:
    """It is closed, the site is told, and neither its text nor notes on earlier ones are left."""
    one = shelf.add("canary-bad", Action.REJECT)
    asked = Asked(one, None, "canary-appeal")
    first = appeals.open_appeal(shelf.parts, "news", asked, 5, NOW, SERVICE).document["id"]
    upholds = Decision(Action.APPROVE, DecidedBy.MODERATOR, NOW, 1, note="canary-note")
    appeals.decide(shelf.parts, "news", first, AppealOutcome.UPHELD, upholds)
    shelf.keep(notes=5)
    shelf.forget(NOW + 6 * DAY)
    assert "canary-note" not in shelf.dump()

    rejects = Decision(Action.REJECT, DecidedBy.MODERATOR, NOW, 1)
    overrule(shelf.parts, "news", one, Decision(Action.APPROVE, DecidedBy.MODERATOR, NOW, 1))
    overrule(shelf.parts, "news", one, rejects)
    second = appeals.open_appeal(shelf.parts, "news", asked, 5, NOW, SERVICE).document["id"]
    shelf.keep(rejected=5)
    shelf.forget(NOW + 6 * DAY)

    assert appeals.get(shelf.parts, "news", second).appeal.outcome is AppealOutcome.ERASED
    assert "canary" not in shelf.dump()


def test_held_and_pending_comments_stay_unless_the_site_says_so(shelf: Shelf) -> None:
    """What nobody has looked at is not lost; a held one is forgotten only by its own setting, a pending one never."""
    held = shelf.add("canary-held", None)
    pending = post(shelf.parts, shelf.site, comment("canary-pending"), NOW).id
    shelf.keep(approved=1, rejected=1, addresses=1, scores=1, notes=1)

    shelf.forget(NOW + 100 * DAY)
    assert [shelf.read(one).text for one in (held, pending)] == ["canary-held", "canary-pending"]

    shelf.keep(held=50)
    shelf.forget(NOW + 100 * DAY)
    assert [shelf.read(one).text for one in (held, pending)] == ["", "canary-pending"]
    assert shelf.read(held).status is Status.HELD


def test_the_time_counts_from_the_last_change(shelf: Shelf) -> None:
    """A comment that is decided again, also after its kind was forgotten up to there, is kept for that time anew."""
    one = shelf.add("canary-one", None)
    shelf.keep(approved=10)
    shelf.forget(NOW + 20 * DAY)
    overrule(shelf.parts, "news", one, Decision(Action.APPROVE, DecidedBy.API, NOW + 20 * DAY, 1))

    shelf.forget(NOW + 25 * DAY)
    assert shelf.read(one).text == "canary-one"
    shelf.forget(NOW + 31 * DAY)
    assert shelf.read(one).text == ""


@proves(Line.PRIVACY)
def test_single_things_are_forgotten_and_the_text_stays(shelf: Shelf) -> None:
    """Hashes of addresses, scores and notes each go from rows, decisions and events, and nothing else does."""
    one = shelf.add("canary-one", Action.REJECT)
    assert shelf.read(one).address_key is not None

    shelf.keep(addresses=2)
    shelf.forget(NOW + 3 * DAY)
    assert (shelf.read(one).address_key, shelf.read(one).text) == (None, "canary-one")
    assert {"0.97", "note"} <= set(_words(shelf.dump()))
    shelf.keep(scores=2)
    shelf.forget(NOW + 3 * DAY)
    assert "0.97" not in shelf.dump()
    assert set(shelf.read(one).scored.scores.values()) == {None}
    shelf.keep(notes=2)
    shelf.forget(NOW + 3 * DAY)

    assert "note on" not in shelf.dump()
    assert (shelf.read(one).text, shelf.read(one).author.name, shelf.read(one).updated_at) == ("canary-one", "Kim", NOW)


def test_batches_are_bounded_and_go_on_where_they_stopped(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each transaction takes a few comments, also of the same moment, and what time does not allow waits."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    made = [shelf.add(f"canary-{at}", Action.APPROVE) for at in range(5)]
    shelf.keep(approved=1)
    turns = chain([True], repeat(False))

    with added(shelf.parts.database) as first:
        retention.forget_due(shelf.parts, NOW + 2 * DAY, lambda: next(turns))
    assert [bool(shelf.read(one).text) for one in made].count(False) == 2
    with added(shelf.parts.database) as rest:
        shelf.forget(NOW + 2 * DAY)
        shelf.forget(NOW + 2 * DAY)

    assert [bool(shelf.read(one).text) for one in made].count(False) == 5
    found = [(one.actor, one.action, one.subject, one.details) for one in first + rest]
    assert found == [(SERVICE, "retention.applied", "approved", {"comments": n}) for n in (2, 2, 1)]


def test_other_sites_keep_what_they_keep(shelf: Shelf) -> None:
    """A site forgets its own comments alone."""
    other = make_site(shelf.parts.database, "other", FREE)
    theirs = post(shelf.parts, other, comment("canary-theirs"), NOW)
    settle_all(shelf.parts, other, TOXIC)
    overrule(shelf.parts, "other", theirs.id, Decision(Action.APPROVE, DecidedBy.API, NOW, 1))
    shelf.keep(approved=1)

    shelf.forget(NOW + 9 * DAY)

    assert "canary-theirs" in shelf.dump()
    assert not [one for one in entries(shelf.parts.database, "other") if one.action == "retention.applied"]


def test_what_was_forgotten_can_still_be_erased(shelf: Shelf) -> None:
    """Erasing then changes nothing and is no mistake."""
    one = shelf.add("canary-one", Action.APPROVE)
    shelf.keep(approved=1)
    shelf.forget(NOW + 2 * DAY)

    assert changes.erase(shelf.parts, "news", one, NOW + 3 * DAY).erased_at == NOW + 2 * DAY


NONSENSE: list[dict[str, Any]] = [
    {"approved": 0}, {"held": -1}, {"deliveries": 91}, {"everything": 1}, {"notes": "soon"}, {"scores": 1.5},
]  # fmt: skip


@pytest.mark.parametrize("document", NONSENSE)
def test_nonsense_is_refused(document: dict[str, Any]) -> None:
    """A time is a whole number of days, from one on, of a kind that there is."""
    with pytest.raises(ValidationError):
        parse({"retention": document})


def _words(text: str) -> list[str]:
    return text.replace("'", " ").replace(",", " ").replace("}", " ").replace('"', " ").split()
