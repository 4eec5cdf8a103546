"""When a moderator has decided for so long, or read so much that is hard, that a pause would do them good; pure.

What is counted is kept by the browser and forgotten after a pause; nobody else is told.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from moderation.dashboard.language import N_, gettext

PAUSE = timedelta(minutes=10)
"""Without a decision for so long, counting begins anew."""
LONG = timedelta(minutes=50)
MANY, SHARE = 200, 0.3
"""So many decisions, of which such a share was hard to read."""
SHAPE = re.compile(r"([0-9]{1,11})\.([0-9]{1,11})\.([0-9]{1,6})\.([0-9]{1,6})")
LONG_WORDS = N_("You have been deciding for %(minutes)s minutes. A few minutes away from the screen would do you good.")
HARD_WORDS = N_("%(decided)s comments, and %(hard)s of them were hard to read. A few minutes away would do you good.")


@dataclass(frozen=True, slots=True)
class Spell:
    """What somebody decided without a pause: since when, until when, how many, and how many were hard to read."""

    began: datetime
    last: datetime
    decided: int = 0
    hard: int = 0


def after(spell: Spell | None, now: datetime, *, hard: bool) -> Spell:
    """Return the spell with one more decision; a new one after a pause."""
    if spell is None or not timedelta() <= now - spell.last < PAUSE:
        spell = Spell(now, now)
    return replace(spell, last=now, decided=spell.decided + 1, hard=spell.hard + hard)


def hint(spell: Spell | None, now: datetime) -> str | None:
    """Return what to say to somebody who should pause; None if they need not, or do already."""
    if spell is None or not timedelta() <= now - spell.last < PAUSE:
        return None
    if spell.last - spell.began >= LONG:
        return gettext(LONG_WORDS, minutes=(spell.last - spell.began) // timedelta(minutes=1))
    if spell.decided >= MANY and spell.hard >= SHARE * spell.decided:
        return gettext(HARD_WORDS, decided=spell.decided, hard=spell.hard)
    return None


def render(spell: Spell) -> str:
    """Return a spell as a cookie keeps it, in whole seconds that are over: none is later than it was."""
    return f"{int(spell.began.timestamp())}.{int(spell.last.timestamp())}.{spell.decided}.{spell.hard}"


def parse(text: str) -> Spell | None:
    """Return the spell that `render` wrote, or None."""
    found = SHAPE.fullmatch(text)
    if found is None:
        return None
    began, last, decided, hard = (int(part) for part in found.groups())
    return Spell(datetime.fromtimestamp(began, UTC), datetime.fromtimestamp(last, UTC), decided, hard)
