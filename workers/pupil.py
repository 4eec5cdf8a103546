"""Runs `python -m workers.learning`, one at a time: models and fits take memory for seconds, and then none."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import cache, partial

import structlog

from moderation import clock
from moderation.commands import ONE_THREAD
from moderation.supervisor import PRCTL, die_with_parent

COMMAND = (sys.executable, "-m", "workers.learning")
SECONDS = 240.0
"""A process that learns for longer is ended; what it had put in force stays so."""
LOOK_SECONDS = 0.2
REST = 9.0
"""As many times as long as it learnt it rests, so that a site whose moderators never pause costs a tenth of a core."""
REST_AFTER_FAILURE = 30.0

log = structlog.get_logger()


class Pupil:
    """What one process learns; its methods may be called from several threads."""

    def __init__(self, command: Sequence[str] = COMMAND, seconds: float = SECONDS) -> None:
        """Learn with `command`, which has so many `seconds`."""
        self._command = command
        self._seconds = seconds
        self._busy = threading.Lock()
        self._stopping = threading.Event()
        self._rests_until = clock.monotonic()

    @property
    def busy(self) -> bool:
        """Whether it is learning."""
        return self._busy.locked()

    def learn(self) -> bool:
        """Learn what is due and return whether that went well; False, too, while it learns already, rests or stops."""
        if self._stopping.is_set() or not self._busy.acquire(blocking=False):
            return False
        try:
            started = clock.monotonic()
            if started < self._rests_until:
                return False
            status = self._run(started + self._seconds)
            spent = clock.monotonic() - started
            self._rests_until = started + spent + max(REST * spent, REST_AFTER_FAILURE if status else 0.0)
            if status:
                log.warning("learning_ended", status=status, seconds=round(spent, 1))
            return status == 0
        finally:
            self._busy.release()

    def stop(self) -> None:
        """End what is being learnt; it is due again later."""
        self._stopping.set()

    def _run(self, until: float) -> int:
        """Run the command until it ends, must stop or its time is over, and return its exit status."""
        with subprocess.Popen(  # noqa: S603 - our own command
            self._command,
            env={**os.environ, **ONE_THREAD},
            preexec_fn=None if PRCTL is None else partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - only system calls
        ) as child:
            while child.poll() is None:
                if self._stopping.wait(LOOK_SECONDS) or clock.monotonic() > until:
                    child.kill()
                    break
        return child.returncode


@cache
def current() -> Pupil:
    """Return the pupil of this process."""
    return Pupil()
