"""Shows in the language of the page what other parts of the service wrote: refusals, details of reasons, names.

What they write is kept and sent to programs in English, so it is known again by its wording: `elsewhere_texts`.
"""

import re
from functools import cache

from moderation.dashboard.elsewhere_texts import FORMATS
from moderation.dashboard.language import ENGLISH, gettext, language

BETWEEN = "; "
"""What stands between parts of a detail."""
PLACE = re.compile(r"%\((\w+)\)s")
NUMBER = r"[\d.]+|no|one|two|three|four|five|six|seven|eight|nine|a"
"""What stands in the places `number`, `least` and so on; in any other it may be anything."""
NUMBERS = frozenset({"number", "short", "authors", "count", "most", "score", "threshold", "fixed", "broken", "bound"})
WORDS = NUMBERS | {"attribute", "domains"}
"""Places whose words are looked up, too; the others hold what people wrote."""


def told(text: str) -> str:
    """Return a text of another part in the language of the page, as it is if it is not known."""
    if not text or language() == ENGLISH:
        return text
    whole = _phrase(text, BETWEEN)
    return whole if whole != text else BETWEEN.join(_phrase(one) for one in text.split(BETWEEN))


def _phrase(text: str, having: str = "") -> str:
    """Return a text that stands in a table, or that a format with `having` in it makes; as it is if none does."""
    said = gettext(text)
    if said != text:
        return said
    for pattern, words in _patterns():
        found = pattern.fullmatch(text) if having in words else None
        if found:
            places = {name: told(value) if name in WORDS else value for name, value in found.groupdict().items()}
            return gettext(words, **places)
    return text


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what the formats look like with something in their places, those with the most words first."""
    ordered = sorted(FORMATS, key=lambda words: -len(PLACE.sub("", words)))
    return tuple((_pattern(words), words) for words in ordered)


def _pattern(words: str) -> re.Pattern[str]:
    pieces = PLACE.split(words)  # texts and names in turn
    for at in range(len(pieces)):
        inside = NUMBER if pieces[at] in NUMBERS else ".+"
        pieces[at] = f"(?P<{pieces[at]}>{inside})" if at % 2 else re.escape(pieces[at].replace("%%", "%"))
    return re.compile("".join(pieces), re.DOTALL)
