"""Synthetic contrast comments: the same words, harmless in one row and abusive in the next.

Templates and word lists are in ``synthetic.toml``. A template line may hold ``{list}``, a word of
that list; ``[a|b]``, one of the alternatives; and ``a(n)``, the article that the next word asks for.
"""

import random
import re
import tomllib
from collections import Counter
from pathlib import Path

import pandas as pd

LABELS = [
    "toxic",
    "severe_toxic",
    "obscene",
    "threat",
    "insult",
    "identity_hate",
    "sexual_explicit",
]
PER_TEMPLATE = 28
PER_FILLING = 2
SLOT = re.compile(r"\{(\w+)\}|\[([^\[\]{}]*)\]")
ARTICLE = re.compile(r"\ba\(n\) (\W*)(\w+)")
CONSONANT_SOUND = ("eu", "one", "uni", "use", "ukr")
VOWEL_SOUND = ("hour", "honest", "honor", "lgbt", "nba", "xbox")


def key(text: str) -> str:
    """The comment without case and punctuation: two rows never share one."""
    return " ".join(re.sub(r"[!-/:-@\[-`{-~…’]", " ", text.lower()).split())


def _article(found: re.Match[str]) -> str:
    word = found[2].lower()
    vowel = word.startswith(VOWEL_SOUND) or (word[0] in "aeiou" and not word.startswith(CONSONANT_SOUND))
    return f"{'an' if vowel else 'a'} {found[1]}{found[2]}"


def _fill(template: str, lists: dict[str, list[str]], rng: random.Random) -> str:
    while SLOT.search(template):
        template = SLOT.sub(lambda found: rng.choice(lists[found[1]] if found[1] else found[2].split("|")), template)
    return ARTICLE.sub(_article, template)


def _decorate(text: str, lists: dict[str, list[str]], rng: random.Random, plain: bool) -> str:
    """Put the comment into one of the ways people type: opener, closer, casing, punctuation."""
    if not plain and rng.random() < 0.3:
        text = f"{rng.choice(lists['opener'])} {text}"
    if not plain and rng.random() < 0.25:
        text = f"{text} {rng.choice(lists['closer'])}"
    style = rng.random()
    if style < 0.2:
        return text.lower().rstrip(".")
    if style < 0.25:
        return text.upper()
    if style < 0.35 and text.endswith("."):
        text = text[:-1] + rng.choice(["!", "!!", "...", ""])
    return text[0].upper() + text[1:]


def _family(family: dict, lists: dict[str, list[str]], rng: random.Random, seen: set[str]) -> list[str]:
    texts = []
    for template in family["templates"].strip().splitlines():
        fillings: Counter[str] = Counter()
        for _ in range(4 * PER_TEMPLATE):
            filling = _fill(template, lists, rng)
            text = _decorate(filling, lists, rng, family.get("plain", False))
            if fillings[filling] < PER_FILLING and key(text) not in seen:
                fillings[filling] += 1
                seen.add(key(text))
                texts.append(text)
            if fillings.total() == PER_TEMPLATE:
                break
    return rng.sample(texts, min(len(texts), family.get("cap", 220)))


def rows(seed: int) -> pd.DataFrame:
    """Distinct comments with ``text``, the ``LABELS`` as 0, 1 or NaN (unknown), and ``family``."""
    spec = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    lists = {
        name: [word.strip() for word in words.replace("\n", " ").split(",")] for name, words in spec["lists"].items()
    }
    lists["opener"] = [f"{word}," for word in lists["opener"]] + lists["opener"]
    rng = random.Random(seed)
    seen: set[str] = set()
    made = [
        {"text": text, **dict.fromkeys(LABELS, 0.0), **family["labels"], "family": family["name"]}
        for family in spec["family"]
        for text in _family(family, lists, rng, seen)
    ]
    return pd.DataFrame(made).astype(dict.fromkeys(LABELS, float)).sample(frac=1, random_state=seed)
