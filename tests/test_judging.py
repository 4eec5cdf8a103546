"""Comments that other APIs' clients want judged: kept or only looked at, in time or late; on both databases.

Long because kept and looked at, in time and late are four ways with the same bench.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest

from moderation import clock, judging
from moderation.asks import Ask, Asks, Beside
from moderation.errors import UnavailableError
from moderation.judging import LOOKED_AT_MOST, Judged, judge, judge_again, keep
from moderation.model import ATTRIBUTES, Action, Author, Comment, Scope, Scored, Signals, Status, Thread
from moderation.pipeline import Parts
from moderation.policy_document import DialectsPolicy, Late, Policy, Threshold, WindowLimit, Word, WordsPolicy
from moderation.records import Key
from moderation.service import Service
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from tests.answering import MODELS, Answerer, answering, result
from tests.build import FREE, HARMLESS, TOXIC, make_parts, make_site, settle_all
from tests.committing import Gate
from tests.whole.service import wait_until

TAKES_IN = replace(FREE, dialects=DialectsPolicy(take_in=("coral",)))
KEY = Key("prefix", "news", "the site", frozenset(Scope))
PATIENCE = 10.0
SHORT = 0.2


@dataclass
class Bench:
    """A service with one site."""

    service: Service
    parts: Parts

    def judge(self, text: str = "A fine article, thank you", seconds: float = PATIENCE, **fields: object) -> Judged:
        """Have a comment of Coral's judged."""
        comment = replace(Comment(text, Thread("t1"), Author(id="kim")), **fields)  # type: ignore[arg-type]
        return judge(self.service, "news", comment, seconds, dialect="coral")

    @property
    def stored(self) -> list[str]:
        """The texts of what the site holds."""
        page, _ = self.service.find("news", Filter(), limit=100, before_id=None)
        return [one.text for one in page]


@pytest.fixture
def bench(database: Database, redis_url: str, settings: Settings) -> Bench:
    """Give a service on an empty database and Valkey; its site `news` is still to be made."""
    parts = make_parts(database, redis_url)
    return Bench(Service(parts, settings), parts)


@pytest.fixture
def worker(bench: Bench) -> Iterator[Answerer]:
    """Give a stand-in for the workers that answer asks."""
    with answering(bench.parts.queue) as answerer:
        yield answerer


@contextmanager
def settling(bench: Bench, scored: Scored) -> Iterator[None]:
    """Settle stored comments as a worker would, for the length of a `with` block."""
    over = threading.Event()
    site = bench.service.site("news")

    def run() -> None:
        while not over.wait(0.01):
            settle_all(bench.parts, site, scored, clock.now())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def codes(judged: Judged) -> list[str]:
    """Return the codes of a decision's reasons."""
    return [reason.code for reason in judged.decision.reasons]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("text", "action", "code"), [("you idiot", "hold", "insult"), ("thank you", "approve", "below_thresholds")]
)
def test_a_comment_is_looked_at_and_not_kept(bench: Bench, text: str, action: str, code: str) -> None:
    """Scores and policy decide as for any comment, and nothing of it is stored."""
    make_site(bench.parts.database)

    judged = bench.judge(text)

    assert (judged.decision.action, judged.comment, judged.late) == (Action(action), None, False)
    assert code in codes(judged)
    assert judged.scored.scores["insult"] is not None
    assert bench.stored == []


def test_what_a_word_rejects_needs_no_scores(bench: Bench) -> None:
    """The answer is there at once, with no worker at all."""
    make_site(bench.parts.database, policy=replace(FREE, words=WordsPolicy(banned=(Word("grumkin"),))))

    judged = bench.judge("A grumkin")

    assert (judged.decision.action, codes(judged), judged.late) == (Action.REJECT, ["banned_word"], False)


def test_author_and_signals_weigh_in_the_scores(bench: Bench, worker: Answerer) -> None:
    """A worker hears of a comment that is not kept what it would know of a stored one."""
    make_site(bench.parts.database)

    bench.judge("Nice", author=Author(name="Cheap pills", url="https://pills.example"), signals=Signals("x", 40))
    bench.judge("Nice")

    assert [ask.beside for ask in worker.taken] == [Beside("Cheap pills", "https://pills.example", "x", 40), None]


@pytest.mark.parametrize(("late", "suspect", "action"), [
    ("open", False, "approve"), ("open", True, "approve"),
    ("hold", False, "hold"), ("hold", True, "hold"),
    ("rules-only", False, "approve"), ("rules-only", True, "hold"),
])  # fmt: skip
@pytest.mark.parametrize("taken_in", [False, True])
def test_what_is_late_is_decided_as_the_site_says(
    bench: Bench, late: str, action: str, *, suspect: bool, taken_in: bool
) -> None:
    """The answer says that there are no scores; a comment that was taken in waits for them all the same."""
    dialects = DialectsPolicy(take_in=("coral",) if taken_in else (), late=Late(late))
    make_site(
        bench.parts.database, policy=replace(FREE, dialects=dialects, words=WordsPolicy(suspect=(Word("grumkin"),)))
    )

    judged = bench.judge("A grumkin" if suspect else "Thank you", SHORT)

    assert (judged.decision.action, judged.late) == (Action(action), True)
    assert "unscored" in codes(judged)
    assert [one.status for one in [judged.comment] if one] == ([Status.PENDING] if taken_in else [])
    assert len(bench.stored) == taken_in


@pytest.mark.parametrize("taken_in", [False, True])
def test_a_glance_tells_spam_while_the_scores_are_late(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, *, taken_in: bool
) -> None:
    """Nobody scores, but the spam score alone is had: the answer comes in time, with it."""
    monkeypatch.setattr(judging, "GLANCE_SECONDS", PATIENCE)
    monkeypatch.setattr(judging, "GLANCE_SHARE", 1 - SHORT / PATIENCE)
    dialects = DialectsPolicy(take_in=("coral",) if taken_in else ())
    thresholds = {"spam": Threshold(0.8, 0.99)}
    make_site(bench.parts.database, policy=replace(FREE, dialects=dialects, thresholds=thresholds))  # type: ignore[arg-type]
    glance = {**result(), "scores": {**dict.fromkeys(ATTRIBUTES), "spam": 0.9}}

    def answer_glances() -> Ask | None:
        asks = Asks(bench.parts.queue)
        ask = asks.take_glance(PATIENCE)
        if ask is not None:
            asks.answer({ask.id: {"results": [glance], "models": MODELS, "versions": {}}})
        return ask

    with ThreadPoolExecutor(1) as glancing:
        taken = glancing.submit(answer_glances)
        judged = bench.judge("Cheap pills")
        ask = taken.result()

    assert ask is not None
    assert ask.texts == ["Cheap pills"]
    assert (judged.decision.action, judged.late) == (Action.HOLD, True)
    assert {"spam", "unscored"} <= set(codes(judged))
    assert judged.scored.scores["spam"] == 0.9
    assert [one.status for one in [judged.comment] if one] == ([Status.PENDING] if taken_in else [])


def test_a_comment_is_taken_in_if_the_site_says_so(bench: Bench) -> None:
    """It is stored and decided, and the answer is that decision, however long the comment is."""
    make_site(bench.parts.database, policy=TAKES_IN)
    text = "A fine article, thank you " * 30

    with settling(bench, TOXIC):
        judged = bench.judge(text)

    assert judged.comment is not None
    assert (judged.decision.action, judged.comment.status, judged.late) == (Action.HOLD, Status.HELD, False)
    assert judged.scored.scores["toxicity"] == 0.97
    assert bench.stored == [text]


def test_the_same_external_id_is_the_same_comment(bench: Bench) -> None:
    """A request that is sent again changes nothing and hears the decision again."""
    make_site(bench.parts.database, policy=TAKES_IN)

    with settling(bench, HARMLESS):
        first, again = (bench.judge(external_id="body-hash") for _ in range(2))

    assert first.comment is not None
    assert again.comment is not None
    assert again.comment.id == first.comment.id
    assert again.decision.action is Action.APPROVE
    assert len(bench.stored) == 1


def test_a_comment_that_was_taken_in_is_judged_again(bench: Bench) -> None:
    """While it waits the site's word for what is late holds; then its decision does."""
    make_site(bench.parts.database, policy=TAKES_IN)
    first = bench.judge(seconds=SHORT)
    assert first.comment is not None

    waits = judge_again(bench.service, first.comment, SHORT)
    with settling(bench, TOXIC):
        settled = judge_again(bench.service, first.comment, PATIENCE)

    assert [(one.decision.action, one.late) for one in (waits, settled)] == [
        (Action.APPROVE, True), (Action.HOLD, False)
    ]  # fmt: skip
    assert settled.scored.scores["toxicity"] == 0.97
    assert len(bench.stored) == 1


def test_limits_hold_for_what_is_taken_in(bench: Bench) -> None:
    """What a limit refuses is rejected and not stored."""
    make_site(bench.parts.database, policy=replace(TAKES_IN, limits=(WindowLimit("author", 1, 60),)))

    with settling(bench, HARMLESS):
        actions = [bench.judge(f"Comment {number}").decision.action for number in range(2)]

    assert actions == [Action.APPROVE, Action.REJECT]
    assert bench.stored == ["Comment 0"]


@pytest.mark.parametrize("policy", [FREE, TAKES_IN], ids=["looked at", "taken in"])
def test_there_is_nothing_against_an_empty_comment(bench: Bench, policy: Policy) -> None:
    """Sign-ups and photographs come without a text; nothing of them is stored."""
    make_site(bench.parts.database, policy=policy)

    judged = bench.judge(" \n")

    assert (judged.decision.action, codes(judged), bench.stored) == (Action.APPROVE, ["empty"], [])


@pytest.mark.parametrize("policy", [FREE, TAKES_IN], ids=["looked at", "taken in"])
def test_nobody_passes_by_being_too_long_to_be_read(bench: Bench, policy: Policy) -> None:
    """What is longer than can be looked at in time is for a person."""
    make_site(bench.parts.database, policy=policy)

    judged = bench.judge("x" * (LOOKED_AT_MOST + 1))

    assert (judged.decision.action, codes(judged), bench.stored) == (Action.HOLD, ["too_long"], [])


def test_a_database_that_hangs_makes_nobody_wait(bench: Bench) -> None:
    """Who wants to know by a deadline is refused by then."""
    make_site(bench.parts.database, policy=TAKES_IN)
    bench.service.site("news")
    gate = Gate(bench.parts.database)
    began = clock.monotonic()

    try:
        with pytest.raises(UnavailableError, match="too slow"):
            bench.judge(seconds=SHORT)
        assert clock.monotonic() - began < PATIENCE / 2
    finally:
        gate.opened.set()
    wait_until(lambda: bench.stored, seconds=PATIENCE, what="the comment that had been begun with")


def test_comments_are_kept_beside_their_scores(bench: Bench) -> None:
    """For APIs that ask for scores alone: if site and key allow it, and whatever was sent with them."""
    make_site(bench.parts.database, policy=TAKES_IN)
    sent = [Comment("One\0", Thread("\0", "u" * 5000)), Comment("Two", Thread("t")), Comment("", Thread("t"))]

    keep(bench.service, KEY, sent, dialect="perspective")
    keep(bench.service, replace(KEY, scopes=frozenset({Scope.SCORE})), sent, dialect="coral")
    assert bench.stored == []

    keep(bench.service, KEY, sent, dialect="coral")
    assert sorted(bench.stored) == ["One\ufffd", "Two"]
