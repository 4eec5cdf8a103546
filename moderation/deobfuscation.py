"""Undoes what people do to get a word past a filter: look-alike letters, digits for letters, gaps, repeats.

It guesses, so it serves only where a wrong guess costs little: for terms that a site marked so, and as a
second reading of a text. What it leaves alone (a masked or a swapped letter, other languages' look-alikes)
is left alone because ordinary text has it too.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from unicodedata import normalize

import regex

from moderation.text import Normalised

LATIN = (
    "ƀƃƅƈƌƍƒƙƚƞƥƭƴƶƽǀǥǿȥȼɇɉɍɏɑɓɖɗɠɡɢɣɦɨɩɪɫɬɭɯɱɲɳɴɵɼɽʀʂʈʉʋʏʐʙʜʝʟʠᴀᴄᴅᴇᴊᴋᴍᴏᴑᴘᴛᴜᴠᴡᴢᵬᵭᵮᵯᵰᵱᵲᵴᵵᵶᵻᵼᵽᵾᶀᶁᶂᶃᶄᶅᶆᶇᶈᶉᶊᶌᶍᶎᶏᶒᶖᶙẝỿⱥⱦⱨⱪⱳꜰꜱꝁꝋꝡꞓꞔꞕꞙꞟꞯꞵꞹꬲꬵꬽꬾꭇꭈꭎꭒꭓꭚ",
    "bbbcdgfklnptyzslgozcejryabddgggyhiiilllwmnnnorrrstuuyzbhjlqacdejkmooptuvwzbdfmnprstziipubdfgklmnprsyxzaeiufyathkwfskowcchfuqbuefoorruuxy",
)
GREEK = ("αβγεζηθικμνορστυχϝϳϻ", "abyeznoikmvopotuxfjm")
CYRILLIC = ("абвгекмнорстухьѕіјћѡѣѳѵѽҍғқҟңҫҭүұҳһҽҿӈӊӎӏөԁԍԛԝꙇꚕ", "abbrekmhopctyxbsijhwbovwbrkkhctyyxheehhmiodgqwih")
ARMENIAN = ("ագզհոռստցքօ", "wqqhnnusgfo")
CHEROKEE = ("ᎠᎡᎢᎤᎥᎩᎪᎫᎬᎱᎳᎷᎻᎽᎾᏀᏂᏃᏌᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏫᏲᏳᏴ", "drtoiyajerwmhyoghzubrwsvslcpkdohgb")
CANADIAN = ("ᐯᑌᑭᑯᑲᑳᒍᒪᕁᕼᕽᖇᖯᖴᗅᗞᗪᗰᗷ᙭᙮ᗩᑕᑎᑫᔕᗯᘔ", "vupdbbjlxhxrbfaddmbxxacnqswz")
COPTIC = ("ⲅⲏⲓⲕⲙⲛⲟⲣⲥⲧⲩⲭⳑ", "rhlkmnopctyxl")
LISU = ("ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpddtgkjczfmnlsrvhwxyaelou")
LOOK_ALIKES = str.maketrans(
    {
        letter: latin
        for script in (GREEK, CYRILLIC, ARMENIAN, CHEROKEE, CANADIAN, COPTIC, LISU)
        for letter, latin in zip(*script, strict=True)
    }
)
"""Single letters, casefolded, of other scripts that look like one of a to z.

Chosen from Unicode's confusables.txt 15.0.0 (UTS #39, https://www.unicode.org/Public/security/, Unicode License v3),
with the rest of what generators of "fancy text" use. Letters that languages write with (`ø`, `ł`, `é`) are not
here but in `without_accents`.
"""
STYLED = str.maketrans(
    dict(zip(*LATIN, strict=True))
    | {chr(first + at): chr(ord("a") + at) for first in (0x1F150, 0x1F170) for at in range(26)}
)
"""Letters that are Latin already: small capitals, hooked and barred ones, white on black circles and squares."""
LEET = str.maketrans("431057@$!", "aeiostasi")
LETTERS_AT_LEAST = 2
STROKES = str.maketrans("øłđðħŧı", "olddhti")

_WORD = regex.compile(r"\w+")
_ASCII_LETTER = regex.compile("[a-z]")
_OWN_LETTER = regex.compile(rf"[\p{{L}}--\p{{Latin}}--[{''.join(map(chr, LOOK_ALIKES))}]]", regex.V1)
_MARKED = regex.compile(r"([!-~])\p{M}++")
GAP_SIGNS = r"\"#%&'()*+,\-./:;<=>?\[\\\]\^_`{|}~·•\p{Extended_Pictographic}"
_GAP = rf"(?:\ ?[{GAP_SIGNS}]{{1,3}}\ ?|\ )"
_SPACED = regex.compile(
    rf"(?<![^\W_]|[@$])[^\W_@$!]({_GAP})(?:[^\W_]|[@$!])(?:\1(?:[^\W_]|[@$!]))*\1(?:[^\W_]|[@$])(?![^\W_]|[@$])"
)
_PEPPERED = regex.compile(rf"[@$!]?(?<![^\W_])[^\W_](?:[{GAP_SIGNS}@$!][^\W_]){{2,}}(?![^\W_])[@$!]?")
_LEET = regex.compile("[431057@$!]")
_LEETISH = regex.compile(r"(?<![^\W_]|[@$!])(?:[^\W_431057])*+[431057@$!](?:[^\W_]|[@$!])*+")
_ACCENTED = regex.compile("[ß-ɏḀ-ỿ]")
_MARKS = regex.compile(r"\p{M}+")
_REPEAT = regex.compile(r"(\p{L})\1\1++")


def deobfuscate(normalised: Normalised, run: int = 1, known: Callable[[str], bool] | None = None) -> Normalised:
    """Return the text as its author may have meant it; its spans are still those of the original.

    A letter three or more times in a row becomes `run` of it. With `known`, digits and signs stand for letters
    only in tokens that have two letters or more and become a word that it knows: part numbers, times and
    identifiers stay as they are.
    """
    found = normalised
    if not found.text.isascii():
        found = replace(found, text=_latin(found.text))
        found = found.rewrite((match.start(), match.end(), match.group(1)) for match in _MARKED.finditer(found.text))
    found = found.rewrite(_gaps(found))
    found = found.rewrite(_signs(found.text))
    if _LEET.search(found.text):
        found = replace(found, text=_LEETISH.sub(lambda match: _letters(match.group(), known), found.text))
    return found.rewrite(
        (match.start() + run - 1, match.end(), match.group(1)) for match in _REPEAT.finditer(found.text)
    )


def without_accents(word: str) -> str:
    """Return `word` in ASCII if accents and strokes are all that keeps it from being so, else as it is."""
    if not _ACCENTED.search(word):
        return word
    bare = _MARKS.sub("", normalize("NFD", word)).translate(STROKES)
    return bare if bare.isascii() else word


def _latin(text: str) -> str:
    """Return `text` with look-alikes as Latin letters, in words where they pose as such.

    These are words that mix scripts, and whole words of look-alikes in a text with no other letter outside
    Latin: "сор" stays Russian beside "и пыль", and is English beside "call a".
    """
    text = text.translate(STYLED)
    foreign = _OWN_LETTER.search(text) is not None

    def word(match: regex.Match[str]) -> str:
        written: str = match.group()
        if written.isascii():
            return written
        read = written.translate(LOOK_ALIKES)
        posing = _ASCII_LETTER.search(written) or (read.isascii() and not foreign)
        return read if posing else written

    return str(_WORD.sub(word, text))


def _gaps(found: Normalised) -> Iterator[tuple[int, int, str]]:
    """Yield what stands between single letters that are written apart, all in the same way: `s p a m`, `s.p.a.m`.

    Where the original has wider gaps than between the other letters, a new word begins.
    """
    for match in _SPACED.finditer(found.text):
        if any(map(str.isalpha, match.group())):
            width = len(match.group(1))
            starts = range(match.start() + 1, match.end(), width + 1)
            written = [found.ends[start + width - 1] - found.starts[start] for start in starts]
            least = min(written)
            for start, wide in zip(starts, written, strict=True):
                yield start, start + width, "" if wide == least else " "


def _signs(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the signs between and beside single letters, however they are mixed: `s#p%a@m`."""
    for match in _PEPPERED.finditer(text):
        if any(map(str.isalpha, match.group())):
            for at, character in enumerate(match.group(), match.start()):
                if not character.isalnum():
                    yield at, at + 1, ""


def _letters(token: str, known: Callable[[str], bool] | None) -> str:
    """Return a word with its digits and signs as letters; exclamation marks at its end are what they are."""
    letters = len(_ASCII_LETTER.findall(token))
    word = token.rstrip("!")
    meant = word.translate(LEET)
    if not letters or (known is not None and (letters < LETTERS_AT_LEAST or not known(_REPEAT.sub(r"\1", meant)))):
        return token
    return meant + token[len(word) :]
