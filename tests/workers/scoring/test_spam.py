"""The shipped spam scorer: whole, sure of plain cases, explained, and the same as when it was made."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from moderation.model import Author, Comment, Signals, Thread
from workers.scoring.catalogue import CARD, ModelIntegrityError, ModelMissingError
from workers.scoring.spam import FOLDER, WEIGHTS, SpamScorer
from workers.scoring.spam_reasons import NOTHING
from workers.scoring.text import Text

SPAM = (
    "Check out my new channel, I post covers every week! Please subscribe and I will sub back http://youtu.be/abc123",
    "FREE entry! Win a $1000 gift card, text WIN to 87121 now or call 09061701461. T&Cs apply",
    "Make $500 a day working from home!!! Click here http://bit.ly/2xEasy to start, no experience needed",
    "hey guys please like my page and follow me on instagram, i follow back everyone https://www.facebook.com/my.page",
    "Cheap viagra and cialis without prescription, order online now at http://pills-example.com, 80% discount",
    "Congratulations! You have been selected to receive a free iPhone. Claim your prize at www.win-example.com today",
    "Подработка на дому, доход от 500$ в неделю, пишите в личку @job_helper_bot",
    "Ищу людей в кoмaнду по kpиптoвалюте, обучение бесплатно, пишите в телеграм @crypto_team",
    "subscribe to my channel and give me a thumbs up plz, check out my videos",
    "Get 1000 free followers and likes at http://get-followers.example.com, it really works!!!",
)
ORDINARY = (
    "Thank you for this article, it was simple to understand.",
    "yes",
    "Great post!",
    "I disagree: the second study had only forty people in it, and nobody has repeated it since.",
    "The build fails for me with the same error. Did you find out which version breaks it?",
    "I looked it up: the council voted against it twice, https://www.example.org/council/minutes.pdf has both votes.",
    "We paid about $30 for two at that restaurant last summer, and it was worth it.",
    "You can reach the office on weekdays between 9 and 17.",
    "Love this song, it reminds me of school 😂😂",
    "Ich finde, der Artikel lässt die Hälfte weg. Was sagt denn die Gemeinde dazu?",
    "Спасибо за ответ, теперь понятно.",
    "LOL that is exactly what my brother said",
    "He has no idea what he is talking about and should resign.",
)


@pytest.fixture(scope="module")
def scorer() -> SpamScorer:
    """Give the shipped scorer."""
    return SpamScorer.load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of the model's folder, to be damaged."""
    return shutil.copytree(FOLDER, tmp_path / "model")


@pytest.mark.parametrize("text", SPAM)
def test_plain_spam_is_above_the_hold_threshold(scorer: SpamScorer, text: str) -> None:
    """What anybody would call spam scores over 0.8, and says why."""
    score, reasons = scorer.score([Text(text)])[0]

    assert score > 0.8
    assert reasons not in {"", NOTHING}


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_comments_are_far_below(scorer: SpamScorer, text: str) -> None:
    """Thanks, dissent, links to sources and prices of meals score under 0.3."""
    assert scorer.score([Text(text)])[0][0] < 0.3


def test_the_name_tells_the_weights(scorer: SpamScorer) -> None:
    """A stored score can be traced to the file that gave it."""
    card = json.loads((FOLDER / CARD).read_bytes())

    assert scorer.name == f"linear-2@sha256:{card['sha256'][:12]}"


def test_texts_are_scored_alone(scorer: SpamScorer) -> None:
    """Scores are in order and do not depend on what else is in the batch."""
    texts = [Text(text) for text in (*SPAM, *ORDINARY)]

    assert scorer.score(texts) == [scorer.score([text])[0] for text in texts]
    assert scorer.score([]) == []


def test_reasons_name_features_in_words(scorer: SpamScorer) -> None:
    """The reasons are what a moderator sees in the comment."""
    reasons = scorer.score(
        [Text("WIN CASH: call +44 906 170 1461, http://bit.ly/a http://bit.ly/b http://x.example.com")]
    )[0][1]

    assert "three links, two to shorteners" in reasons
    assert "phone number" in reasons


def test_a_filled_hidden_field_weighs(scorer: SpamScorer) -> None:
    """The same text scores higher when the form says that a program filled it in, and the reason is given."""
    text = "Very interesting, I will come back here."
    filled = Comment(text, Thread("t"), Author(name="Kim"), signals=Signals(honeypot="x", filled_in_ms=300))

    alone, told = scorer.score([Text(text), Text(text, comment=filled)])

    assert told[0] > alone[0] + 0.2
    assert "hidden field filled in" in told[1]
    assert "sent faster than people write" in told[1]


def test_nothing_is_scored_too(scorer: SpamScorer) -> None:
    """Empty and odd texts have a score and raise no error."""
    for score, reasons in scorer.score([Text(""), Text(" \n"), Text("\u200b"), Text("\ud800"), Text("😂" * 50)]):
        assert 0 <= score < 0.8
        assert reasons


def test_golden_texts_score_as_on_the_card(scorer: SpamScorer) -> None:
    """The card's golden texts take every way through reading, and score as when the model was made."""
    golden = json.loads((FOLDER / CARD).read_bytes())["golden"]

    scores = [score for score, _ in scorer.score([Text(one["text"]) for one in golden])]

    assert len(golden) >= 8
    assert scores == pytest.approx([one["score"] for one in golden], abs=0.002)


def test_changed_weights_are_refused(copy: Path) -> None:
    """A file whose hash differs from the card's is not read."""
    content = bytearray((copy / WEIGHTS).read_bytes())
    content[1000] ^= 1
    (copy / WEIGHTS).write_bytes(content)

    with pytest.raises(ModelIntegrityError, match="SHA-256"):
        SpamScorer.load(copy)


def test_missing_weights_are_told(copy: Path) -> None:
    """Without its weights the scorer says which file is missing."""
    (copy / WEIGHTS).unlink()

    with pytest.raises(ModelMissingError, match=WEIGHTS):
        SpamScorer.load(copy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"golden": [{"text": "hello", "score": 0.9}]}, "golden text 0"),
        ({"golden": [{"text": "hello", "score": float("nan")}]}, "golden text 0"),
        ({"features": ["links"]}, "other features"),
        ({"sha256": 5}, "not a model card"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(copy: Path, change: dict[str, object], message: str) -> None:
    """Weights that were made for another reading of texts score something else, and are not used."""
    card = json.loads((copy / CARD).read_bytes())
    (copy / CARD).write_text(json.dumps({**card, **change}))

    with pytest.raises(ModelIntegrityError, match=message):
        SpamScorer.load(copy)


def test_the_file_is_small_and_holds_plain_numbers() -> None:
    """The weights are under 3 MB, and no pickle is needed to read them."""
    assert (FOLDER / WEIGHTS).stat().st_size < 3_000_000
    with np.load(FOLDER / WEIGHTS, allow_pickle=False) as file:
        assert {file[name].dtype.kind for name in file.files} <= {"f", "U"}
