"""The Celery tasks: take, call, save. Their names are in `moderation/queue.py`, since the web part rings for them."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps

import structlog

from moderation import address_rotation, clock, retention
from moderation.queue import TASKS, Bell
from moderation.storage import deliveries, delivery_log, idempotency, labels, work
from workers import courier, drain, process, pupil
from workers.app import SWEEP, TIDY, app
from workers.process import Process

ANSWERS_LIVE = timedelta(days=1)
FORGOTTEN_AT_ONCE = 5000
PAUSE_SECONDS = 0.02
"""Between batches of what sites keep for a time only: SQLite lets one write at a time, and comments go first."""
TIDYING_SECONDS = 60.0
"""What is left then is forgotten the next time."""

log = structlog.get_logger()


def _task(name: str) -> Callable[[Callable[[Process], None]], Callable[[], None]]:
    """Make a task of what is to be done with this process's parts; its errors are logged without their messages."""

    def make(run: Callable[[Process], None]) -> Callable[[], None]:
        @wraps(run)
        def task() -> None:
            try:
                run(process.current())
            except Exception as error:  # Celery would log what it says, which could quote a comment
                log.exception("task_failed", task=name, error=type(error).__name__)

        app.task(name=name)(task)
        return task

    return make


@_task(TASKS[Bell.SCORING])
def score_waiting(here: Process) -> None:
    """Score and settle stored comments until none waits."""
    here.parts.queue.heard(Bell.SCORING)
    drain.drain(here)


@_task(TASKS[Bell.INTERACTIVE])
def score_asked(here: Process) -> None:
    """Score what somebody waits for."""
    here.parts.queue.heard(Bell.INTERACTIVE)
    drain.answer_asked(here)


@_task(TASKS[Bell.COURIER])
def deliver_due(here: Process) -> None:
    """Send the deliveries whose time has come."""
    here.parts.queue.heard(Bell.COURIER)
    courier.current().deliver()


@_task(TASKS[Bell.LEARNING])
def learn_due(here: Process) -> None:
    """Learn from what moderators decided, in a process of its own."""
    here.parts.queue.heard(Bell.LEARNING)
    pupil.current().learn()


@_task(SWEEP)
def sweep(here: Process) -> None:
    """Ring for work whose ring was lost, whose lease ran out or whose next try is due."""
    now = clock.now()
    with here.parts.database.read() as connection:
        scoring, courier_due = work.is_due(connection, now), deliveries.is_due(connection, now)
        learning = labels.any_due(connection, now - timedelta(seconds=here.settings.learn_seconds), now)
    if scoring:
        here.parts.queue.ring(Bell.SCORING)
    if courier_due:
        here.parts.queue.ring(Bell.COURIER)
    if learning:
        here.parts.queue.ring(Bell.LEARNING)


@_task(TIDY)
def tidy(here: Process) -> None:
    """Forget what has outlived its use."""
    with here.parts.database.write() as connection:
        idempotency.forget_answers(connection, clock.now() - ANSWERS_LIVE)
    until = clock.monotonic() + TIDYING_SECONDS

    def go_on() -> bool:
        time.sleep(PAUSE_SECONDS)
        return clock.monotonic() < until

    address_rotation.rotate_due(here.parts.database, here.settings.address_key_days, clock.now(), go_on)
    retention.forget_due(here.parts, clock.now(), go_on)
    for state, life in retention.DELIVERED.items():
        forgotten = FORGOTTEN_AT_ONCE
        while forgotten == FORGOTTEN_AT_ONCE and clock.monotonic() < until:
            with here.parts.database.write() as connection:
                forgotten = delivery_log.forget(connection, state, clock.now() - life, FORGOTTEN_AT_ONCE)
