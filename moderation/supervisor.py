"""Runs the parts of the service as child processes: starts them, starts again what dies, stops them all.

Every child leads a process group of its own, so that whatever it started ends with it; on Linux the kernel
ends the children when this process itself is killed.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import FrameType

import structlog

from moderation import clock

STOP_SECONDS = 7.0
"""How long children may take to stop before they are killed."""
RESTART_PAUSES = (0.2, 1.0, 3.0, 10.0)
"""Pauses before a part is started again, growing while it dies within `STEADY_SECONDS`."""
STEADY_SECONDS = 30.0
PR_SET_PDEATHSIG = 1
PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
"""Looked up here, because a fork of a program with threads must not take the loader's locks."""
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
    """A part and its process; after a death `again_at` says when it is started again."""

    part: Part
    process: subprocess.Popen[bytes]
    started_at: float
    deaths: int = 0
    again_at: float | None = None


class Supervisor:
    """Keeps parts running until it is told to stop; all methods belong to the main thread."""

    def __init__(self) -> None:
        """Start with no children."""
        self._children: list[Child] = []
        self._stopping = False

    def start(self, part: Part) -> None:
        """Start a part; `OSError` if its program cannot be started."""
        self._children.append(Child(part, _spawn(part), clock.monotonic()))

    def stop_on_signals(self) -> None:
        """Take SIGINT, SIGTERM and, unless it is ignored (nohup), SIGHUP as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._wish_to_stop)

    @property
    def stopping(self) -> bool:
        """Whether the wish to stop was heard."""
        return self._stopping

    def wait(self, seconds: float) -> bool:
        """Wait up to `seconds`, at least `POLL_SECONDS`, for the wish to stop; return whether it came.

        Meanwhile what dies is started again.
        """
        until = clock.monotonic() + seconds
        while not self._stopping:
            time.sleep(POLL_SECONDS)
            for child in self._children:
                self._look_after(child)
            if clock.monotonic() >= until:
                break
        return self._stopping

    def run(self) -> None:
        """Keep the parts running until the wish to stop comes."""
        while not self.wait(STEADY_SECONDS):
            pass

    def stop(self) -> None:
        """Stop all children, last started first asked; kill what does not stop in time."""
        running = [child for child in self._children if child.again_at is None]
        self._children.clear()
        for child in reversed(running):
            _signal(child.process, signal.SIGTERM, whole_group=False)
        until = clock.monotonic() + STOP_SECONDS
        killed = []
        for child in running:
            try:
                child.process.wait(max(0.0, until - clock.monotonic()))
            except subprocess.TimeoutExpired:
                killed.append(child.part.name)
            _signal(child.process, signal.SIGKILL, whole_group=True)
            child.process.wait()
        if killed:
            log.warning("parts_killed", parts=killed)

    def _wish_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        # A plain flag: an Event's lock may be held by the very thread that this handler interrupts.
        self._stopping = True

    def _look_after(self, child: Child) -> None:
        now = clock.monotonic()
        if child.again_at is None:
            if child.process.poll() is None:
                return
            _signal(child.process, signal.SIGKILL, whole_group=True)
            lived = now - child.started_at
            child.deaths = 0 if lived > STEADY_SECONDS else child.deaths + 1
            self._rest(child, now, status=child.process.returncode)
        elif now >= child.again_at and not self._stopping:
            try:
                child.process = _spawn(child.part)
            except OSError as error:  # no memory, no process number: later there may be
                child.deaths += 1
                self._rest(child, now, error=error.strerror)
            else:
                child.started_at, child.again_at = now, None

    def _rest(self, child: Child, now: float, **why: object) -> None:
        pause = RESTART_PAUSES[min(child.deaths, len(RESTART_PAUSES) - 1)]
        child.again_at = now + pause
        log.warning("part_died", part=child.part.name, again_in=pause, **why)


def _spawn(part: Part) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603 - our own command lines
        list(part.command),
        stdin=subprocess.PIPE if part.stdin else subprocess.DEVNULL,
        stdout=sys.stderr,
        env={**os.environ, **part.environment},
        start_new_session=True,
        preexec_fn=None if PRCTL is None else partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - only system calls
    )
    if process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin as pipe:  # it died at once, which is found out soon
            pipe.write(part.stdin)
    return process


def die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGTERM when the thread that started this process ends; that of `parent` may have already."""
    if PRCTL is not None:
        PRCTL(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals, *, whole_group: bool) -> None:
    try:
        if whole_group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
    except ProcessLookupError:
        pass  # it is gone already
