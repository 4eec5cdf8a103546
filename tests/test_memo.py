"""What is costly to make is made once."""

from dataclasses import dataclass

from moderation.memo import Memo


@dataclass(frozen=True)
class Words:
    """Something large that is compared by value."""

    terms: tuple[str, ...]


def test_a_value_is_made_once() -> None:
    """The same object, and an equal one, give the value that was made before."""
    made: list[Words] = []

    def make(words: Words) -> int:
        made.append(words)
        return len(words.terms)

    memo = Memo(make)
    words = Words(("a", "b"))

    assert [memo(words), memo(words), memo(Words(("a", "b")))] == [2, 2, 2]
    assert len(made) == 1


def test_only_so_many_values_are_kept() -> None:
    """What was not asked for lately is forgotten and made again, and never mistaken for another."""
    memo = Memo[Words, tuple[str, ...]](lambda words: words.terms, size=3)
    answers = [memo(Words((str(number % 10),))) for number in range(100)]

    assert answers == [(str(number % 10),) for number in range(100)]
