"""Clean texts: how many there are, and how templates are filled."""

import json
import re
from collections import Counter
from random import Random

import pytest

from training.clean_texts import SOURCE, clean_texts, fill


def test_every_group_has_the_number_of_texts_that_it_should() -> None:
    """The templates give enough different ones, and no text stands twice."""
    source = json.loads(SOURCE.read_text(encoding="utf-8"))
    counts = Counter(group for group, _ in clean_texts())

    assert counts.pop("other scripts") == sum(map(len, source["scripts"].values()))
    assert counts == source["count"]
    assert len({text for _, text in clean_texts()}) == len(clean_texts())


def test_the_texts_are_the_same_on_every_call() -> None:
    """They are drawn with a seed."""
    assert clean_texts() == clean_texts()


@pytest.mark.parametrize(
    ("template", "pattern"),
    [
        ("{=A99}-{=x}", r"[A-Z]\d\d-[0-9a-f]"),
        ("{=a5}", r"[a-z]5"),
        ("{{{word}}}", r"\{(cat|dog)\}"),
        ("no slot", "no slot"),
    ],
)
def test_slots_are_drawn_and_the_rest_stays(template: str, pattern: str) -> None:
    """A list gives one of its words, a pattern draws its characters, and doubled braces are braces."""
    assert re.fullmatch(pattern, fill(template, {"word": ["cat", "dog"]}, Random(5)))
