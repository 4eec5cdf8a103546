import pytest

from moderation.model import Language
from workers.scoring.language import Detector, main_script, supported


@pytest.fixture(scope="module")
def detector() -> Detector:
    """Give the detector, loaded once."""
    return Detector()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # sentences in their own languages
        ("This is a comment about the weather today", "en"),
        ("Das ist ja mal wieder typisch für diese Leute", "de"),
        ("Me gusta mucho este video, gracias por todo", "es"),
        ("Je ne suis pas du tout d'accord avec cet article", "fr"),
        ("Nie zgadzam się z tym artykułem, to nieprawda", "pl"),
        ("Привет, как дела у тебя сегодня", "ru"),
        ("Слава Україні, як справи у вас сьогодні", "uk"),
        ("مرحبا كيف حالك اليوم يا صديقي", "ar"),
        # a script of its own tells from two letters on
        ("你好", "zh"),
        ("これは日本語の文章です", "ja"),
        ("안녕하세요", "ko"),
        ("Καλημέρα", "el"),
        # English as people write it
        ("lmaooo this dude fr fr no cap, he is wild", "en"),
        ("WHY IS EVERYONE SHOUTING IN THIS THREAD", "en"),
        ("I love this видео so much, watch it", "en"),
        ("see https://beispiel.de/artikel/heute @hans this is the one I meant", "en"),
        # too short to tell, or in no language
        ("ok lol", None),
        ("Danke", None),
        ("hahahahaha", None),
        ("", None),
        ("😂😂🔥", None),
        ("12345 :-)", None),
        ("https://example.com/ein-langer-deutscher-artikel @someone", None),
    ],
)
def test_a_language_is_told_or_unknown(detector: Detector, text: str, code: str | None) -> None:
    """A clear text has its language; one that is too short, or in none, is unknown."""
    assert detector.detect(text).code == code


def test_what_is_unknown_has_a_low_confidence(detector: Detector) -> None:
    """An undecidable text is not called sure of anything."""
    assert all((detector.detect(text).confidence or 0) < 0.8 for text in ("ok lol", "Danke", "", "😂"))


@pytest.mark.parametrize(
    ("text", "hint", "code"),
    [
        ("ok lol", "de", "de"),
        ("bonjour", "fr-FR", "fr"),
        ("Oi", "pt_BR", "pt"),
        ("Danke", "EN", "en"),
        # a text that is clearly in another language or script overrules the site
        ("You are wrong and everyone here knows it, go and read the article", "de", "en"),
        ("Das ist ja mal wieder typisch für diese Leute, ganz ohne Anstand", "en", "de"),
        ("Привет", "en", "ru"),
        # within a script the site knows better than a short text
        ("хорошо", "sr", "sr"),
        # what is no language code says nothing
        ("This is a comment about the weather today", "english", "en"),
        ("This is a comment about the weather today", "", "en"),
    ],
)
def test_what_the_site_says_wins_unless_the_text_is_clear(detector: Detector, text: str, hint: str, code: str) -> None:
    """The site's hint decides where the text does not."""
    assert detector.detect(text, hint).code == code


def test_a_hostile_text_has_an_answer_too(detector: Detector) -> None:
    """Lone surrogates, NUL and a long pile of marks do not stop the detector."""
    for text in ("a\ud800b", "\0" * 50, "a" + "\u0301" * 50_000, "ß" * 100_000):
        assert 0 <= (detector.detect(text).confidence or 0) <= 1


def test_the_script_of_most_letters_counts() -> None:
    """Letters are counted by script; Chinese characters among kana are Japanese."""
    assert main_script("I say привет") == ("Cyrillic", 6)
    assert main_script("日本語の文章") == ("Hiragana", 6)
    assert main_script("123 !?") == ("", 0)


@pytest.mark.parametrize(
    ("language", "answer"),
    [(Language("en", 0.9), True), (Language("de", 0.9), False), (Language(None, 0.3), True), (Language("de"), False)],
)
def test_unknown_is_scored_and_another_language_is_not(language: Language, answer: bool) -> None:
    """A model scores its own languages and texts whose language cannot be told."""
    assert supported(language, {"en"}) is answer
