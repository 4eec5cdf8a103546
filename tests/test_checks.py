"""What is kept of checks that came through Akismet's API, on both databases."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from moderation import changes, clock
from moderation.checks import Asked, remember, submit
from moderation.judging import Judged
from moderation.model import (
    UNKNOWN,
    Action,
    Author,
    Comment,
    DecidedBy,
    Decision,
    EventType,
    Scope,
    Scored,
    Status,
    Thread,
)
from moderation.pipeline import Parts, overrule
from moderation.records import Key, StoredComment
from moderation.sealing import AKISMET, unseal
from moderation.service import Service
from moderation.settings import Settings
from moderation.storage import akismet, deliveries, endpoints, labels
from moderation.storage.database import Database
from tests.build import HARMLESS, TOXIC, comment, make_parts, make_site, post, settle_all

KEY = Key("prefix", "news", "blog", frozenset())
SECRET = "0123456789ab"
CALLBACK = "https://blog.example/wp-json/akismet/v1/webhook"
KIM = Author(name="Kim", email="kim@blog.example")
LEASE = timedelta(seconds=20)
PAGE = Thread("https://blog.example/post", "https://blog.example/post")


@dataclass
class Bench:
    """A service with the site `news`."""

    service: Service
    parts: Parts

    def check(self, text: str = "Nice post", *, late: bool = True, callback: str | None = CALLBACK) -> StoredComment:
        """Take a comment in, as a check does that nobody could answer in time, and remember it."""
        one = Comment(text, PAGE, KIM)
        stored = post(self.parts, self.service.site("news"), one, clock.now())
        self.remember(stored, late=late, callback=callback)
        return stored

    def remember(self, stored: StoredComment, *, late: bool = True, callback: str | None = CALLBACK) -> None:
        """Remember a check of a stored comment."""
        decision = Decision(Action.APPROVE, DecidedBy.POLICY, clock.now(), 1)
        judged = Judged(decision, UNKNOWN, stored, late=late)
        remember(self.service, asked(stored.text, callback=callback), judged, clock.now(), spam=False)

    def settle(self, scored: Scored = HARMLESS) -> None:
        """Decide all that waits."""
        settle_all(self.parts, self.service.site("news"), scored, clock.now())

    def decide(self, stored: StoredComment, action: Action) -> None:
        """Let a moderator decide."""
        overrule(self.parts, "news", stored.id, Decision(action, DecidedBy.MODERATOR, clock.now(), 1, actor="m-1"))

    def told(self) -> list[tuple[str | None, EventType]]:
        """Return what is on its way to Akismet's clients."""
        with self.parts.database.write() as connection:
            due = deliveries.claim_due(connection, limit=100, lease=LEASE, now=clock.now())
        return [(one.event.comment_id, one.event.type) for one in due if one.endpoint.akismet_key]

    def counts(self) -> Mapping[str, int]:
        """Return what was counted."""
        today = clock.now().date()
        with self.parts.database.read() as connection:
            (one,) = akismet.counts(connection, "news", today, today.replace(year=today.year + 1))
        return {kind: getattr(one, kind) for kind in akismet.KINDS}


def asked(text: str = "Nice post", callback: str | None = CALLBACK, secret: str = SECRET) -> Asked:
    """Return a check or a submission of the comment of these tests."""
    return Asked(
        KEY,
        secret,
        Comment(text, PAGE, KIM),
        "https://blog.example/",
        callback,
    )


@pytest.fixture
def bench(database: Database, redis_url: str, settings: Settings) -> Bench:
    """Give a service whose site is made."""
    parts = make_parts(database, redis_url)
    make_site(database)
    return Bench(Service(parts, settings), parts)


def test_a_later_decision_is_told(bench: Bench) -> None:
    """What came too late for the answer, and what a moderator decides; holding tells nothing."""
    stored = bench.check()
    assert bench.told() == []

    bench.settle()
    assert bench.told() == [(stored.id, EventType.COMMENT_APPROVED)]
    bench.decide(stored, Action.HOLD)
    assert bench.told() == []
    bench.decide(stored, Action.REJECT)
    assert bench.told() == [(stored.id, EventType.COMMENT_REJECTED)]


def test_a_decision_that_comes_while_the_check_is_answered_is_told(bench: Bench) -> None:
    """Nobody can say which is first: the decision, or that the site wants to hear of it."""
    one = Comment("Nice post", PAGE, KIM)
    stored = post(bench.parts, bench.service.site("news"), one, clock.now())
    bench.settle(TOXIC)
    bench.decide(stored, Action.REJECT)

    bench.remember(stored)

    assert bench.told() == [(stored.id, EventType.COMMENT_REJECTED)]


def test_what_the_answer_told_is_not_told_again(bench: Bench) -> None:
    """A decision that was in time needs no callback."""
    one = Comment("Nice post", PAGE, KIM)
    stored = post(bench.parts, bench.service.site("news"), one, clock.now())
    bench.settle()
    bench.remember(bench.service.get("news", stored.id), late=False)

    assert bench.told() == []


def test_only_who_asked_is_told(bench: Bench) -> None:
    """A comment without a callback, or with another blog's, goes to nobody else; the API does not list them."""
    first = bench.check("One of the first blog")
    second = bench.check("One of the second blog", callback="https://other.example/hook")
    bench.check("One that nobody waits for", callback=None)
    with bench.parts.database.read() as connection:
        made = {one.id: one.url for one in endpoints.list_akismet(connection, "news")}
        assert endpoints.list_endpoints(connection, "news") == []

    bench.settle()

    with bench.parts.database.write() as connection:
        due = deliveries.claim_due(connection, limit=100, lease=LEASE, now=clock.now())
    assert {one.event.comment_id: made[one.endpoint.id] for one in due} == {
        first.id: CALLBACK, second.id: "https://other.example/hook"
    }  # fmt: skip


@pytest.mark.parametrize(
    "url", ["http://blog.example/hook", "https://127.0.0.1/hook", "file:///etc/passwd", "nonsense"]
)
def test_an_address_that_may_not_be_called_is_not_kept(bench: Bench, url: str) -> None:
    """A client names it, so it is checked as a webhook's is; the check itself is answered all the same."""
    bench.check(callback=url)

    with bench.parts.database.read() as connection:
        assert endpoints.list_akismet(connection, "news") == []
    assert bench.counts()["ham"] == 1


def test_the_key_is_kept_sealed_and_renewed(bench: Bench) -> None:
    """The database alone does not give it away, and a new key takes the old one's place."""
    bench.check("The first comment")
    stored = post(bench.parts, bench.service.site("news"), comment("The second"), clock.now())
    judged = Judged(Decision(Action.HOLD, DecidedBy.POLICY, clock.now(), 1), UNKNOWN, stored)
    remember(bench.service, asked(stored.text, secret="ba9876543210"), judged, clock.now(), spam=False)

    with bench.parts.database.read() as connection:
        (one,) = endpoints.list_akismet(connection, "news")
    assert one.akismet_key is not None
    assert "ba9876543210" not in one.akismet_key
    assert unseal(bench.parts.hasher.derive(AKISMET), one.akismet_key) == "ba9876543210"


@pytest.mark.parametrize("by_id", [False, True])
def test_28_a_submission_decides_the_comment_that_was_checked(bench: Bench, *, by_id: bool) -> None:
    """It is found by page, author and text, or by its id; its history shows who reported it, and it teaches."""
    bench.check("Another comment")
    stored = bench.check()
    one = asked("Something else entirely" if by_id else " Nice post\n")

    submit(bench.service, one, clock.now(), spam=True, reporter="admin", guid=stored.id if by_id else None)

    found = bench.service.get("news", stored.id)
    assert found.decision is not None
    assert (found.status, found.decision.by, found.decision.actor, found.decision.note) == (
        Status.REJECTED, DecidedBy.API, "blog", "reported by admin"
    )  # fmt: skip
    assert bench.counts()["missed_spam"] == 1
    with bench.parts.database.read() as connection:
        assert labels.counts(connection, "news") == {"api": 1}


def test_a_submission_can_be_taken_back(bench: Bench) -> None:
    """Not spam after all; saying the same thing twice counts once."""
    stored = bench.check()
    for spam in (True, True, False):
        submit(bench.service, asked(), clock.now(), spam=spam, reporter=None, guid=None)

    assert bench.service.get("news", stored.id).status is Status.APPROVED
    assert bench.counts() == {"spam": 0, "ham": 1, "missed_spam": 1, "false_positives": 1}


def test_27_a_submission_of_an_unknown_comment_teaches_its_text_alone(bench: Bench) -> None:
    """Neither author nor address nor page are in what is kept."""
    submit(bench.service, asked("Buy shoes"), clock.now(), spam=True, reporter=None, guid=None)

    with bench.parts.database.read() as connection:
        (one,) = labels.suggested(connection, "news", 10)
    assert (one.text, one.attributes, one.language, one.actor) == ("Buy shoes", {"spam": True}, None, "blog")


def test_an_erased_comment_is_found_no_more(bench: Bench) -> None:
    """Neither to decide it, nor to tell of it."""
    stored = bench.check()
    changes.erase(bench.parts, "news", stored.id, clock.now())

    submit(bench.service, asked(), clock.now(), spam=True, reporter=None, guid=stored.id)

    assert bench.told() == []
    assert bench.service.get("news", stored.id).erased_at is not None


def test_nobody_reaches_another_sites_comments(bench: Bench) -> None:
    """A submission with another site's key finds nothing of this one."""
    stored = bench.check()
    make_site(bench.parts.database, "other")
    theirs = replace(asked(), key=replace(KEY, site_id="other", scopes=frozenset(Scope)))

    submit(bench.service, theirs, clock.now(), spam=True, reporter=None, guid=stored.id)

    assert bench.service.get("news", stored.id).status is Status.PENDING
