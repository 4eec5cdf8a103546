"""The language of a text and of its parts: by the script where that tells, else by py3langid, else unknown.

A text has one main language. Parts of it that are clearly in another one are found too: words in another script,
and clauses in Latin letters that have no common English word and together 20 letters or more.
Names, loan words, greetings and short quotations are below these bounds.

Hindi in Latin letters is found by its frequent words.

What is not told: Arabic or Russian in Latin letters; a few foreign words inside an English clause; two languages other
than English beside each other, of which the larger is seen.
How often the rest is right is measured by `training/languages.py` and written into `docs/accuracy.md`.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import chain, groupby

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from moderation.model import Language
from workers.scoring.language_scripts import SCRIPTS, main_script, other_scripts

NOISE = re.compile(r"https?://\S+|www\.\S+|[@#]\w+")
"""Links and handles: letters in no language."""
WORD = re.compile(r"[^\W\d_]+")
MIXED = re.compile("[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z]")
"""Latin beside Greek or Cyrillic in a word, which is thereby a disguised one."""
CODE = re.compile(r"[a-z]{2}(?=$|[-_])")
SAMPLE = 1000
"""Characters of a text or part that are looked at; more do not change the answer, and cost time."""
MIN_LATIN, MIN_OTHER = 20, 2
"""Letters below which a text is too short to tell: many languages share a script, few scripts a text."""
SURE = 0.8
CLEAR_LETTERS, CLEAR = 40, 0.95
"""From where a text overrules what the site says of it."""
CLAUSE_ENDS = re.compile(r'[.!?;:,()\[\]{}"“”„«»…\n\r–—|/*=<>]+|\s-+\s|--+')
COMMON = (
    "the and that this these those with you your you're they their them there have not isn't it it's its i've i'd "
    "i'll don't doesn't didn't can't won't would should could because just what which who when where how why than "
    "then but if my his her our been were being are about only into does did any some think know people really "
    "good great thanks thank please yes out get make much very from of or be has like new here see using such use "
    "other well another even without back after before something now too while first most better again need never "
    "one up"
)
"""Frequent English words that are none in the other languages with Latin letters, or rare ones."""
ENGLISH = frozenset(
    chain(("I", "I'm"), *((word, word.capitalize(), word.upper()) for word in COMMON.split())),
)

COMMON_HINDI = (
    "hai hain nahi nahin kya kyun kyunki mujhe mujhko mera meri mere tum tumhe tumko tumhara tumhari tumhare tera "
    "teri tere hum humein hamara hamari hamare aap aapko aapka yeh woh uska uski unke unka unki unko iska iski "
    "apna apni apne aur lekin agar toh bhi sirf kuch koi sab sabhi bahut bohot karna karta karti karte karo raha "
    "rahi rahe hona hota hoti hote gaya gayi gaye wala wali wale chahiye sakta sakti sakte abhi yaar bhai mein "
    "hoon tha thi"
)
"""Frequent words of Hindi and Urdu in Latin letters, in which py3langid does not know them."""
HINDI = frozenset(COMMON_HINDI.split())
MIN_HINDI = 2
"""Different words of these in a run, from which it is Hindi."""


class Detector:
    """Tells languages; made once per process (0.6 s, 50 MB)."""

    def __init__(self) -> None:
        """Load py3langid's model and drop the languages that are not told apart here."""
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._identifier.set_languages(set(chain.from_iterable(SCRIPTS.values())))
        # it keeps all languages for a later change of mind, which would be half of its memory
        self._identifier._full_model = None  # noqa: SLF001

    def detect(self, text: str, hint: str | None = None) -> Language:
        """Return the language of `text`; code None, with a low confidence, if it is too short or undecidable.

        `hint` is what the site says (`de`, `pt-BR`). It wins, with confidence None, unless the text is clearly
        in another language or script.
        """
        sample = _clean(text[:SAMPLE])
        script, letters = main_script(sample)
        found = self._found(sample, script, letters)
        said = CODE.match((hint or "").lower())
        if said is None or found.code == said[0]:
            return found
        foreign = script not in ("", "Latin") and said[0] not in SCRIPTS[script]
        clear = letters >= CLEAR_LETTERS and (found.confidence or 0) >= CLEAR
        return found if found.code and (foreign or clear) else Language(said[0])

    def parts(self, text: str, main: Language) -> frozenset[str]:
        """Return the languages, other than the `main` one that `detect` gave, in which clear parts of `text` are.

        The whole text is looked at. Code None for `main` is taken for English, as it mostly is.
        """
        cleaned = _clean(text)
        found: set[str | None] = set()
        for run in _runs(cleaned, main.code):
            script, letters = main_script(run)
            if len(HINDI.intersection(run.lower().split())) >= MIN_HINDI:
                found.add("hi")
            elif script == "Latin" and letters >= MIN_LATIN:
                found.add(self._found(run, script, letters).code)
        for words in other_scripts(cleaned):
            found.add(self._found(words[:SAMPLE], *main_script(words)).code)
        return frozenset(code for code in found if code not in {None, main.code})

    def _found(self, sample: str, script: str, letters: int) -> Language:
        if not script:
            return Language(None, 0.0)
        best, confidence = self._best(sample, script)
        enough = MIN_LATIN if script == "Latin" else MIN_OTHER
        if letters < enough:
            return Language(None, round(confidence * letters / enough, 2))
        known = confidence >= SURE or script != "Latin"
        return Language(best if known else None, round(confidence, 2))

    def _best(self, sample: str, script: str) -> tuple[str, float]:
        """Return the likeliest of a script's languages, and how likely it is among them."""
        candidates = SCRIPTS[script]
        if len(candidates) == 1:
            return candidates[0], 1.0
        best, chance = self._identifier.classify(sample)
        if chance >= SURE and best in candidates:
            return best, chance
        chances = dict(self._identifier.rank(sample))
        total = sum(chances[code] for code in candidates) or 1
        best = max(candidates, key=chances.__getitem__)
        if script != "Latin" and chances[best] / total < SURE:
            # which of its languages is open, but not that it is one of them
            best = candidates[0]
        return best, chances[best] / total


def _clean(text: str) -> str:
    """Return `text` without links, handles, and words that look-alikes of other scripts are mixed into."""
    cleaned = NOISE.sub(" ", text)
    if cleaned.isascii() or not MIXED.search(cleaned):
        return cleaned
    return WORD.sub(lambda word: " " if MIXED.search(word[0]) else word[0], cleaned)


def _runs(text: str, main: str | None) -> Iterator[str]:
    """Yield runs of clauses that are long enough to tell: those without, and those with a common English word.

    Where English is the main language the latter need no second look.
    """
    for familiar, clauses in groupby(CLAUSE_ENDS.split(text), key=_has_common_word):
        run = " ".join(clauses)
        if len(run) >= MIN_LATIN and not (familiar and main in {None, "en"}):
            yield run[:SAMPLE]


def _has_common_word(clause: str) -> bool:
    return not ENGLISH.isdisjoint(clause.replace("’", "'").split())


def supported(language: Language, languages: AbstractSet[str]) -> bool:
    """Return whether a model made for `languages` should score a text: unknown counts as supported."""
    return language.code is None or language.code in languages


def seen(parts: AbstractSet[str], languages: AbstractSet[str]) -> bool:
    """Return whether a model made for `languages` understands every clear part of a text.

    Where it does not, the score of the whole is a lower bound: a high one stands, a low one says nothing.
    """
    return parts <= languages
