"""What is done to the service: each fault begins, lasts for a moment, and is over when its function returns."""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import psutil

from soak.receiver import MOODS
from soak.stage import Stage
from soak.traffic import Traffic

Fault = Callable[[Stage, random.Random, Traffic], "float | None"]
"""Returns the seconds of a start, if there was one."""
BRIEF = (0.2, 3.5)
"""How long the good endpoint is bad: its second try comes after 5 s, the third only after 5 minutes."""
TOLD_SECONDS = 90.0
"""How long after a fault is over a comment may wait for its decision, and the decision for its endpoint."""
THIRD_TRY_SECONDS = TOLD_SECONDS + 5.5 * 60
"""The same where the good endpoint was bad: on a busy machine the second try may have come too early, as well."""

CLOCKS = (-3600.0, -30.0, 0.0, 30.0, 3600.0)
"""By how many seconds the service's clock is ahead of the true one; it stays so until it is set again."""


@dataclass(frozen=True)
class Kind:
    """A fault, and where it can be done."""

    do: Fault
    database: str | None = None
    needs: str | None = None
    """An attribute of the stage that must be true."""
    told_seconds: float = TOLD_SECONDS


def _kill(role: str) -> Fault:
    def do(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
        found = stage.processes(role)
        if not found:
            raise RuntimeError(f"there is no {role} to kill")
        with suppress(psutil.Error):
            rng.choice(found).kill()

    return do


def _kill_again(role: str, times: int) -> Fault:
    """End a role again and again, as a text does that ends whoever scores it."""

    def do(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
        for _ in range(times):
            for process in stage.processes(role):
                with suppress(psutil.Error):
                    process.kill()
            time.sleep(rng.uniform(0.5, 2))

    return do


def _poison(_stage: Stage, _rng: random.Random, traffic: Traffic) -> None:
    traffic.poison()


def _power_cut(stage: Stage, _rng: random.Random, _traffic: Traffic) -> float:
    return stage.kill_all()


def _redis_away(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
    stage.restart_redis(rng.uniform(0, 5), time.sleep)


def _redis_emptied(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
    for _ in range(3):
        stage.flush_redis()
        time.sleep(rng.uniform(0.1, 0.5))


def _redis_hangs(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
    stage.redis.hang()
    time.sleep(rng.uniform(1, 8))
    stage.redis.flow()


def _redis_drops(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
    for _ in range(3):
        stage.redis.drop()
        time.sleep(rng.uniform(0.1, 1))


def _postgres_restarts(stage: Stage, _rng: random.Random, _traffic: Traffic) -> None:
    stage.restart_postgres()


def _postgres_drops(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
    assert stage.sql is not None
    for _ in range(3):
        stage.sql.drop()
        time.sleep(rng.uniform(0.1, 1))


def _postgres_hangs(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
    assert stage.sql is not None
    stage.sql.hang()
    time.sleep(rng.uniform(1, 6))
    stage.sql.flow()


def _sqlite_locked(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
    with stage.locked():
        time.sleep(rng.uniform(1, 8))


def _disk_full(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
    with stage.full_disk():
        time.sleep(rng.uniform(1, 6))


def _clock(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
    stage.set_clock(rng.choice([offset for offset in CLOCKS if offset != stage.clock_ahead]))
    time.sleep(rng.uniform(1, 3))


def _endpoint(which: str, mood: str) -> Fault:
    def do(stage: Stage, rng: random.Random, _traffic: Traffic) -> None:
        receiver = stage.receivers[which]
        receiver.mood = mood
        time.sleep(rng.uniform(*BRIEF))
        if which == "good":
            receiver.mood = "kind"
        elif mood == "410":
            receiver.mood = "kind"
            stage.again(receiver)

    return do


FAULTS: Mapping[str, Kind] = {
    "kill -9 web": Kind(_kill("web")),
    "kill -9 web child": Kind(_kill("web child")),
    "kill -9 worker parent": Kind(_kill("scorer")),
    "kill -9 worker child": Kind(_kill("scorer child")),
    "kill -9 worker child, four times": Kind(_kill_again("scorer child", 4)),
    "a text that kills the scorer": Kind(_poison),
    "kill -9 courier": Kind(_kill("courier")),
    "kill -9 beat": Kind(_kill("beat")),
    "power cut": Kind(_power_cut),
    "Redis restarts empty": Kind(_redis_away),
    "Redis is emptied": Kind(_redis_emptied),
    "Redis hangs": Kind(_redis_hangs),
    "Redis drops connections": Kind(_redis_drops),
    "PostgreSQL restarts": Kind(_postgres_restarts, "postgresql"),
    "PostgreSQL drops connections": Kind(_postgres_drops, "postgresql"),
    "PostgreSQL hangs": Kind(_postgres_hangs, "postgresql"),
    "SQLite is locked": Kind(_sqlite_locked, "sqlite"),
    "the disk is full": Kind(_disk_full, "sqlite", "small_disk"),
    "the clock is set": Kind(_clock, needs="fake_clock"),
    **{
        f"an endpoint: {mood}": Kind(_endpoint("bad", mood)) for mood in MOODS if mood != "kind"
    },
    **{
        f"the endpoint: {mood}": Kind(_endpoint("good", mood), told_seconds=THIRD_TRY_SECONDS)
        for mood in ("resets", "500", "302")
    },
}  # fmt: skip


def possible(stage: Stage) -> dict[str, Kind]:
    """Return the faults that can be done here."""
    return {
        name: kind
        for name, kind in FAULTS.items()
        if kind.database in {None, stage.database} and (kind.needs is None or getattr(stage, kind.needs))
    }
