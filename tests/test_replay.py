"""Two policies side by side: what is run again, and what cannot be seen."""

from dataclasses import replace

import pytest

from moderation.model import LengthUnit
from moderation.policy_document import (
    DialectsPolicy,
    DuplicatesPolicy,
    LengthPolicy,
    LinksPolicy,
    Mode,
    Policy,
    RaidsPolicy,
    SectionPolicy,
    WindowLimit,
    Word,
    WordsPolicy,
)
from moderation.replay import Replay

CLUB = WordsPolicy(suspect=(Word("harbour"),))
CHANGES: tuple[tuple[dict[str, object], list[str]], ...] = (
    ({}, []),
    ({"thresholds": {}, "mode": Mode.POST}, []),
    ({"length": LengthPolicy(max=99)}, ["length"]),
    ({"links": LinksPolicy(max=9)}, ["words, links"]),
    ({"limits": (WindowLimit("author", 1, 60),)}, ["limits, thread_total"]),
    ({"thread_total": 9}, ["limits, thread_total"]),
    ({"duplicates": DuplicatesPolicy(site_seconds=0)}, ["duplicates"]),
    ({"raids": RaidsPolicy(copies=9)}, ["raids"]),
    ({"dialects": DialectsPolicy(take_in=())}, ["dialects"]),
    ({"sections": {"new": SectionPolicy(words=CLUB, limits=())}}, ["words, links", "limits, thread_total"]),
)


@pytest.mark.parametrize(("changed", "about"), CHANGES)
def test_what_is_not_replayed_is_said(changed: dict[str, object], about: list[str]) -> None:
    """In a sentence each, and only of what differs."""
    replay = Replay(Policy(), replace(Policy(), **changed))  # type: ignore[arg-type]  # fields of Policy

    assert [one.partition(":")[0] for one in replay.not_replayed()] == about


@pytest.mark.parametrize(
    ("changed", "needs"),
    [
        ({"mode": Mode.PRE}, (False, False, False)),
        ({"sections": {"new": SectionPolicy(mode=Mode.PRE)}}, (True, False, False)),
        ({"length": LengthPolicy(max=99)}, (False, True, False)),
        ({"length": LengthPolicy(unit=LengthUnit.UTF16)}, (False, True, True)),
        ({"words": CLUB}, (False, False, True)),
        ({"sections": {"new": SectionPolicy(links=LinksPolicy(max=1))}}, (True, False, True)),
    ],
)
def test_only_what_differs_is_read(changed: dict[str, object], needs: tuple[bool, bool, bool]) -> None:
    """Of a stored comment: its section, its length, its text."""
    replay = Replay(Policy(), replace(Policy(), **changed))  # type: ignore[arg-type]  # fields of Policy

    assert (replay.has_sections, replay.needs_length, replay.needs_text) == needs
