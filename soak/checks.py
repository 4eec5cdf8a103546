"""What must be true after each round, however the service was treated."""

import time
from collections import Counter
from collections.abc import Callable, Iterator

import httpx

from soak.stage import ROLES, Stage
from soak.traffic import Ledger

PAUSE_SECONDS = 0.25


def broken(stage: Stage, ledger: Ledger, seconds: float) -> list[str]:
    """Return what is not as it should be, after giving the service `seconds` for each; nothing if all is well."""
    wrong = list(ledger.wrong)
    with stage.client() as api:
        checks: list[tuple[str, Callable[[], list[str]]]] = [
            ("not decided", lambda: _not_decided(api, ledger)),
            ("not told", lambda: _not_told(api, stage, ledger)),
            ("counts", lambda: _counts(api, ledger)),
            ("processes", lambda: _processes(stage)),
        ]
        for name, check in checks:
            wrong += [f"{name}: {one}" for one in _in_time(check, seconds)]
    for receiver in stage.receivers.values():
        wrong += receiver.wrong
        receiver.wrong.clear()
    return wrong


def _in_time(check: Callable[[], list[str]], seconds: float) -> list[str]:
    """Return what a check finds once it finds nothing, or when its time is over."""
    until = time.monotonic() + seconds
    while True:
        try:
            found = check()
        except httpx.HTTPError as error:
            found = [f"the service does not answer: {type(error).__name__}"]
        if not found or time.monotonic() > until:
            return found
        time.sleep(PAUSE_SECONDS)


def _comments(api: httpx.Client, ledger: Ledger) -> Iterator[tuple[str, dict[str, object] | None]]:
    """Yield every accepted comment as the service tells it, by thread, page by page."""
    found: dict[str, dict[str, object]] = {}
    for thread in sorted(set(ledger.accepted.values())):
        cursor: str | None = None
        while True:
            query = {"thread": thread, "limit": "200", **({"cursor": cursor} if cursor else {})}
            page = api.get("/v1/comments", params=query).raise_for_status().json()
            found |= {one["id"]: one for one in page["comments"]}
            cursor = page["next"]
            if not cursor:
                break
    for comment_id in ledger.accepted:
        yield comment_id, found.get(comment_id)


def _not_decided(api: httpx.Client, ledger: Ledger) -> list[str]:
    wrong = []
    for comment_id, comment in _comments(api, ledger):
        if comment is None:
            wrong.append(f"{comment_id} is lost")
        elif comment["status"] == "pending" or not comment["decision"]:
            wrong.append(f"{comment_id} is {comment['status']}")
    return wrong


def _not_told(api: httpx.Client, stage: Stage, ledger: Ledger) -> list[str]:
    """Look whether each decision arrived at the good endpoint, and the last one is in force."""
    wrong = []
    for comment_id, comment in _comments(api, ledger):
        arrived = stage.receivers["good"].arrived(comment_id)
        last = max(arrived, default=0)
        if set(arrived) != set(range(1, last + 1)) or not last:
            wrong.append(f"of {comment_id} arrived only {sorted(arrived)}")
        elif comment is None or arrived[last] != comment["status"]:
            wrong.append(f"{comment_id} is {comment and comment['status']}, its endpoint was told {arrived[last]}")
    return wrong


def _counts(api: httpx.Client, ledger: Ledger) -> list[str]:
    """Compare the counts of the round's threads with the comments that are listed there."""
    threads = sorted(set(ledger.accepted.values()))
    if not threads:
        return []
    told = api.post("/v1/threads/counts", json={"ids": threads}).raise_for_status().json()["counts"]
    wrong = []
    for thread in threads:
        listed = Counter(
            str(comment["status"])
            for comment_id, comment in _comments(api, ledger)
            if comment is not None and ledger.accepted[comment_id] == thread
        )
        counted = {status: number for status, number in told[thread].items() if number and status != "total"}
        if counted != dict(listed):
            wrong.append(f"{thread} counts {counted}, and there are {dict(listed)}")
    return wrong


def _processes(stage: Stage) -> list[str]:
    before, now = stage.processes_at_first, stage.count_roles()
    return [f"{now[role]} of {role}, not {before[role]}" for role in ROLES if now[role] != before[role]]
