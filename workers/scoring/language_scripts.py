"""What a text is written in: its scripts, the languages of each, and the words of others than Latin."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping

import regex

LANGUAGES: Mapping[str, str] = {
    "Latin": (
        "en de fr es it pt nl sv da no nn fi pl cs sk sl hr bs ro hu tr id ms vi tl et lv lt sq ca af sw ga is eu "
        "az uz so zu xh eo ht la"
    ),
    "Cyrillic": "ru uk be bg sr mk kk ky mn tg tt",
    "Arabic": "ar fa ur",
    "Devanagari": "hi mr ne",
    "Han": "zh",
    "Hiragana": "ja",
    "Katakana": "ja",
    "Hangul": "ko",
    "Greek": "el",
    "Hebrew": "he",
    "Thai": "th",
    "Bengali": "bn",
    "Tamil": "ta",
    "Telugu": "te",
    "Kannada": "kn",
    "Malayalam": "ml",
    "Gujarati": "gu",
    "Gurmukhi": "pa",
    "Sinhala": "si",
    "Lao": "lo",
    "Myanmar": "my",
    "Khmer": "km",
    "Georgian": "ka",
    "Armenian": "hy",
    "Ethiopic": "am",
}
"""The languages that are told apart, by the script they are written in, the most written one first.

Restricting py3langid to these halves its mistakes on English slang and its memory.
"""
SCRIPTS: Mapping[str, tuple[str, ...]] = {script: tuple(codes.split()) for script, codes in LANGUAGES.items()}

ASCII_LETTERS = re.compile("[A-Za-z]")
NOT_LATIN = re.compile("[^A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ]")
MAYBE_OTHER = re.compile("[\u0370-\u1dff\u1f00-\u1fff\u2c00-\ufdff\ufe10-\U0001efff\U00020000-\U0003ffff]")
"""Where letters of other scripts are; typographical marks, symbols and emoji are elsewhere."""
LETTERS = regex.compile("|".join(rf"(?P<{script}>(?![a-zA-Z])\p{{Script={script}}})" for script in SCRIPTS))
KANA_SHARE = 0.05
"""Han letters with as much kana among them are Japanese."""
UNSPACED = {
    "CJK": r"\p{Han}\p{Hiragana}\p{Katakana}ー",
    **{script: rf"\p{{Script={script}}}" for script in ("Thai", "Lao", "Myanmar", "Khmer")},
}
"""Scripts that put no spaces between words, as a class of letters."""
SPACED = sorted(SCRIPTS.keys() - UNSPACED.keys() - {"Latin", "Han", "Hiragana", "Katakana"})
WORDS = regex.compile(
    "|".join(
        [
            *(rf"(?P<{script}>[{letters}][{letters}\p{{M}}]*+)" for script, letters in UNSPACED.items()),
            *(rf"(?<![\p{{L}}\p{{M}}])(?P<{s}>\p{{Script={s}}}[\p{{Script={s}}}\p{{M}}]++)(?!\p{{L}})" for s in SPACED),
        ]
    )
)
"""Words of other scripts: whole ones of two letters or more, so that a look-alike inside a Latin word is none."""
MIN_WORDS, MIN_UNSPACED = 2, 5
"""Words, or letters where words are not spaced, below which a name or a loan word is more likely than a sentence."""


def main_script(text: str) -> tuple[str, int]:
    """Return the script of most letters of `text` and the number of these; `("", 0)` without letters."""
    if not MAYBE_OTHER.search(text):
        letters = len(text) - len(NOT_LATIN.findall(text))
        return ("Latin", letters) if letters else ("", 0)
    counts = Counter(match.lastgroup or "" for match in LETTERS.finditer(text))
    counts["Latin"] += len(ASCII_LETTERS.findall(text))
    kana = counts["Hiragana"] + counts["Katakana"]
    if kana >= KANA_SHARE * (kana + counts["Han"]) > 0:
        counts["Hiragana"] += counts["Han"] + counts["Katakana"]
        counts["Han"] = counts["Katakana"] = 0
    script, letters = max(counts.items(), key=lambda item: item[1])
    return (script, letters) if letters else ("", 0)


def other_scripts(text: str) -> list[str]:
    """Return, for every script but Latin of which `text` has enough to be more than a name, its words."""
    if not MAYBE_OTHER.search(text):
        return []
    words: defaultdict[str, list[str]] = defaultdict(list)
    for match in WORDS.finditer(text):
        words[match.lastgroup or ""].append(match[0])
    return [
        " ".join(found)
        for script, found in words.items()
        if (sum(map(len, found)) >= MIN_UNSPACED if script in UNSPACED else len(found) >= MIN_WORDS)
    ]
