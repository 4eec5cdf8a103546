"""A round: the service at work, one fault, the time until it goes on, and whether anything was lost."""

import random
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import httpx

from soak.checks import broken
from soak.faults import possible
from soak.stage import Stage
from soak.traffic import Traffic

PROGRESS_SECONDS = 60.0
BEFORE, AFTER_SECONDS = (0.5, 2.0), 0.5
"""How long comments come before the fault and after the service goes on."""


@dataclass(frozen=True)
class Round:
    """What came of one fault."""

    database: str
    number: int
    fault: str
    accepted: int
    given_up: int
    recovery_seconds: float
    """From the end of the fault until a comment that came then was decided."""
    start_seconds: float | None
    checked_seconds: float
    """How long it took after that until all that was taken was decided and told."""
    memory_bytes: int
    wrong: list[str]


def order(stage: Stage, rounds: int, rng: random.Random, only: Collection[str] = ()) -> list[str]:
    """Return which fault each round has: all that are possible here, or `only` some, equally often in random order."""
    names = [name for name in possible(stage) if not only or name in only]
    return [name for _ in range(rounds // len(names) + 1) for name in rng.sample(names, len(names))][:rounds]


def soak(stage: Stage, faults: list[str], rng: random.Random, rate: float) -> Iterator[Round]:
    """Do the faults one after the other, with `rate` comments a second, and yield what came of each."""
    traffic = Traffic(stage, rate, rng.randrange(2**32))
    try:
        for number, name in enumerate(faults, start=1):
            yield _round(stage, traffic, number, name, rng)
    finally:
        traffic.close()


def _round(stage: Stage, traffic: Traffic, number: int, name: str, rng: random.Random) -> Round:
    ledger = traffic.next_round(f"round-{number}")
    time.sleep(rng.uniform(*BEFORE))
    kind = possible(stage)[name]
    started = kind.do(stage, rng, traffic)
    recovery = _until_progress(stage)
    time.sleep(AFTER_SECONDS)
    traffic.next_round(f"between-{number}")
    began = time.monotonic()
    wrong = broken(stage, ledger, kind.told_seconds)
    for receiver in stage.receivers.values():
        receiver.mood = "kind"
    return Round(
        database=stage.database,
        number=number,
        fault=name,
        accepted=len(ledger.accepted),
        given_up=ledger.given_up,
        recovery_seconds=recovery,
        start_seconds=started,
        checked_seconds=time.monotonic() - began,
        memory_bytes=stage.memory(),
        wrong=wrong,
    )


def _until_progress(stage: Stage) -> float:
    """Return after how many seconds a comment that is posted now is decided; more than the limit if it is not."""
    began = time.monotonic()
    name = f"probe-{began}"
    body = {"text": f"A fine article, thank you ({name})", "thread": {"id": "probe"}, "external_id": name}
    while (waited := time.monotonic() - began) < PROGRESS_SECONDS:
        try:
            with stage.client() as api:
                answer = api.post("/v1/comments", json=body, headers={"Prefer": "wait=1"}, timeout=5)
                if answer.is_success and answer.json()["status"] != "pending":
                    return time.monotonic() - began
        except httpx.TransportError:
            pass  # not there yet
        time.sleep(0.1)
    return waited
