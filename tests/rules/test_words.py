"""Listed terms are found where they stand as words, also behind disguises, and nowhere else."""

import pytest
from hypothesis import given, settings

from moderation.model import Finding, Verdict
from moderation.policy_document import Policy, Word, WordsPolicy
from moderation.rules import words
from tests.rules.build import draft, stretches
from tests.test_text import ANY, NASTY
from tests.timing import assert_linear


def policy(
    *banned: str, hidden: bool = False, suspect: tuple[str, ...] = (), exceptions: tuple[str, ...] = ()
) -> Policy:
    """Return a policy with these lists; `hidden` marks the banned terms for looking behind disguises."""
    return Policy(
        words=WordsPolicy(
            banned=tuple(Word(term, deobfuscate=hidden) for term in banned),
            suspect=tuple(Word(term) for term in suspect),
            exceptions=exceptions,
        )
    )


def found(text: str, lists: Policy) -> list[str]:
    """Return what was found, as it stands in the text."""
    return [stretch for finding in words.check(draft(text, lists)) for stretch in stretches(text, finding.spans)]


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("What an ass!", "ass", ["ass"]),
        ("ASS, ass; (Ass)", "ass", ["ASS", "ass", "Ass"]),
        ("first class passes in Scunthorpe", "ass", []),
        ("dumb_ass #ass @ass ass's", "ass", ["ass", "ass", "ass", "ass"]),
        ("ass1 1ass assé", "ass", []),
        ("go  kill\nyourself now", "kill yourself", ["kill\nyourself"]),
        ("kill, yourself", "kill yourself", []),
        ("overkill yourself, kill yourselves", "kill yourself", []),
        ("c++ and c", "c++", ["c++"]),
        ("I ｈａｔｅ it", "hate", ["ｈａｔｅ"]),
        ("ha\u200bte", "hate", ["ha\u200bte"]),
        ("STRASSE", "straße", ["STRASSE"]),
        ("cafe\u0301", "Café", ["cafe\u0301"]),
        ("это дурак, дураки", "дурак", ["дурак"]),
        ("τι βλάκας", "ΒΛΆΚΑΣ", ["βλάκας"]),
        ("हे मूर्ख, मूर्खता", "मूर्ख", ["मूर्ख"]),
        ("يا غبي", "غبي", ["غبي"]),
        ("바보 바보들", "바보", ["바보"]),
        ("你是傻瓜吗", "傻瓜", ["傻瓜"]),
        ("คุณโง่มาก", "โง่", ["โง่"]),
        ("バカな バカンス", "バカ", ["バカ"]),
        ("eat 🍆🍆 now", "🍆", ["🍆", "🍆"]),
        ("don’t", "don't", ["don’t"]),
        ("anything", "\u200b", []),
    ],
)
def test_a_term_is_found_as_a_word(text: str, term: str, expected: list[str]) -> None:
    """A term stands between word boundaries, whatever its script; its place is that in the original."""
    assert expected == found(text, policy(term))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v1agra", ["v1agra"]),
        ("V.i.a.g.r.a!", ["V.i.a.g.r.a"]),
        ("v i a g r a now", ["v i a g r a"]),
        ("viaaaagra", ["viaaaagra"]),
        ("viagrааа", ["viagrааа"]),
        ("vìágrà", ["vìágrà"]),
        ("v\u0336i\u0336a\u0336g\u0336r\u0336a", ["v\u0336i\u0336a\u0336g\u0336r\u0336a"]),
        ("viagra", ["viagra"]),
        ("viagras vviagra via gra", []),
    ],
)
def test_a_marked_term_is_found_behind_a_disguise(text: str, expected: list[str]) -> None:
    """Digits, dots, blanks, repeats, look-alikes and accents do not hide a term that is marked so."""
    assert expected == found(text, policy("viagra", hidden=True))


@pytest.mark.parametrize("text", ["v1agra", "v.i.a.g.r.a", "viaaaagra", "viаgra"])
def test_a_term_that_is_not_marked_is_found_as_written_only(text: str) -> None:
    """Looking behind disguises is for the terms that the site chose for it."""
    assert found(text, policy("viagra")) == []


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("asss a$$", "ass", ["asss", "a$$"]),
        ("as ases assess", "ass", []),
        ("good goood gooood", "god", ["goood", "gooood"]),
        ("booook of bok", "book", ["booook"]),
        ("aaassshhhooollleee aassshhoollee", "asshole", ["aaassshhhooollleee", "aassshhoollee"]),
        ("aasshhoollee", "asshole", []),
        ("aaabbbcccdddeeefffggg", "abcdefg", ["aaabbbcccdddeeefffggg"]),
        ("aaabbbcccdddeeefffggg", "aabcdefg", []),
        ("coño cono c0ño", "coño", ["coño", "c0ño"]),
        ("das ist für", "fur", ["für"]),
        ("w www", "www", ["www"]),
    ],
)
def test_a_run_of_a_letter_is_one_or_two_of_it(text: str, term: str, expected: list[str]) -> None:
    """In a word with three of a letter, each run is one letter or two; elsewhere a pair is a pair."""
    assert expected == found(text, policy(term, hidden=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # an exception that covers the hit cancels it
        ("Dick Van Dyke was great", []),
        # and only there
        ("Dick Van Dyke, you dick", ["dick"]),
        # an exception beside the hit does not
        ("Van Dyke, dick", ["dick"]),
        # it is found as written and behind the same disguise
        ("D1ck Van Dyke", []),
        ("m0by d1ck", []),
        ("d1ck", ["d1ck"]),
    ],
)
def test_an_exception_cancels_what_it_covers(text: str, expected: list[str]) -> None:
    """Inside an exception nothing is found."""
    assert expected == found(text, policy("dick", hidden=True, exceptions=("Dick van Dyke", "Moby Dick")))


def test_each_list_has_its_finding() -> None:
    """Banned terms reject and suspect ones hold; the finding names the terms and shows all places."""
    lists = policy("spam", "scam", "fraud", "con", suspect=("deal", "spam deal"))

    assert words.check(draft("Spam deal: scam, fraud, con, scam", lists)) == (
        Finding(
            "words",
            Verdict.REJECT,
            "banned_word",
            '"spam", "scam", "fraud" and 1 more',
            tuple(
                draft("Spam deal: scam, fraud, con, scam").text.span(*at)
                for at in ((0, 4), (11, 15), (17, 22), (24, 27), (29, 33))
            ),
        ),
        Finding(
            "words",
            Verdict.HOLD,
            "suspect_word",
            '"spam deal", "deal"',
            (draft("Spam deal").text.span(0, 9),),
        ),
    )


def test_nothing_found_passes() -> None:
    """A comment without listed terms passes, and says how many were looked for."""
    assert words.check(draft("hello", policy("spam", "scam", suspect=("deal",)))) == (
        Finding("words", Verdict.PASS, "words", "none of 3 terms"),
    )


def test_a_text_full_of_a_term_shows_the_first_places() -> None:
    """A finding has a bounded number of places."""
    (finding,) = words.check(draft("spam " * 1000, policy("spam")))

    assert len(finding.spans) == words.SPANS_AT_MOST


@given(ANY)
@settings(deadline=None)
def test_places_stay_inside_the_original(text: str) -> None:
    """Whatever the text, what was found lies in it."""
    lists = policy("a", "b", "s", "i", hidden=True, suspect=("1", "."), exceptions=("a b",))

    assert all(
        0 <= span.start < span.end <= len(text) for finding in words.check(draft(text, lists)) for span in finding.spans
    )


@pytest.mark.parametrize(
    "text",
    [*NASTY.values(), "term7 word " * 2000, "term7 " * 4000, "t e r m 7 word " * 1500],
    ids=lambda text: ascii(text[:11]),
)
def test_no_text_takes_long(text: str) -> None:
    """5,000 marked terms and a text as long as any may be are matched in linear time."""
    lists = policy(*(f"term{number} word" for number in range(5000)), hidden=True)

    assert_linear(words.check, lambda part: draft(part, lists), text[:20_000])
