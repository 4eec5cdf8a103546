"""The sentence that makes a text look toxic, to be scored by itself: kind sentences around an insult hide it less.

Which it is the network says in the pass over the whole text, by the score of each token; so a second, short pass is
run only where a word looks toxic.
"""

from collections.abc import Callable, Sequence

import numpy as np

from workers.scoring.windows import Window

STOPS = ".!?…"
LEAST = 0.2
"""What its most toxic token is scored at least."""
SHORTEST = 3
"""Tokens; what is shorter says too little by itself."""
MARGIN = 1.0
"""What a sentence counts less than the text, in log-odds; `training/NOTES.md` has what other margins give."""


def stops(token_id: Callable[[str], int | None]) -> frozenset[int]:
    """Return the tokens that end a sentence."""
    return frozenset(found for mark in STOPS if (found := token_id(mark)) is not None)


def sentence(window: Window, tokens: np.ndarray, ends: frozenset[int]) -> Window | None:
    """Return the sentence of a window in which the most toxic token stands, None if it needs no second look.

    `tokens` are the scores (0 to 1) of the window's tokens, the first and the last of which are special.
    """
    ids: Sequence[int] = window.ids
    inner = tokens[1 : len(ids) - 1]
    if not len(inner) or inner.max() < LEAST:
        return None
    first = last = 1 + int(inner.argmax())
    while first > 1 and ids[first - 1] not in ends:
        first -= 1
    while last < len(ids) - 1 and ids[last] not in ends:
        last += 1
    while last < len(ids) - 1 and ids[last] in ends:
        last += 1
    if last - first < SHORTEST or last - first == len(ids) - 2:
        return None
    return Window(window.owner, window.text, [ids[0], *ids[first:last], ids[-1]], window.first + first - 1)
