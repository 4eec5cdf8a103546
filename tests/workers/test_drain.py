"""Scoring what waits: claimed, scored, settled; asks first; failures of one are no other's.

Long because each promise of draining has its own short test.
"""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from moderation import changes, clock
from moderation.asks import URGENT, Ask, Asks
from moderation.model import Action, DecidedBy, Decision, Status
from moderation.pipeline import overrule, receive
from moderation.policy import TRIES
from moderation.policy_document import Policy, Threshold
from moderation.queue import Bell
from moderation.records import StoredComment
from moderation.storage import comments, threads, work
from moderation.storage.database import Database
from tests.build import add_model, comment, make_parts, make_site, post, prepared
from tests.whole.service import wait_until
from tests.workers.fakes import TableScorers, make_process
from workers import drain
from workers.learning.serve import made_for
from workers.learning.vectors import BIAS, WIDTH
from workers.process import Process

TOXIC = 0.97


@pytest.fixture
def scorers() -> TableScorers:
    """Give scorers that know a bad word."""
    return TableScorers({"zounds": TOXIC})


@pytest.fixture
def here(database: Database, redis_url: str, tmp_path: Path, scorers: TableScorers) -> Process:
    """Give a scoring process on an empty Redis and a database in which the site `news` is."""
    parts = make_parts(database, redis_url)
    make_site(database)
    return make_process(parts, tmp_path, scorers)


def hand_in(here: Process, *texts: str, site_id: str = "news") -> list[str]:
    """Store comments and return their ids."""
    site = here.sites.current(site_id)
    return [post(here.parts, site, comment(text), clock.now()).id for text in texts]


def read(here: Process, comment_id: str, site_id: str = "news") -> StoredComment:
    """Return a stored comment."""
    with here.parts.database.read() as connection:
        found = comments.get(connection, site_id, comment_id)
    assert found is not None
    return found


def claim_as_if_it_died(here: Process, times: int) -> None:
    """Claim what waits, as workers do that never come back, with leases that are over at once."""
    for _ in range(times):
        with here.parts.database.write() as connection:
            assert work.claim(connection, limit=100, lease=timedelta(microseconds=-1), now=clock.now())


def only(caller: Future[list[Mapping[str, Any] | None]]) -> Mapping[str, Any]:
    """Return the one answer that a caller of `ask` got."""
    (answer,) = caller.result(10)
    assert answer is not None
    return answer


def test_comments_are_scored_and_settled(here: Process, scorers: TableScorers) -> None:
    """What waits is scored in one batch, decided by its site's policy, and counted."""
    good, bad = hand_in(here, "A fine article indeed", "You zounds of an author")

    drain.drain(here)

    assert (read(here, good).status, read(here, bad).status) == (Status.APPROVED, Status.HELD)
    assert read(here, bad).scored.scores["toxicity"] == TOXIC
    assert read(here, bad).scored.models == {"toxicity": "table-1"}
    assert len(scorers.batches) == 1
    with here.parts.database.read() as connection:
        counts = threads.get_counts(connection, "news", ["t1"])["t1"]
    assert (counts.pending, counts.approved, counts.held) == (0, 1, 1)


def test_what_moderators_taught_corrects_the_scores(here: Process, scorers: TableScorers) -> None:
    """A comment is decided by the corrected score, and its models say whose."""
    row = np.zeros(WIDTH, dtype="<f4")
    row[-1] = 8 / BIAS
    weights = np.array([row, row]).tobytes()
    add_model(here.parts.database, made_for=made_for(scorers.models), weights=weights)
    made = hand_in(here, "Buy my shoes")[0]

    drain.drain(here)

    found = read(here, made)
    assert found.status is Status.HELD
    assert found.decision
    assert "before this site's decisions" in found.decision.reasons[0].detail
    assert found.scored.models["spam"].endswith("+spam-1")


def test_what_moderators_taught_corrects_asks_of_their_site(here: Process, scorers: TableScorers) -> None:
    """A text that is not kept is scored as a comment of the site would be; without a site it is scored as shipped."""
    row = np.zeros(WIDTH, dtype="<f4")
    row[-1] = 8 / BIAS
    add_model(here.parts.database, made_for=made_for(scorers.models), weights=np.array([row, row]).tobytes())
    asks = [Ask("a-1", ["Buy my shoes"], site="news"), Ask("a-2", ["Buy my shoes"])]
    with ThreadPoolExecutor() as callers:
        answers = callers.submit(Asks(here.parts.queue).ask, asks, 10)
        wait_until(lambda: drain.answer_asked(here) and answers.done(), seconds=10, what="both answers")

    own, shipped = answers.result()
    assert own
    assert shipped
    assert own["results"][0]["scores"]["spam"] > 0.8
    assert shipped["results"][0]["scores"]["spam"] < 0.1
    assert (own["versions"], shipped["versions"]) == ({"spam": 1}, {})


def test_many_comments_are_scored_in_batches(here: Process, scorers: TableScorers) -> None:
    """One task goes on until nothing waits; a full batch wakes another process and tells the pace."""
    site = here.sites.current("news")
    group = [
        prepared(here.parts, site, comment(f"Comment number {n} of very many"), clock.now())
        for n in range(drain.BATCH + 8)
    ]
    receive(here.parts, site, group, clock.now())
    here.parts.queue.redis.flushall()

    drain.drain(here)

    assert sorted(len(batch) for batch in scorers.batches) == [8, drain.BATCH]
    pace = here.parts.queue.pace()
    assert pace is not None
    assert pace > 1
    wait_until(lambda: here.parts.queue.redis.llen(Bell.SCORING.value), seconds=10, what="the ring for the others")


def test_who_asks_waits_for_few_stored_comments(here: Process, scorers: TableScorers) -> None:
    """While asks come, stored comments are scored a few at a time, and what was asked meanwhile comes next."""
    site, asks = here.sites.current("news"), Asks(here.parts.queue)
    texts = [f"Comment number {number} of very many" for number in range(2 * drain.TURN)]
    receive(here.parts, site, [prepared(here.parts, site, comment(text), clock.now()) for text in texts], clock.now())
    assert asks.ask([Ask("a-1", ["one"])], 0.001) == [None]
    with ThreadPoolExecutor(1) as caller:
        answers: list[Future[list[Mapping[str, Any] | None]]] = []

        def ask_once() -> None:
            if not answers and scorers.batches[-1] != ["one"]:
                answers.append(caller.submit(asks.ask, [Ask("a-2", ["meanwhile"])], 10))
                wait_until(lambda: here.parts.queue.redis.llen(URGENT), seconds=10, what="the ask")

        scorers.before = ask_once
        drain.drain(here)
        answer = only(answers[0])

    assert answer["results"][0]["scores"]["toxicity"] == 0.01
    batches = [batch for batch in scorers.batches if batch != ["one"]]
    assert [len(batch) for batch in batches] == [drain.TURN, 1, drain.TURN]
    assert batches[1] == ["meanwhile"]


def test_a_batch_may_hold_several_sites(here: Process) -> None:
    """Each comment of a batch is decided by the policy of its own site."""
    strict = Policy(limits=(), thresholds={"toxicity": Threshold(hold=0.5, reject=0.9)})
    make_site(here.parts.database, "strict", strict)
    (held,) = hand_in(here, "You zounds of an author")
    (rejected,) = hand_in(here, "You zounds of an author", site_id="strict")

    drain.drain(here)

    assert read(here, held).status is Status.HELD
    assert read(here, rejected, "strict").status is Status.REJECTED


def test_asks_go_before_stored_comments(here: Process, scorers: TableScorers) -> None:
    """What somebody waits for is answered before a batch of stored comments is claimed."""
    hand_in(here, "A stored comment that nobody waits for")
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(Asks(here.parts.queue).ask, [Ask("a-1", ["An ask", "You zounds"], "en")], 10)
        wait_until(lambda: here.parts.queue.redis.llen("moderation:asked"), seconds=10, what="the ask")
        drain.drain(here)
        document = only(answer)

    assert scorers.batches == [["An ask", "You zounds"], ["A stored comment that nobody waits for"]]
    assert [one["scores"]["toxicity"] for one in document["results"]] == [0.01, TOXIC]
    assert document["results"][0]["scores"]["sexual_explicit"] == 0.01
    assert document["results"][0]["language"] == {"code": "en", "confidence": 1.0}
    assert document["models"] == {"toxicity": "table-1"}


def test_an_ask_that_cannot_be_scored_spoils_no_other(here: Process, scorers: TableScorers) -> None:
    """Asks are scored together; the text that raises has no result, the others have theirs."""
    scorers.table = {"canary": ValueError("canary"), "zounds": TOXIC}
    asks = [Ask("a-1", ["good", "canary"], None), Ask("a-2", ["zounds"], None)]
    with ThreadPoolExecutor(2) as callers:
        failed, answered = (callers.submit(Asks(here.parts.queue).ask, [ask], 10) for ask in asks)
        wait_until(lambda: here.parts.queue.redis.llen("moderation:asked") == 2, seconds=10, what="the asks")
        drain.answer_asked(here)

        assert [one and one["scores"]["toxicity"] for one in only(failed)["results"]] == [0.01, None]
        assert [one["scores"]["toxicity"] for one in only(answered)["results"]] == [TOXIC]


def test_many_asks_are_not_one_batch(here: Process, scorers: TableScorers) -> None:
    """A batch is bounded by its texts, so that the first caller need not wait for the last one's texts."""
    texts = [f"Text {n}" for n in range(drain.BATCH)]
    with ThreadPoolExecutor(3) as callers:
        answers = [callers.submit(Asks(here.parts.queue).ask, [Ask(f"a-{n}", texts, None)], 10) for n in range(3)]
        wait_until(lambda: here.parts.queue.redis.llen("moderation:asked") == 3, seconds=10, what="the asks")
        drain.answer_asked(here)
        for answer in answers:
            answer.result(5)

    assert [len(batch) for batch in scorers.batches] == [drain.BATCH] * 3


def test_a_text_that_raises_spoils_no_other(here: Process, scorers: TableScorers) -> None:
    """The others of its batch are decided; it waits for its lease to run out and is tried again."""
    scorers.table = {"canary": ValueError("canary")}
    good, bad, other = hand_in(here, "A fine article indeed", "The canary of the three", "Another fine article")

    assert drain.score_batch(here)

    assert [read(here, one).status for one in (good, other)] == [Status.APPROVED] * 2
    waiting = read(here, bad)
    assert (waiting.status, waiting.attempts) == (Status.PENDING, 1)
    assert waiting.score_after is not None
    assert waiting.score_after > clock.now()


def test_a_comment_that_was_tried_too_often_is_held(here: Process, scorers: TableScorers) -> None:
    """What ended its worker three times is settled as unknown without another try, and the reason says so."""
    (stored,) = hand_in(here, "The text that nobody could score")
    claim_as_if_it_died(here, TRIES)

    drain.drain(here)

    held = read(here, stored)
    assert (held.status, held.scored.scores["toxicity"]) == (Status.HELD, None)
    assert held.decision is not None
    assert [reason.code for reason in held.decision.reasons] == ["unscored"]
    assert scorers.batches == []


def test_a_comment_that_was_tried_before_is_tried_alone(here: Process, scorers: TableScorers) -> None:
    """After a crash nobody knows which comment it was: each has a batch of its own, newer ones wait for that."""
    hand_in(here, "One of a batch that ended a worker", "Two of a batch that ended a worker")
    claim_as_if_it_died(here, 1)
    hand_in(here, "Three, which came later", "Four, which came later")

    drain.drain(here)

    assert [len(batch) for batch in scorers.batches] == [1, 1, 2]


def test_an_edit_while_it_was_scored_drops_the_old_scores(here: Process, scorers: TableScorers) -> None:
    """Scores of the old text decide nothing: the new one is scored by itself."""
    (stored,) = hand_in(here, "You zounds of an author")
    site = here.sites.current("news")

    def edit() -> None:
        scorers.before = lambda: None
        changes.edit(here.parts, site, stored, "A friendlier text than before", clock.now())

    scorers.before = edit
    assert drain.score_batch(here)
    assert read(here, stored).status is Status.PENDING

    drain.drain(here)

    assert read(here, stored).status is Status.APPROVED
    assert scorers.batches == [["You zounds of an author"], ["A friendlier text than before"]]


def test_a_decision_while_it_was_scored_stays(here: Process, scorers: TableScorers) -> None:
    """A person who was faster than the worker has the last word."""
    (stored,) = hand_in(here, "A fine article indeed")
    reject = Decision(Action.REJECT, DecidedBy.API, clock.now(), 1)

    def decide() -> None:
        overrule(here.parts, "news", stored, reject)

    scorers.before = decide
    drain.drain(here)

    assert read(here, stored).status is Status.REJECTED


def test_erased_while_it_was_scored_is_left_alone(here: Process, scorers: TableScorers) -> None:
    """Nothing is written to a comment that was erased in between."""
    (stored,) = hand_in(here, "A fine article indeed")

    def erase() -> None:
        changes.erase(here.parts, "news", stored, clock.now())

    scorers.before = erase
    drain.drain(here)

    assert read(here, stored).erased_at is not None
    assert read(here, stored).decision is None


def test_a_process_without_models_claims_nothing(here: Process) -> None:
    """Where no models are, comments keep their tries for a process that has them."""
    (stored,) = hand_in(here, "A fine article indeed")

    with pytest.raises(RuntimeError):
        drain.drain(replace(here, scorers=None))

    assert read(here, stored).attempts == 0


def test_comments_are_scored_while_redis_is_away(database: Database, tmp_path: Path) -> None:
    """The database holds the work: without Redis it is scored and settled all the same."""
    parts = make_parts(database, "redis://127.0.0.1:1/0")
    make_site(database)
    here = make_process(parts, tmp_path, TableScorers())
    (stored,) = hand_in(here, "A fine article indeed")

    drain.drain(here)

    assert read(here, stored).status is Status.APPROVED
