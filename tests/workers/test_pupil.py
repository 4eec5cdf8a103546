"""The process that learns: started, waited for, ended."""

import sys
import threading
from pathlib import Path

import psutil
import pytest

from tests.waiting import until
from workers import pupil
from workers.pupil import Pupil

FOREVER = (sys.executable, "-c", "import threading; threading.Event().wait()")


def ending_with(status: int) -> Pupil:
    """Return a pupil whose process ends at once."""
    return Pupil((sys.executable, "-c", f"raise SystemExit({status})"))


@pytest.mark.parametrize(("status", "well"), [(0, True), (3, False)])
def test_it_says_how_learning_ended(status: int, *, well: bool) -> None:
    """A process that fails leaves what was due, which is tried again."""
    assert ending_with(status).learn() is well


@pytest.mark.parametrize("status", [0, 3])
def test_it_rests_after_learning(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    """Decisions that never pause, and failures that repeat, do not keep a core busy."""
    now, runs = 100.0, 0

    def run(_until: float) -> int:
        nonlocal now, runs
        now, runs = now + 2.0, runs + 1
        return status

    monkeypatch.setattr("moderation.clock.monotonic", lambda: now)
    learner = Pupil()
    monkeypatch.setattr(learner, "_run", run)
    learner.learn()
    now += (pupil.REST_AFTER_FAILURE if status else 2.0 * pupil.REST) - 0.1
    learner.learn()
    assert runs == 1
    now += 0.2
    learner.learn()
    assert runs == 2


def test_one_learns_at_a_time_and_ends_when_told() -> None:
    """A second ring finds it busy; a worker that stops does not wait for it, and begins nothing more."""
    learner = Pupil(FOREVER)
    ended: list[bool] = []
    thread = threading.Thread(target=lambda: ended.append(learner.learn()))
    thread.start()
    until(lambda: learner.busy, "the first to begin")
    assert not learner.learn()

    learner.stop()
    thread.join(5)
    assert ended == [False]
    assert not learner.learn()


def test_what_hangs_is_ended() -> None:
    """It has a time limit, as everything that is waited for."""
    assert not Pupil(FOREVER, seconds=0.3).learn()


def test_it_does_not_outlive_a_courier_that_is_killed(tmp_path: Path) -> None:
    """No process is left of a service that was ended without a word."""
    told = tmp_path / "pid"
    writes = f"import os, pathlib; pathlib.Path({str(told)!r}).write_text(str(os.getpid()))"
    command = (sys.executable, "-c", f"{writes}; import threading; threading.Event().wait()")
    courier = psutil.Popen([sys.executable, "-c", f"from workers.pupil import Pupil; Pupil({command!r}).learn()"])
    until(lambda: told.exists() and told.read_text(), "the process that learns")
    child = psutil.Process(int(told.read_text()))

    courier.kill()
    courier.wait()
    until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "it to end")
