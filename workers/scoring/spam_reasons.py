"""Says in words which features spoke most for spam: "three links, two to shorteners; phone number"."""

from collections.abc import Mapping, Sequence

NAMED_AT_MOST = 4
LEAST = 0.2
"""A feature that moves the log-odds by less is not worth a word."""
NOTHING = "nothing that speaks for spam"
MANY = 0.3
"""A share of the text below which one would not say "many"."""

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LINKS = ("links", "domains", "shorteners", "link_share")
"""Features that one phrase tells of."""
COUNTS: Mapping[str, tuple[str, str]] = {
    "emails": ("e-mail address", "e-mail addresses"),
    "phones": ("phone number", "phone numbers"),
    "handles": ("messenger contact", "messenger contacts"),
    "mentions": ("mention of a name", "mentions of names"),
    "anchors": ("link written in HTML or BBCode", "links written in HTML or BBCode"),
    "prices": ("price", "prices"),
    "crypto": ("word of crypto trade", "words of crypto trade"),
    "mixed_script": ("place where alphabets mix", "places where alphabets mix"),
    "stylised": ("stylised letter", "stylised letters"),
    "invisible": ("invisible character", "invisible characters"),
    "spaced": ("spaced-out word", "spaced-out words"),
    "emoji": ("emoji", "emoji"),
    "repeated_characters": ("run of one character", "runs of one character"),
    "calls": ("call to do something for the writer", "calls to do something for the writer"),
    "own": ("mention of what the writer has or makes", "mentions of what the writer has or makes"),
    "offers": ("word of offers and prizes", "words of offers and prizes"),
    "likes": ("request for likes", "requests for likes"),
}
"""What a count is called, one and many."""
SHARES: Mapping[str, str] = {"capital_share": "many capitals", "digit_share": "many digits", "mark_share": "many marks"}
FLAGS: Mapping[str, str] = {
    "author_url": "author gives a link",
    "author_name_link": "link in the author's name",
    "author_name_keyword": "advertising word in the author's name",
    "honeypot": "hidden field filled in",
    "too_fast": "sent faster than people write",
    "repeated_words": "a word repeated",
}


def in_words(found: Mapping[str, float], moved: Mapping[str, float], wording: float, telling: Sequence[str]) -> str:
    """Return what spoke for spam, the strongest first.

    Args:
        found: every feature as it was measured.
        moved: by how much each moved the log-odds.
        wording: by how much words and characters together moved the log-odds.
        telling: the words that did it, of those that may be named.
    """
    weighed = {name: weight for name, weight in moved.items() if name not in LINKS and _phrase(name, found[name])}
    weighed["links"] = sum(moved[name] for name in LINKS) if found["links"] else 0.0
    weighed["wording"] = wording
    strongest = sorted(weighed, key=weighed.__getitem__, reverse=True)[:NAMED_AT_MOST]
    phrases = {
        "links": lambda: _links(found),
        "wording": lambda: "wording: " + ", ".join(telling) if telling else "wording like that of known spam",
    }
    said = [
        phrases[name]() if name in phrases else _phrase(name, found[name])
        for name in strongest
        if weighed[name] >= LEAST
    ]
    return "; ".join(said) or NOTHING


def _number(count: float) -> str:
    return NUMBERS[int(count)] if count < len(NUMBERS) else f"{count:.0f}"


def _links(found: Mapping[str, float]) -> str:
    count, short = found["links"], found["shorteners"]
    phrase = "link" if count == 1 else f"{_number(count)} links"
    if not short:
        return phrase
    if short == count:
        return f"{phrase} to {'a shortener' if count == 1 else 'shorteners'}"
    return f"{phrase}, {_number(short)} to {'a shortener' if short == 1 else 'shorteners'}"


def _phrase(name: str, value: float) -> str:
    """Return what a feature of that value is called; an empty text for what a person would not name."""
    if name in COUNTS and value:
        one, many = COUNTS[name]
        return one if value == 1 else f"{_number(value)} {many}"
    if name in SHARES and value >= MANY:
        return SHARES[name]
    return FLAGS[name] if name in FLAGS and value else ""
