import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from tests.timing import assert_linear
from workers.scoring.readings import knows, misspellings, read

WORDS = {"idiot", "ass", "shit", "what", "an"}


def known(word: str) -> bool:
    """Tell which words a made-up tokenizer knows whole."""
    return word in WORDS


def test_a_disguised_word_with_letters_repeated_is_known_by_its_letters() -> None:
    """What is asked for is the word without the repetition."""
    assert read(["such sssh111t"], known)[1].text == "such shit"


def test_a_misspelt_offensive_word_is_read_as_it_is_spelt() -> None:
    """A letter left out or two exchanged hide no word, unless what stands there is a word itself."""
    assert read(["you idoit, you stpid man"], known)[1].text == "you idiot, you stupid man"
    assert len(read(["Moorn"], lambda word: word == "moorn")) == 1
    assert set(misspellings(["moron", "whores", "ass"])) == {"mron", "moon", "morn", "mroon", "moorn", "morno"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("you stu pid man", "you stupid man"),
        ("you id.i ot!", "you idiot!"),
        ("FU~CK that", "fuck that"),
        ("what sh-it, what fu/ck", "what shit, what fuck"),
        ("as s_ho|le", "asshole"),
        ("an id-iot and an id iot", "an idiot and an idiot"),
        ("mor\u200bo n", "moron"),
    ],
)
def test_an_offensive_word_in_pieces_is_read_whole(text: str, meant: str) -> None:
    """Wherever one sign or space breaks it, as often as it does."""
    assert read([text], known)[1].text == meant


@pytest.mark.parametrize(
    "text",
    [
        "the pen is mightier", "the singer's hit", "somebody who re-signed", "not my ass, an owl", "what ass an owl",
        "a cla ss, a ba ss", "the retard ant", "xs tupid", "stu pidx", "an id, iot", "pi g",
    ],
)  # fmt: skip
def test_words_side_by_side_are_no_pieces(text: str) -> None:
    """If all are words, or a sign and a space are between them, or they do not stand by themselves."""
    told = {"pen", "singer", "hit", "who", "ass", "ant", "retard", "owl", *WORDS}
    assert [one.text for one in read([text], lambda word: word in told)] == [text]


@pytest.mark.parametrize("piece", ["stu pi ", "f ", "mother fuck ", "a-", "fu.ck "])
def test_pieces_are_looked_at_in_linear_time(piece: str) -> None:
    """However long the text is, and however much of it begins like an offensive word."""
    assert_linear(lambda text: read([text], known), str, piece * (64_000 // len(piece)))


@pytest.mark.parametrize("text", ["Model A55, code K1D10T", "3am, 10:30am", "x86_64 a11y i18n", "4a55-1d10-7b"])
def test_part_numbers_times_and_identifiers_are_no_disguised_words(text: str) -> None:
    """Digits stand for letters only where they give a word that the tokenizer knows, in a token with letters enough."""
    assert [one.text for one in read([text], known)] == [text]


def test_words_are_known_however_a_vocabulary_marks_their_beginning() -> None:
    """Byte-level BPE and unigram vocabularies mark the beginning of a word, word pieces do not."""
    vocabulary = {"[UNK]": 0, "fool": 1, "Ġclown": 2, "▁donkey": 3, "##ish": 4}
    told = knows(Tokenizer(WordLevel(vocabulary, unk_token="[UNK]")))

    assert [told(word) for word in ("fool", "clown", "donkey", "ish", "other")] == [True, True, True, False, False]
    assert told("arsehole")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Good morning, all!",
        "LOUD AND  SPACED\n",
        "naïve café",
        "Привет, как дела?",
        "日本語のコメント",
        "2 + 2 = 4",
    ],
)
def test_a_text_without_disguise_has_one_reading(text: str) -> None:
    """Case, white space, accents and other scripts disguise nothing, so the text is scored once."""
    assert [(one.owner, one.text) for one in read([text], known)] == [(0, text)]


def test_a_disguised_text_is_read_as_written_and_as_meant() -> None:
    """The first reading is the text itself; the second knows where in the text its characters stand."""
    text = "What an 1 d 1 0 t"
    written, meant = read(["fine", text], known)[1:]

    assert (written.owner, written.text) == (1, text)
    assert (meant.owner, meant.text) == (1, "what an idiot")
    span = meant.original(8, 13)
    assert text[span.start : span.end] == "1 d 1 0 t"


def test_disguises_can_be_left_as_they_are() -> None:
    """Without undoing every text has one reading."""
    assert [one.text for one in read(["1d10t", "ok"], known, undo=False)] == ["1d10t", "ok"]


def test_a_lone_surrogate_is_refused() -> None:
    """A text that UTF-8 cannot hold raises, as the tokenizer would."""
    with pytest.raises(UnicodeError):
        read(["a \ud800"], known)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_every_place_of_a_reading_is_in_the_text(text: str) -> None:
    """Whatever was undone, spans stay inside the text and in order."""
    for reading in read([text], known):
        for at in range(len(reading.text)):
            span = reading.original(at, at + 1)

            assert 0 <= span.start < span.end <= len(text)
