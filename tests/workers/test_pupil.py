"""The process that learns: started, waited for, ended."""

import sys
import threading

import pytest

from tests.waiting import until
from workers import pupil

FOREVER = (sys.executable, "-c", "import threading; threading.Event().wait()")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a pupil that nobody has told to stop."""
    monkeypatch.setattr(pupil, "_stopping", threading.Event())


@pytest.mark.parametrize(("status", "well"), [(0, True), (3, False)])
def test_it_says_how_learning_ended(monkeypatch: pytest.MonkeyPatch, status: int, *, well: bool) -> None:
    """A process that fails leaves what was due, which is tried again."""
    monkeypatch.setattr(pupil, "COMMAND", (sys.executable, "-c", f"raise SystemExit({status})"))

    assert pupil.learn() is well


def test_one_learns_at_a_time_and_ends_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second ring finds it busy; a worker that stops does not wait for it."""
    monkeypatch.setattr(pupil, "COMMAND", FOREVER)
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(pupil.learn()))
    thread.start()
    until(pupil._busy.locked, "the first to begin")  # noqa: SLF001 - nothing else tells
    assert not pupil.learn()

    pupil.stop()
    thread.join(5)
    assert ended == [False]


def test_what_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has a time limit, as everything that is waited for."""
    monkeypatch.setattr(pupil, "COMMAND", FOREVER)
    monkeypatch.setattr(pupil, "SECONDS", 0.3)

    assert not pupil.learn()
