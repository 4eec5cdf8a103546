"""Texts that nobody could object to and that look like disguised words to a machine: names, code, chess, prices.

`clean_texts.json` has templates and lists. In a template `{place}` draws from the list `place`, and
`{=A99}` draws characters: `A` a capital, `a` a small letter, `9` a digit, `x` a hexadecimal digit; others stay.
"""

import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

SOURCE = Path(__file__).with_suffix(".json")
SEED = 23
DRAWN = {"A": string.ascii_uppercase, "a": string.ascii_lowercase, "9": string.digits, "x": "0123456789abcdef"}

_SLOT = re.compile(r"\{\{|\}\}|\{(=?)([^{}]+)\}")
_TRIES = 50


def clean_texts() -> list[tuple[str, str]]:
    """Return (group, text) of every text, the same ones on every call, none twice."""
    source = json.loads(SOURCE.read_text(encoding="utf-8"))
    foreign = [sentence for sentences in source["scripts"].values() for sentence in sentences]
    lists = source["lists"] | {"foreign": foreign}
    texts = dict.fromkeys(foreign, "other scripts")
    for group, count in source["count"].items():
        rng = Random(f"{SEED} {group}")
        texts |= dict.fromkeys(_distinct(source["templates"][group], lists, count, rng), group)
    return [(group, text) for text, group in texts.items()]


def fill(template: str, lists: dict[str, Any], rng: Random) -> str:
    """Return `template` with every slot drawn; `{{` and `}}` are braces."""

    def drawn(match: re.Match[str]) -> str:
        if match.group(2) is None:
            return match.group()[0]
        if match.group(1):
            return "".join(rng.choice(DRAWN.get(sign, sign)) for sign in match.group(2))
        return str(rng.choice(lists[match.group(2)]))

    return _SLOT.sub(drawn, template)


def _distinct(templates: list[str], lists: dict[str, Any], count: int, rng: Random) -> Iterator[str]:
    """Yield `count` different texts, each template as often as the others; fewer if they give no more."""
    seen: set[str] = set()
    for number in range(count * _TRIES):
        if len(seen) == count:
            return
        text = fill(templates[number % len(templates)], lists, rng)
        if text not in seen:
            seen.add(text)
            yield text
