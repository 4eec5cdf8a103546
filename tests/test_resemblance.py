"""What is kept of embeddings tells like from unlike."""

import random
import struct

from moderation.resemblance import TAG, known, nearest, pack

MODEL = "compact-3@sha256:1"


def embedding(numbers: list[float]) -> bytes:
    """Return numbers as the scorer hands them on."""
    return struct.pack(f"<{len(numbers)}f", *numbers)


def test_one_bit_is_kept_of_each_number() -> None:
    """Its sign, after a tag that tells models apart; nothing is kept of nothing."""
    packed = pack(embedding([0.5, -0.5, 0.1, -0.0, 3.0, -1.0, -1.0, -1.0, 1.0]), MODEL)

    assert packed is not None
    assert packed[TAG:] == bytes([0b10101000, 0b10000000])
    assert pack(embedding([1.0]), f"{MODEL}+toxicity-3") == pack(embedding([1.0]), MODEL)
    assert (pack(None, MODEL), pack(b"", MODEL)) == (None, None)


def test_the_most_alike_come_first() -> None:
    """What is like enough, by its angle; what another model said, or is of another width, is not compared."""
    chance = random.Random(4)
    own = [chance.gauss(0, 1) for _ in range(384)]
    near = [number + chance.gauss(0, 0.3) for number in own]
    related = [number + chance.gauss(0, 0.8) for number in own]
    far = [chance.gauss(0, 1) for _ in range(384)]
    packed = {name: pack(embedding(numbers), MODEL) for name, numbers in (("near", near), ("far", far))}
    packed |= {"related": pack(embedding(related), MODEL), "other": pack(embedding(own), "base-1")}
    packed |= {"short": pack(embedding(own[:8]), MODEL)}
    one = pack(embedding(own), MODEL)
    assert one is not None

    found = nearest(one, known((name, kept) for name, kept in packed.items() if kept is not None), 5)

    assert [name for name, _ in found] == ["near", "related"]
    assert 0.9 < found[0][1] < 1.0
    assert 0.6 < found[1][1] < 0.9
    assert nearest(one, known([("self", one)]), 1) == [("self", 1.0)]
