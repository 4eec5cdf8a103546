"""Start the service as its users do, talk to it, and see that nothing of it is left when it stops."""

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar
from uuid import uuid4

import httpx
import psutil

T = TypeVar("T")
COMMAND = str(Path(sys.executable).with_name("moderation"))
MARK = "WHOLE_TEST_SERVICE"
"""A variable that every process of one service inherits, so that none can hide in a session of its own."""
READY_SECONDS = 60.0
"""How long a start may take on a slow machine before the tests give up."""
STOP_SECONDS = 10.0
"""How long a stop may take; the service promises this."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that the kernel says is free."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until(check: Callable[[], T], *, seconds: float, what: str) -> T:
    """Return the first true value of `check`, asked again and again for `seconds`.

    Raises:
        TimeoutError: it never came true; the message says what was waited for.
    """
    end = time.monotonic() + seconds
    while True:
        if value := check():
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"gave up after {seconds:g} s waiting for {what}; last answer: {value!r}")
        time.sleep(0.05)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without any setting of the service, and with `extra`."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MODERATION_")}
    return {**clean, **(extra or {})}


def run(*arguments: str, data: Path, extra: Mapping[str, str] | None = None) -> str:
    """Run `moderation ARGUMENTS` on the data folder of a service and return what it printed on stdout."""
    settings = environment({"MODERATION_DATA": str(data), **(extra or {})})
    done = subprocess.run(  # noqa: PLW1510 - the message below says more
        [COMMAND, *arguments], env=settings, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, f"moderation {' '.join(arguments)}: {done.returncode}\n{done.stderr}"
    return done.stdout


def _read_line(stream: IO[bytes], process: subprocess.Popen[bytes], seconds: float) -> bytes:
    """Return the first line of `stream`; raise TimeoutError or EOFError when there is none."""
    end, line = time.monotonic() + seconds, b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            if not selector.select(max(0.0, end - time.monotonic())):
                raise TimeoutError(f"no line on stdout within {seconds:g} s, only {line!r}")
            byte = os.read(stream.fileno(), 1)
            if not byte:
                raise EOFError(f"stdout was closed, exit status {process.wait(STOP_SECONDS)}")
            line += byte
    return line


class Service:
    """A running `moderation up`: what it printed, its log, and its processes."""

    def __init__(self, data: Path, extra: Mapping[str, str] | None = None) -> None:
        """Start on `data` with `extra` settings, and return when the service says that it is ready."""
        self.data, self.extra = data, dict(extra or {})
        self.log = data.with_name(data.name + ".log")
        self._seen: dict[int, psutil.Process] = {}
        self._mark = uuid4().hex
        started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [COMMAND, "up", "--json", "--port", str(free_port()), "--data", str(data)],
                env=environment({**self.extra, MARK: self._mark}),
                stdout=subprocess.PIPE, stderr=log, start_new_session=True,
            )  # fmt: skip
        assert self.process.stdout is not None
        try:
            line = _read_line(self.process.stdout, self.process, READY_SECONDS)
        except (TimeoutError, EOFError) as error:
            self.kill()
            raise AssertionError(f"the service did not start: {error}\n{self.log_tail()}") from error
        self.ready: dict[str, Any] = json.loads(line)
        self.started_in = time.monotonic() - started
        self.url: str = self.ready["url"]
        self.key: str | None = self.ready["api_key"]

    def client(self, key: str | None = None, **options: Any) -> httpx.Client:
        """Return an HTTP client that sends `key`, or the key that the service printed."""
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, trust_env=False, **options)

    def run(self, *arguments: str) -> str:
        """Run `moderation ARGUMENTS` on this service's data and return what it printed on stdout."""
        return run(*arguments, data=self.data, extra=self.extra)

    def add_site(self, name: str) -> str:
        """Make another site and return its key."""
        key: str = json.loads(self.run("site", "add", name, "--json"))["api_key"]
        return key

    def processes(self) -> list[psutil.Process]:
        """Return every process of the service alive now: descendants, all that inherited its mark, any seen before."""
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(self.process.pid)
            self._seen.update((process.pid, process) for process in [root, *root.children(recursive=True)])
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.environ().get(MARK) == self._mark:
                    self._seen[process.pid] = process
        return [process for process in self._seen.values() if _alive(process)]

    def log_tail(self) -> str:
        """Return the end of what the service wrote on stderr, for the message of a failure."""
        return self.log.read_text(errors="replace")[-6000:]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Send `how`; see it end with status 0, no second line on stdout and no process left, all in time."""
        self.processes()
        assert self.process.poll() is None, f"the service had stopped by itself\n{self.log_tail()}"
        self.process.send_signal(how)
        end = time.monotonic() + STOP_SECONDS
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running {STOP_SECONDS:g} s after {how.name}\n{self.log_tail()}") from None
        rest = self.process.stdout.read() if self.process.stdout else b""
        while (left := self.processes()) and time.monotonic() < end:
            time.sleep(0.05)
        assert [(process.pid, process.name()) for process in left] == [], "processes were left behind"
        assert status == 0, f"exit status {status}\n{self.log_tail()}"
        assert rest == b"", "more than one line came on stdout"

    def kill(self) -> None:
        """End what is left of the service, whatever state it is in."""
        for process in self.processes():
            with suppress(psutil.Error):
                process.kill()
        self.process.wait(STOP_SECONDS)
        if self.process.stdout:
            self.process.stdout.close()


def _alive(process: psutil.Process) -> bool:
    """Tell whether `process` runs; a dead one that nobody has waited for does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def running(data: Path, extra: Mapping[str, str] | None = None) -> Iterator[Service]:
    """Run the service for the length of a `with` block, and stop it as an operator would."""
    service = Service(data, extra)
    try:
        yield service
        if service.process.poll() is None:
            service.stop()
    finally:
        service.kill()
