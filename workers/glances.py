"""Answers those who can wait no longer with the scores that are quickly had, from a thread of its own.

So they are told something certain while the process is busy with long texts, or more waits than it can score.
"""

import threading

import structlog

from moderation.asks import Ask, Asks
from workers.drain import score_object
from workers.process import Process

LOOK_SECONDS = 5.0
REST_SECONDS = 1.0

log = structlog.get_logger()


def start(here: Process) -> None:
    """Answer glances until the process ends."""
    threading.Thread(target=answer_all, args=(here, threading.Event()), name="glances", daemon=True).start()


def answer_all(here: Process, over: threading.Event) -> None:
    """Answer glances until it is over; of failures in a row the first is logged."""
    failed = False
    while not over.is_set():
        try:
            answer(here)
            failed = False
        except Exception as error:  # noqa: BLE001 - whatever one ask raises, the next is answered
            if not failed:
                log.warning("glance_failed", error=type(error).__name__)
            failed = True
            over.wait(REST_SECONDS)


def answer(here: Process, seconds: float = LOOK_SECONDS) -> bool:
    """Wait up to `seconds` for one ask and answer it; return whether there was one."""
    asks = Asks(here.parts.queue)
    ask = asks.take_glance(seconds)
    if ask is not None:
        asks.answer({ask.id: _glance(here, ask)})
    return ask is not None


def _glance(here: Process, ask: Ask) -> dict[str, object]:
    from workers.scoring.text import of_asked

    if here.scorers is None:
        raise RuntimeError("This process has no models")
    scored = here.scorers.glance([of_asked(text, ask) for text in ask.texts])
    return {"results": [score_object(one) for one in scored], "models": dict(here.scorers.models), "versions": {}}
