"""A draft is what it was made of."""

from dataclasses import FrozenInstanceError

import pytest

from moderation.model import Facts
from tests.rules.build import draft


def test_a_draft_cannot_be_changed() -> None:
    """No rule can hand the next one anything but its findings."""
    made = draft()

    with pytest.raises(FrozenInstanceError):
        made.facts = Facts(thread_total=1)  # type: ignore[misc]
