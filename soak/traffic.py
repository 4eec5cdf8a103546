"""A site's back end: posts comments at a steady rate, decides some of what is held, and keeps a ledger of it all."""

import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from soak.stage import POISON, Stage

COMMENTS = Path(__file__).parents[1] / "tests" / "whole" / "comments.json"
POSTERS = 4
TRIES = 40
PAUSE_SECONDS = 0.5
TIMEOUT_SECONDS = 10.0
DECIDED_SHARE = 0.1
"""Of the comments, those that the site decides by itself once it heard of them."""
TAKEN, REFUSED_FOR_NOW = {201, 202}, {429, 503}


@dataclass
class Ledger:
    """What one round was promised: ids of accepted comments by thread; and what must never happen."""

    accepted: dict[str, str] = field(default_factory=dict)
    """The thread of each comment that was answered with 201 or 202, by its id."""
    given_up: int = 0
    """Comments that the service would not take, however often they were sent."""
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Traffic:
    """Posts from threads of its own until it is closed."""

    def __init__(self, stage: Stage, rate: float, seed: int) -> None:
        """Post `rate` comments a second."""
        self._stage, self._rate = stage, rate
        self._texts = [row["text"][:280] for row in json.loads(COMMENTS.read_text(encoding="utf-8"))]
        self._rng = random.Random(seed)  # noqa: S311 - which comments, no secret
        self._lock = threading.Lock()
        self._number = 0
        self._ledger = Ledger()
        self._name = "first"
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(POSTERS)]
        for thread in self._threads:
            thread.start()

    def next_round(self, name: str) -> Ledger:
        """Begin a new ledger, with threads of its own, and return it; what is on its way still goes to the old one."""
        with self._lock:
            self._ledger, self._name = Ledger(), name
            return self._ledger

    def poison(self) -> None:
        """Post a comment that ends whoever scores it."""
        with self._lock:
            self._number += 1
            number, ledger, thread = self._number, self._ledger, f"{self._name}-0"
        self._post(number, f"{POISON} ({number})", thread, ledger, decides=False)

    def close(self) -> None:
        """Post no more."""
        self._over.set()
        for thread in self._threads:
            thread.join(TIMEOUT_SECONDS * 2)

    def _run(self) -> None:
        due = time.monotonic()
        while not self._over.is_set():
            with self._lock:
                self._number += 1
                number, ledger, one = self._number, self._ledger, self._rng.random()
                text = f"{self._rng.choice(self._texts)} ({number})"
                thread = f"{self._name}-{number % 3}"
            self._post(number, text, thread, ledger, decides=one < DECIDED_SHARE)
            due = max(due + POSTERS / self._rate, time.monotonic() - 1)
            self._over.wait(due - time.monotonic())

    def _post(self, number: int, text: str, thread: str, ledger: Ledger, *, decides: bool) -> None:
        """Send one comment until it is taken, as a site does that wants to lose none."""
        body = {
            "text": text,
            "thread": {"id": thread},
            "author": {"id": f"author-{number}"},
            "external_id": f"soak-{number}",
        }
        for _ in range(TRIES):
            answer = self._call("POST", "/v1/comments", body, ledger)
            if answer is not None and answer.status_code in TAKEN:
                comment = answer.json()
                with self._lock:
                    ledger.accepted[comment["id"]] = thread
                if decides:
                    decision = {"action": "reject", "reason": "spam"}
                    self._call("POST", f"/v1/comments/{comment['id']}/decision", decision, ledger)
                return
            if self._over.wait(PAUSE_SECONDS):
                return
        with self._lock:
            ledger.given_up += 1

    def _call(self, method: str, path: str, body: object, ledger: Ledger) -> httpx.Response | None:
        try:
            with httpx.Client(base_url=self._stage.url, timeout=TIMEOUT_SECONDS, trust_env=False) as client:
                headers = {"Authorization": f"Bearer {self._stage.key}"}
                answer = client.request(method, path, json=body, headers=headers)
        except (httpx.TransportError, OSError) as error:
            with self._lock:
                ledger.statuses[type(error).__name__] += 1
            return None
        with self._lock:
            ledger.statuses[str(answer.status_code)] += 1
            if answer.status_code not in TAKEN | REFUSED_FOR_NOW | {200}:
                ledger.wrong.append(f"{method} {path.rsplit('/', maxsplit=1)[-1]} answered {answer.status_code}")
        return answer
