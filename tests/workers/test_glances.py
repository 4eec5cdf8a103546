"""Glances at what cannot be scored whole in time: on a real Valkey, with the thread that a scoring process starts."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from moderation.asks import Ask, Asks
from moderation.storage.database import Database
from tests.build import make_parts
from tests.workers.fakes import TableScorers, make_process
from workers import glances
from workers.process import Process

SPAM = 0.97
PATIENCE = 10.0


@pytest.fixture
def here(database: Database, redis_url: str, tmp_path: Path) -> Process:
    """Give a scoring process that knows one word of spam, and fails at another."""
    table = TableScorers({"pills": SPAM, "broken": RuntimeError("pills")})
    return make_process(make_parts(database, redis_url), tmp_path, table)


def test_whoever_can_wait_no_longer_has_the_spam_score(here: Process) -> None:
    """Nothing else is known, and nobody's decisions correct it."""
    with ThreadPoolExecutor(1) as caller:
        asked = caller.submit(Asks(here.parts.queue).ask, [Ask("a-1", ["pills"], glance=True)], PATIENCE)
        while not glances.answer(here, 0.1):
            assert not asked.done()
        (told,) = asked.result(PATIENCE)

    assert told is not None
    scores = told["results"][0]["scores"]
    assert {name: score for name, score in scores.items() if score is not None} == {"spam": SPAM}
    assert told["versions"] == {}


def test_a_text_on_which_it_fails_costs_no_other(here: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread goes on, its caller is told nothing, and no text is logged."""
    monkeypatch.setattr(glances, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(glances, "REST_SECONDS", 0.01)
    asks, over = Asks(here.parts.queue), threading.Event()
    with ThreadPoolExecutor(1) as thread, capture_logs() as logged:
        thread.submit(glances.answer_all, here, over)
        failed = asks.ask([Ask("a-1", ["broken"], glance=True)], 0.3)
        (told,) = asks.ask([Ask("a-2", ["pills"], glance=True)], PATIENCE)
        over.set()

    assert failed == [None]

    assert told is not None
    assert logged == [{"event": "glance_failed", "error": "RuntimeError", "log_level": "warning"}]
