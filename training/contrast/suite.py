"""The cases of the contrast suite, drawn from the templates in the TOML files beside this one.

A file holds groups, each with its label, what it tests, and its templates.
In a template `{this|that}` is a choice, `{people}` a word from the list of that name in `words.toml`, and `{People}`
the same with a capital.
"""

import random
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from training.data import text_key

FOLDER = Path(__file__).parent
FILES = ("profanity", "insults", "violence", "identity", "hate", "speech", "words_and_body")
"""The files of templates, in the order of the table; groups that contrast stand in one file."""

SEED = 11
DRAWS = 2
"""How often each template is filled."""

SLOT = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Group:
    """What a group's cases are: toxic or not, and in one sentence what they test."""

    toxic: bool
    tests: str


@dataclass(frozen=True, slots=True)
class Case:
    """One comment and its label."""

    group: str
    toxic: bool
    text: str


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


GROUPS = {name: Group(group["toxic"], group["tests"]) for file in FILES for name, group in _read(file).items()}


class Deck:
    """Fills templates, dealing the choices of each slot evenly: none comes again before all have come."""

    def __init__(self, rng: random.Random) -> None:
        """Deal in the order of `rng`."""
        self._rng = rng
        self._left: dict[str, list[str]] = {}

    def fill(self, template: str) -> str:
        """Return the template with a choice for each slot."""
        return SLOT.sub(lambda slot: self._deal(slot[1]), template)

    def _deal(self, slot: str) -> str:
        name = slot.lower()
        words = _read("words")
        if name not in words:
            return self._next(slot, slot.split("|"))
        word = self._next(name, words[name])
        return word if slot == name else word[0].upper() + word[1:]

    def _next(self, slot: str, choices: Iterable[str]) -> str:
        if not self._left.get(slot):
            self._left[slot] = sorted(choices)
            self._rng.shuffle(self._left[slot])
        return self._left[slot].pop()


def cases(seed: int = SEED) -> list[Case]:
    """Return all cases, group by group; the cases of `SEED`, the ones measured, were read one by one."""
    unique: dict[str, Case] = {}
    for file in FILES:
        for name, group in _read(file).items():
            deck = Deck(random.Random(f"{seed} {name}"))
            for template in group["templates"] * DRAWS:
                text = deck.fill(template)
                unique.setdefault(text_key(text), Case(name, group["toxic"], text))
    return list(unique.values())


def keys() -> set[str]:
    """Return the `text_key` of every case, for keeping them out of what is trained."""
    return {text_key(case.text) for case in cases()}
