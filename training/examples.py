"""Texts as the network takes them in: the windows they are served in, marks of tokens, batches of like length."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from workers.scoring import windows

MAX_TOKENS, OVERLAP, MAX_WINDOWS = 128, 32, 4
"""Windows as long as they are served; of a text longer than the last the rest is not seen in training."""
BATCH_WINDOWS, POOL = 256, 4000
Marks = Sequence[tuple[int, int]]
"""Stretches of a text, (start, end) in code points, that people marked."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text's token ids by window, and of each token the share of its characters that is marked, if that is known."""

    windows: list[list[int]]
    marks: list[list[float]] | None = None

    @property
    def longest(self) -> int:
        """Return the number of tokens of the longest window."""
        return max(map(len, self.windows))


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows of several texts, padded; `owners` has the place in `rows` of each window's text."""

    rows: list[int]
    ids: Tensor
    mask: Tensor
    owners: Tensor
    marks: Tensor
    """Windows x tokens; NaN where no mark is known, and in the padding."""


def encode(texts: Sequence[str], marks: Sequence[Marks | None], tokenizer: Tokenizer) -> list[Example]:
    """Return the examples of `texts`; `tokenizer` must neither truncate nor pad."""
    ids: list[list[list[int]]] = [[] for _ in texts]
    firsts: list[list[int]] = [[] for _ in texts]
    for window in windows.split(texts, tokenizer, MAX_TOKENS, OVERLAP):
        if len(ids[window.owner]) < MAX_WINDOWS:
            ids[window.owner].append(list(window.ids))
            firsts[window.owner].append(window.first)
    return [
        Example(own, None if marked is None else _shares(text, marked, own, first, tokenizer))
        for text, marked, own, first in zip(texts, marks, ids, firsts, strict=True)
    ]


def _shares(
    text: str, marks: Marks, ids: list[list[int]], firsts: list[int], tokenizer: Tokenizer
) -> list[list[float]]:
    """Return the share marked of every token of every window, 0 of the special tokens at both ends."""
    encoding = tokenizer.encode(text)
    inner = [
        sum(max(0, min(end, last) - max(start, first)) for first, last in marks) / max(1, end - start)
        for (start, end), special in zip(encoding.offsets, encoding.special_tokens_mask, strict=True)
        if not special
    ]
    return [[0.0, *inner[first : first + len(one) - 2], 0.0] for first, one in zip(firsts, ids, strict=True)]


def plan(examples: Sequence[Example], tokens: int, rng: random.Random) -> list[list[int]]:
    """Cut examples, as they come, into batches of like length and at most `tokens` padded tokens, in random order."""
    result: list[list[int]] = []
    for first in range(0, len(examples), POOL):
        rows = range(first, min(first + POOL, len(examples)))
        batch: list[int] = []
        held = 0
        for row in sorted(rows, key=lambda row: examples[row].longest):
            more = len(examples[row].windows)
            if batch and (held + more > BATCH_WINDOWS or (held + more) * examples[row].longest > tokens):
                result.append(batch)
                batch, held = [], 0
            batch.append(row)
            held += more
        result.append(batch)
    rng.shuffle(result)
    return result


class Batches(torch.utils.data.Dataset[Batch]):
    """The batches of a plan, put together when they are asked for."""

    def __init__(self, examples: Sequence[Example], batches: Sequence[list[int]], pad: int) -> None:
        """Take the examples that `batches` has the places of, and the id of padding."""
        self.examples, self.batches, self.pad = examples, batches, pad

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.batches)

    def __getitem__(self, number: int) -> Batch:
        """Return one batch."""
        rows = self.batches[number]
        owned = [(place, at) for place, row in enumerate(rows) for at in range(len(self.examples[row].windows))]
        shape = len(owned), max(self.examples[row].longest for row in rows)
        ids, marks = np.full(shape, self.pad, dtype=np.int64), np.full(shape, np.nan, dtype=np.float32)
        mask = np.zeros(shape, dtype=np.int64)
        for window, (place, at) in enumerate(owned):
            example = self.examples[rows[place]]
            length = len(example.windows[at])
            ids[window, :length] = example.windows[at]
            mask[window, :length] = 1
            if example.marks is not None:
                marks[window, :length] = example.marks[at]
        owners = torch.tensor([place for place, _ in owned])
        return Batch(rows, torch.from_numpy(ids), torch.from_numpy(mask), owners, torch.from_numpy(marks))
