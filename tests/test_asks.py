"""Texts that only want scores, on a real Valkey."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from moderation import asks as module
from moderation import clock
from moderation.asks import GLANCES, LATELY, Ask, Asks, Beside
from moderation.errors import UnavailableError
from moderation.queue import TASKS, Bell, Queue
from tests.whole.service import wait_until

NOBODY = "redis://127.0.0.1:1/0"
"""Where no Redis is."""
PATIENCE = 15.0


@pytest.fixture
def queue(redis_url: str) -> Queue:
    """Give a queue on an empty Valkey."""
    made = Queue(redis_url)
    made.redis.flushall()
    return made


@pytest.fixture
def asks(queue: Queue) -> Asks:
    """Give the asks of that queue."""
    return Asks(queue)


def take_one(asks: Asks) -> Ask:
    """Return the one ask that waits, once it does."""
    (ask,) = wait_until(lambda: asks.take(10), seconds=PATIENCE, what="an ask")
    return ask


def leave(queue: Queue, asks: Asks, *left: Ask) -> None:
    """Have asks waiting as if their callers were still there."""
    assert asks.ask(left, 0.001) == [None] * len(left)
    for ask in left:
        queue.redis.set(f"moderation:ask:{ask.id}", json.dumps({"texts": ask.texts, "language": ask.language}))


def test_an_ask_is_answered(queue: Queue, asks: Asks) -> None:
    """Texts reach a worker as they were handed in, and its answer reaches who asked."""
    ask = Ask("a-1", ["Grüße 👋", "zwei"], "de")
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(asks.ask, [ask], 10)
        taken = take_one(asks)
        asks.answer({taken.id: {"results": [1, 2]}})

        assert taken == ask
        assert answer.result(10) == [{"results": [1, 2]}]
    wait_until(lambda: queue.redis.llen(Bell.INTERACTIVE), seconds=PATIENCE, what="the ring")
    message = queue.redis.lindex(Bell.INTERACTIVE, 0)
    assert json.loads(str(message))["headers"]["task"] == TASKS[Bell.INTERACTIVE]


def test_a_glance_waits_in_a_line_of_its_own(queue: Queue, asks: Asks) -> None:
    """Whoever takes glances gets no other asks, and the other way round; nobody else is rung for."""
    ask = Ask("a-1", ["pills"], beside=Beside("Kim"), glance=True)
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(asks.ask, [ask], 10)
        wait_until(lambda: queue.redis.llen(GLANCES), seconds=PATIENCE, what="the ask")

        assert asks.take(10) == []
        assert asks.take_glance(1) == ask
        asks.answer({ask.id: {"results": [1]}})
        assert answer.result(10) == [{"results": [1]}]
    leave(queue, asks, Ask("a-2", ["Hi"]))
    assert asks.take_glance(0.05) is None
    assert [one.id for one in asks.take(10)] == ["a-2"]


def test_a_glance_whose_caller_has_gone_is_dropped(queue: Queue, asks: Asks) -> None:
    """Nothing of its text is left then."""
    assert asks.ask([Ask("a-1", ["pills"], glance=True)], 0.001) == [None]

    wait_until(lambda: not queue.redis.exists("moderation:ask:a-1"), seconds=PATIENCE, what="the end of the text")
    assert asks.take_glance(1) is None


def test_each_of_several_asks_has_its_own_answer(asks: Asks) -> None:
    """Answers are told apart whatever their order; one that does not come leaves the others as they are."""
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(asks.ask, [Ask(f"a-{n}", [str(n)]) for n in range(3)], 1)
        taken: list[Ask] = []
        while len(taken) < 3:
            taken += wait_until(lambda: asks.take(10), seconds=PATIENCE, what="the asks")
        for ask in reversed(taken):
            if ask.id != "a-1":
                asks.answer({ask.id: {"results": list(ask.texts)}})

        assert answer.result(10) == [{"results": ["0"]}, None, {"results": ["2"]}]


def test_nothing_of_an_ask_stays(queue: Queue, asks: Asks) -> None:
    """Once an ask is taken and answered its text is nowhere in Redis."""
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(asks.ask, [Ask("a-1", ["canary"])], 10)
        asks.answer({take_one(asks).id: {}})
        answer.result(10)

    left = queue.redis.keys("*ask*")
    assert left == [LATELY]
    assert queue.redis.get(LATELY) == "1"


def test_an_ask_that_nobody_answers_ends_in_time(asks: Asks) -> None:
    """Who asks waits no longer than it said."""
    started = clock.monotonic()

    assert asks.ask([Ask("a-1", ["one"]), Ask("a-2", ["two"])], 0.1) == [None, None]

    assert clock.monotonic() - started < 2


def test_an_ask_whose_caller_has_gone_is_not_taken(queue: Queue, asks: Asks) -> None:
    """A worker that comes late spends nothing on what nobody waits for."""
    asks.ask([Ask("a-1", ["one"])], 0.1)
    wait_until(lambda: not queue.redis.exists("moderation:ask:a-1"), seconds=PATIENCE, what="the end of the ask")

    assert asks.take(10) == []


def test_a_line_has_a_limit(queue: Queue, asks: Asks, monkeypatch: pytest.MonkeyPatch) -> None:
    """While no worker takes any, the oldest make room."""
    monkeypatch.setattr(module, "LINE_AT_MOST", 2)
    leave(queue, asks, *(Ask(f"a-{number}", ["one"]) for number in range(3)))

    assert [ask.id for ask in asks.take(10)] == ["a-1", "a-2"]


def test_asks_are_taken_in_their_order(queue: Queue, asks: Asks) -> None:
    """Who asked first is served first, and no ask is taken twice."""
    leave(queue, asks, *(Ask(f"a-{number}", ["one"]) for number in range(3)))

    assert [ask.id for ask in asks.take(2)] == ["a-0", "a-1"]
    assert [ask.id for ask in asks.take(2)] == ["a-2"]


def test_urgent_asks_go_before_patient_ones(queue: Queue, asks: Asks) -> None:
    """A long list of texts that came first keeps nobody waiting who asks for one, and is not scored with it."""
    leave(queue, asks, Ask("long", ["one"] * 16, patient=True), Ask("short", ["two"]))

    assert [ask.id for ask in asks.take(32)] == ["short"]
    assert [(ask.id, ask.patient) for ask in asks.take(32)] == [("long", True)]


def test_it_is_known_that_somebody_asks(queue: Queue, asks: Asks) -> None:
    """For a moment after an urgent ask, not after a patient one."""
    leave(queue, asks, Ask("long", ["one"], patient=True))
    assert not asks.lately()
    leave(queue, asks, Ask("short", ["one"]))
    assert asks.lately()
    wait_until(lambda: not asks.lately(), seconds=PATIENCE, what="the moment to be over")


def test_what_is_taken_at_once_is_bounded_by_its_characters(queue: Queue, asks: Asks) -> None:
    """A few very long texts are as much work as many short ones."""
    text = "x" * (module.CHARACTERS_AT_MOST // 2)
    leave(queue, asks, *(Ask(f"a-{number}", [text]) for number in range(3)))

    assert [ask.id for ask in asks.take(32)] == ["a-0", "a-1"]


def test_asking_without_redis_is_unavailable() -> None:
    """Without Redis there are no scores, and no wait for them."""
    with pytest.raises(UnavailableError, match="Redis does not answer"):
        Asks(Queue(NOBODY)).ask([Ask("a-1", ["one"])], 10)


def test_asking_for_nothing_asks_nobody(asks: Asks) -> None:
    """No ask is answered by no answer, at once."""
    nothing: Sequence[Mapping[str, Any] | None] = asks.ask([], 10)

    assert nothing == []
