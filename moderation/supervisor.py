"""Runs the parts of the service as child processes: starts them, starts again what dies, stops them all.

Every child leads a process group of its own, so that whatever it started ends with it; on Linux the kernel
ends the children when this process itself is killed.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from moderation import clock

STOP_SECONDS = 7.0
"""How long children may take to stop before they are killed."""
RESTART_PAUSES = (0.2, 1.0, 3.0, 10.0)
"""Pauses before a part is started again, growing while it dies within `STEADY_SECONDS`."""
STEADY_SECONDS = 30.0
PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.1

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """A child process: its name, command line, additional environment and what is written to its stdin."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    stdin: bytes = b""


@dataclass(slots=True)
class Child:
    """A running part, when it started, and how often it died soon after."""

    part: Part
    process: subprocess.Popen[bytes]
    started_at: float
    deaths: int = 0


class Supervisor:
    """Keeps parts running until it is told to stop."""

    def __init__(self) -> None:
        """Start with no children."""
        self._children: list[Child] = []
        self._stop = threading.Event()

    def start(self, part: Part) -> None:
        """Start a part."""
        self._children.append(Child(part, _spawn(part), clock.monotonic()))

    def stop_on_signals(self) -> None:
        """Take SIGINT and SIGTERM as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stop.set())

    @property
    def stopping(self) -> bool:
        """Whether the wish to stop was heard."""
        return self._stop.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds` for the wish to stop, starting again what died; return whether it came."""
        until = clock.monotonic() + seconds
        while not self._stop.wait(POLL_SECONDS):
            for child in self._children:
                if child.process.poll() is not None:
                    self._restart(child)
            if clock.monotonic() >= until:
                return False
        return True

    def run(self) -> None:
        """Keep the parts running until the wish to stop comes."""
        while not self.wait(STEADY_SECONDS):
            pass

    def stop(self) -> None:
        """Stop all children, last started first asked; kill what does not stop in time."""
        for child in reversed(self._children):
            _signal(child.process, signal.SIGTERM, whole_group=False)
        until = clock.monotonic() + STOP_SECONDS
        for child in self._children:
            try:
                child.process.wait(max(0.0, until - clock.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("part_killed", part=child.part.name)
            _signal(child.process, signal.SIGKILL, whole_group=True)
            child.process.wait()

    def _restart(self, child: Child) -> None:
        lived = clock.monotonic() - child.started_at
        child.deaths = 0 if lived > STEADY_SECONDS else child.deaths + 1
        pause = RESTART_PAUSES[min(child.deaths, len(RESTART_PAUSES) - 1)]
        log.warning("part_died", part=child.part.name, status=child.process.returncode, again_in=pause)
        _signal(child.process, signal.SIGKILL, whole_group=True)
        if not self._stop.wait(pause):
            child.process = _spawn(child.part)
            child.started_at = clock.monotonic()


def _spawn(part: Part) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 - our own command lines
        list(part.command),
        stdin=subprocess.PIPE if part.stdin else subprocess.DEVNULL,
        stdout=sys.stderr,
        env={**os.environ, **part.environment},
        start_new_session=True,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - only a system call
    )
    if process.stdin is not None:
        process.stdin.write(part.stdin)
        process.stdin.close()
    return process


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals, *, whole_group: bool) -> None:
    try:
        if whole_group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
    except ProcessLookupError:
        pass  # it is gone already
