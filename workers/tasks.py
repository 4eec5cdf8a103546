"""The Celery tasks: take, call, save. Their names are in `moderation/queue.py`, since the web part rings for them."""

from datetime import timedelta

from moderation import clock
from moderation.queue import TASKS, Bell
from moderation.storage import deliveries, idempotency, work
from workers import courier, drain, process
from workers.app import SWEEP, TIDY, app

ANSWERS_LIVE = timedelta(days=1)


@app.task(name=TASKS[Bell.SCORING])
def score_waiting() -> None:
    """Score and settle stored comments until none waits."""
    here = process.current()
    here.parts.queue.heard(Bell.SCORING)
    drain.drain(here)


@app.task(name=TASKS[Bell.INTERACTIVE])
def score_asked() -> None:
    """Score what somebody waits for."""
    here = process.current()
    here.parts.queue.heard(Bell.INTERACTIVE)
    drain.answer_asked(here)


@app.task(name=TASKS[Bell.COURIER])
def deliver_due() -> None:
    """Send the deliveries whose time has come."""
    here = process.current()
    here.parts.queue.heard(Bell.COURIER)
    courier.deliver(here)


@app.task(name=SWEEP)
def sweep() -> None:
    """Ring for work whose ring was lost, whose lease ran out or whose next try is due."""
    here = process.current()
    now = clock.now()
    with here.parts.database.read() as connection:
        scoring, courier_due = work.is_due(connection, now), deliveries.is_due(connection, now)
    if scoring:
        here.parts.queue.ring(Bell.SCORING)
    if courier_due:
        here.parts.queue.ring(Bell.COURIER)


@app.task(name=TIDY)
def tidy() -> None:
    """Forget what has outlived its use."""
    here = process.current()
    with here.parts.database.write() as connection:
        idempotency.forget_answers(connection, clock.now() - ANSWERS_LIVE)
