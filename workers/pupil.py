"""Runs `python -m workers.learning`, one at a time: models and fits take memory for seconds, and then none."""

import os
import subprocess
import sys
import threading

import structlog

from moderation import clock
from moderation.commands import ONE_THREAD

COMMAND = (sys.executable, "-m", "workers.learning")
SECONDS = 240.0
"""A process that learns for longer is ended; what it had put in force stays so."""
LOOK_SECONDS = 0.2

log = structlog.get_logger()

_busy = threading.Lock()
_stopping = threading.Event()


def learn() -> bool:
    """Learn what is due and return whether that went well; False, too, if this process is at it already."""
    if not _busy.acquire(blocking=False):
        return False
    try:
        with subprocess.Popen(COMMAND, env={**os.environ, **ONE_THREAD}) as child:  # noqa: S603 - our own
            until = clock.monotonic() + SECONDS
            while child.poll() is None:
                if _stopping.wait(LOOK_SECONDS) or clock.monotonic() > until:
                    child.kill()
                    break
        if child.returncode != 0:
            log.warning("learning_ended", status=child.returncode)
        return child.returncode == 0
    finally:
        _busy.release()


def stop() -> None:
    """End what is being learnt; it is due again later."""
    _stopping.set()
