"""Cut texts of many lengths into batches in which little padding is computed."""

from collections.abc import Sequence

MAX_PADDED_TOKENS = 256
"""Of one batch. Measured on comments of 30 tokens, 32 at a time: 2.2 ms each with 128 or 256, 2.6 with 512, 3.4 with
1024, because larger batches mix lengths and leave the processor's cache."""


def cut(lengths: Sequence[int], max_padded_tokens: int) -> list[list[int]]:
    """Return the indices of `lengths` (in tokens) as batches, each sorted by length, the shortest first.

    A batch costs its longest text times its count; that product stays within `max_padded_tokens`,
    but for a single text that is longer than that, which is a batch of its own.
    The rule is that of text-embeddings-inference: bound the padded tokens, not the count.
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batches and (len(batches[-1]) + 1) * lengths[index] <= max_padded_tokens:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches
