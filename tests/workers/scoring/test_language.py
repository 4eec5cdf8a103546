import pytest

from moderation.model import Language
from workers.scoring.language import Detector, seen, supported
from workers.scoring.language_scripts import main_script, other_scripts

ENGLISH = "I have read the whole article twice, and I still think that this is wrong."
GERMAN = "Du bist wirklich das dümmste Schwein im ganzen Land."
ORDINARY = (
    # names, places, titles
    "Angela Merkel met Emmanuel Macron and Giuseppe Conte in Brussels; Charles Michel was there too.",
    "Jürgen Klopp, Pep Guardiola, José Mourinho, Zinédine Zidane",
    "We drove from Reykjavík to Þingvellir and on to Kirkjubæjarklaustur.",
    # loan words, short quotations, greetings
    "It has a certain je ne sais quoi, but the Schadenfreude was over the top.",
    'He said "c\'est la vie" and left; so much for joie de vivre.',
    "Hola amigo! Thanks for the recipe, it worked like a charm.",
    "Merci beaucoup, that answered my question.",
    "Per aspera ad astra, as they say.",
    # single words and signs of other scripts
    "I love this видео so much, watch it to the end",
    "The mean μ and the deviation σ are given in the table, π is not.",
    "¯\\_(ツ)_/¯ who knows, ಠ_ಠ not me",
    "Tokyo (東京) is larger than I thought.",
    # look-alikes inside words are a disguise, not another language
    "Уоu аrе a dumb іdіоt аnd everyone knows it, so please go аway",
    # English as people write it
    "lmaooo bruh fr fr no cap deadass wildin rn",
    "gr8 vid m8, 10/10 wud watch agen, sub 2 my channel pls",
    "WHY IS EVERYONE SHOUTING IN THIS THREAD???",
    "Manchester United 3, Bayern München 1; Real Madrid 2, Sporting Lisboa 0",
    "public static void main(String[] args) { System.out.println(args.length); }",
    "see https://beispiel.de/ein-langer-deutscher-artikel-ueber-alles and @ein_deutscher_name #wirschaffendas",
    "Great post!!! 😂😂🔥🔥 100%",
)
"""Comments without a part in another language, most of them with something that could be taken for one."""


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
        ("👍🏽", None),
        ("2026", None),
        ("www.beispiel.de", None),
        ("Schwachsinn", None),
        # one word is enough where the script tells
        ("дурак", "ru"),
        ("バカ", "ja"),
        ("바보", "ko"),
        ("بس", "ar"),
        # look-alikes inside Latin words tell nothing
        ("Уоu аrе а dumb іdіоt аnd еvеrуоnе knows it", None),
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


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (f"{ENGLISH} {GERMAN}", {"de"}),
        (f"{GERMAN}\n{ENGLISH} {ENGLISH}", {"de"}),
        (f"{ENGLISH} Иди ты в баню, дурак!", {"ru"}),
        (f"Иди ты в баню! {ENGLISH}", {"ru"}),
        (f"{ENGLISH} 你是个大白痴", {"zh"}),
        (f"{ENGLISH} お前は本当に馬鹿だ", {"ja"}),
        (f"{ENGLISH} 너는 정말 바보야", {"ko"}),
        (f"{ENGLISH} أنت أحمق حقا", {"ar"}),
        (f"{ENGLISH} तुम बहुत मूर्ख हो", {"hi"}),
        (f"{ENGLISH} คุณเป็นคนโง่มาก", {"th"}),
        # after a colon or comma, between English sentences, after a long beginning, two at once
        ("You are nice, pero tu madre es una mujer bastante tonta y fea", {"es"}),
        (f"{ENGLISH} Ta gueule, espèce de gros porc dégoûtant. {ENGLISH}", {"fr"}),
        (f"{ENGLISH * 30} {GERMAN}", {"de"}),
        (f"{ENGLISH} {GERMAN} {ENGLISH} Иди ты в баню, дурак!", {"de", "ru"}),
        # Hindi as it is typed on most phones
        ("tum bahut bewakoof ho aur tumhari baat sunna nahi chahiye", {"hi"}),
        (f"{ENGLISH} yaar tum pagal ho, kuch bhi mat bolo", {"hi"}),
        ("Yeh Jawaani is the best film he ever made, bhai", set()),
        # too little to be more than a name, a greeting or a loan word
        (f"{ENGLISH} Du Schwein!", set()),
        (f"{ENGLISH} дурак", set()),
        (f"{ENGLISH} 白痴", set()),
        ("ok lol", set()),
        ("", set()),
        ("😂😂 12 https://beispiel.de", set()),
    ],
)
def test_a_clear_part_in_another_language_is_found(detector: Detector, text: str, parts: set[str]) -> None:
    """Words in another script, and 20 Latin letters in another language, are found wherever they stand."""
    assert detector.parts(text, Language("en")) == parts
    assert seen(parts, {"en", "de", "ru"}) is (parts <= {"de", "ru"})


def test_the_parts_of_a_text_in_another_language_are_found_too(detector: Detector) -> None:
    """English among German is a part as German among English is, and the main language is none."""
    assert detector.parts(f"{GERMAN} {ENGLISH}", Language("de")) == {"en"}
    assert detector.parts(GERMAN, Language("de")) == set()
    assert detector.parts(ENGLISH, Language("en")) == set()


def test_a_part_is_found_where_the_whole_is_undecided(detector: Detector) -> None:
    """A text of which half is in another language may be undecided, but its part is not."""
    text = "You are nice, pero tu madre es una puta asquerosa"
    main = detector.detect(text)

    assert main.code is None
    assert detector.parts(text, main) == {"es"}


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_comment_has_no_part_in_another_language(detector: Detector, text: str) -> None:
    """Names, quotations, loan words, greetings, signs, slang, code and links are no part in another language."""
    assert detector.parts(text, Language("en")) == set()


HOSTILE = (
    "a\ud800b",
    "\0" * 50,
    "a" + "\u0301" * 50_000,
    "ß" * 100_000,
    "x" * 50_000 + "ба",
    "и\u0301" * 50_000 + "a",
    "कि" * 50_000 + "a",
)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_has_an_answer_too(detector: Detector, text: str) -> None:
    """Lone surrogates, NUL, and long piles of marks and letters do not stop the detector."""
    main = detector.detect(text)

    assert 0 <= (main.confidence or 0) <= 1
    assert detector.parts(text, main) <= {"ru", "hi"}


def test_the_script_of_most_letters_counts() -> None:
    """Letters are counted by script; Chinese characters among kana are Japanese."""
    assert main_script("I say привет") == ("Cyrillic", 6)
    assert main_script("日本語の文章") == ("Hiragana", 6)
    assert main_script("123 !?") == ("", 0)
    assert main_script("“Größe” — ça va… 😂") == ("Latin", 9)


def test_words_of_other_scripts_are_whole_and_more_than_one() -> None:
    """Two words are enough, or five letters where words are not spaced; a letter or a mixed word is none."""
    assert other_scripts("see Фёдор Достоевский here") == ["Фёдор Достоевский"]
    assert other_scripts("only Фёдор, а о, and ѕсhооl") == []
    assert other_scripts("用 Python 写代码很烂") == ["用 写代码很烂"]
    assert other_scripts("東京") == []


@pytest.mark.parametrize(
    ("language", "answer"),
    [(Language("en", 0.9), True), (Language("de", 0.9), False), (Language(None, 0.3), True), (Language("de"), False)],
)
def test_unknown_is_scored_and_another_language_is_not(language: Language, answer: bool) -> None:
    """A model scores its own languages and texts whose language cannot be told."""
    assert supported(language, {"en"}) is answer
