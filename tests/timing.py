"""Sees that work on a text takes time in proportion to its length, on a busy machine too.

It counts what this thread spends on a processor, not what passes on the clock while others have their turn,
and compares a text with a quarter of it: that takes 4 times as long if the work is linear, 16 times if quadratic.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

Prepared = TypeVar("Prepared")

GROWTH = 8.0
"""Times as long as a quarter that a whole may take: halfway, as a factor, between linear and quadratic."""
SECONDS = 2.0
"""The most that a whole may take: several times what the slowest takes, and much less than a reader would wait."""
NOTHING = 0.02
"""Seconds that are no matter, however they grow."""
TRIES = 5
"""The shortest times of so many count: nothing makes work faster than it is, much makes it slower."""


def assert_linear(work: Callable[[Prepared], object], prepare: Callable[[str], Prepared], text: str) -> None:
    """See that `work` on what `prepare` makes of `text` grows with its length and ends soon; `prepare` is not timed."""
    eighth = len(text) // 8
    whole, quarter = prepare(text), prepare(text[:eighth] + text[-eighth:])
    longest = shortest = float("inf")
    for _ in range(TRIES):
        longest = min(longest, _seconds(work, whole))
        if longest < NOTHING:
            return
        shortest = min(shortest, *(_seconds(work, quarter) for _ in range(3)))
        if longest < SECONDS and longest < GROWTH * shortest:
            return
    pytest.fail(
        f"{len(text)} characters took {longest:.3f} s (at most {SECONDS}), a quarter of them {shortest:.4f} s:"
        f" {longest / shortest:.1f} times as long (at most {GROWTH})"
    )


def _seconds(work: Callable[[Prepared], object], prepared: Prepared) -> float:
    before = time.thread_time()
    work(prepared)
    return time.thread_time() - before
