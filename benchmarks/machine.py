"""What the figures were measured on, the memory of processes, and starting parts of the service one by one."""

import os
import platform
import re
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.whole.service import COMMAND, environment

STOP_SECONDS = 15.0
MEBIBYTE = 1024 * 1024
NAMES = (
    (r"celery .* -n (\w+)@", r"worker \1"),
    (r"celery .* beat", "beat"),
    (r"granian", "web"),
    (r"valkey", "valkey"),
    (r"moderation up", "moderation up"),
)
"""What a command line says that the process does."""


def describe() -> str:
    """Return CPU model, usable cores, memory, system and Python in one line."""
    model = platform.processor() or platform.machine()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = psutil.virtual_memory().total / MEBIBYTE / 1024
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{model}, {cores} cores usable, {memory:.0f} GiB memory, {system}"


def title(process: psutil.Process) -> str:
    """Return a short name that tells what `process` does."""
    line = " ".join(process.cmdline())
    for pattern, name in NAMES:
        if found := re.search(pattern, line):
            child = "" if (parent := process.parent()) is None else " ".join(parent.cmdline())
            return found.expand(name) + (", child" if line == child else "")
    return process.name()


def memory(processes: Iterable[psutil.Process]) -> list[tuple[str, float]]:
    """Return (name, resident set size in MiB) of each process that is alive, by name."""
    sizes = []
    for process in processes:
        with suppress(psutil.Error):
            sizes.append((title(process), process.memory_info().rss / MEBIBYTE))
    return sorted(sizes)


@contextmanager
def part(*arguments: str, settings: Mapping[str, str], log: Path) -> Iterator[psutil.Process]:
    """Run `moderation ARGUMENTS` for the length of a `with` block, in a session of its own; end all of it."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [COMMAND, *arguments], env=environment(settings),
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_SECONDS)
