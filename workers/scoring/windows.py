"""Cut long texts into overlapping windows, so that nothing past a model's maximum is unseen."""

from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one text that a model takes in at once, special tokens included in `ids`."""

    owner: int
    """The index of the text that it is cut from."""
    text: str
    ids: Sequence[int]
    first: int = 0
    """How many of the text's tokens, special ones not counted, stand before this window."""


def split(texts: Sequence[str], tokenizer: Tokenizer, size: int, overlap: int) -> list[Window]:
    """Return the windows of all texts in order, each of at most `size` tokens, special ones counted.

    A text that fits is its own only window; `tokenizer` must neither truncate nor pad.
    Raises `UnicodeError` for a text with lone surrogates.
    """
    windows: list[Window] = []
    for owner, (text, short) in enumerate(zip(texts, tokenizer.encode_batch_fast(list(texts)), strict=True)):
        ids = short.ids
        if len(ids) <= size:
            windows.append(Window(owner, text, ids))
        else:
            windows.extend(_windows(owner, text, tokenizer.encode(text), size, overlap))
    return windows


def cut(words: Sequence[int | None], size: int, overlap: int) -> list[tuple[int, int]]:
    """Return token ranges `[first, last)` of at most `size` tokens that together cover all of them.

    `words` has, for each token, the number of the word it is part of. A window shares up to `overlap` tokens,
    less than half of `size`, with the one before, so that a phrase that one window cuts in two stands whole in the
    next. Windows begin and end between words where a word ends within the overlap; a longer word is cut, and each
    window goes on by at least `size - 2 * overlap` tokens, so that no text costs more than its length.
    """
    ranges: list[tuple[int, int]] = []
    first = 0
    while len(words) - first > size:
        full = first + size
        last = _word_start(words, range(full, full - overlap, -1), full)
        ranges.append((first, last))
        first = _word_start(words, range(last - overlap, last + 1), last - overlap)
    return [*ranges, (first, len(words))]


def _word_start(words: Sequence[int | None], places: range, otherwise: int) -> int:
    """Return the first of `places` at which a word begins, or `otherwise`."""
    return next((at for at in places if words[at] != words[at - 1]), otherwise)


def _windows(owner: int, text: str, encoding: Encoding, size: int, overlap: int) -> list[Window]:
    ids, offsets, words = encoding.ids, encoding.offsets, encoding.word_ids
    inner = [token for token, special in enumerate(encoding.special_tokens_mask) if not special]
    head, tail = ids[: inner[0]], ids[inner[-1] + 1 :]
    ranges = cut([words[token] for token in inner], size - len(head) - len(tail), overlap)
    return [
        Window(
            owner,
            text[offsets[inner[first]][0] : offsets[inner[last - 1]][1]],
            [*head, *ids[inner[first] : inner[last - 1] + 1], *tail],
            first,
        )
        for first, last in ranges
    ]
