"""The runner in `workers/scoring/__init__.py`."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from moderation.model import ATTRIBUTES, UNKNOWN
from moderation.settings import Settings
from workers.scoring import Answer, Scorer, Scorers
from workers.scoring.language import Detector
from workers.scoring.text import Text

TOXICITY = ("toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack", "sexual_explicit")


@pytest.fixture(scope="module")
def scorers(tmp_path_factory: pytest.TempPathFactory) -> Scorers:
    """Give the scorers as a worker loads them."""
    return Scorers.load(Settings(data=tmp_path_factory.mktemp("data")))


def test_every_attribute_is_answered(scorers: Scorers) -> None:
    """A text in English has a number for all that a model knows, and null for what none knows."""
    insult, thanks = scorers.score(
        [Text("You are an idiot and nobody wants you here."), Text("Thank you, that helped.")]
    )

    assert set(insult.scores) == set(ATTRIBUTES)
    assert None not in insult.scores.values()
    assert [(span.attribute, span.start) for span in insult.spans] == [("toxicity", 11)]
    assert (insult.scores["toxicity"] or 0) > 0.8
    assert (thanks.scores["toxicity"] or 1) < 0.1
    assert insult.language.code == "en"
    assert insult.models == scorers.models
    assert scorers.models["toxicity"].startswith("compact-3@sha256:")
    assert set(scorers.models) == {"toxicity", "spam"}


def test_another_language_is_unknown_not_harmless(scorers: Scorers) -> None:
    """A text in a language that the model was not made for has no toxicity scores; short ones are scored."""
    texts = ["Das ist ja mal wieder typisch für diese Leute", "Спасибо за статью", "ok lol", "You are an idiot"]
    german, russian, short, english = scorers.score([Text(text) for text in texts])

    assert german.language.code == "de"
    assert all(scored.scores[name] is None for scored in (german, russian) for name in TOXICITY)
    assert all(scored.scores[name] is not None for scored in (short, english) for name in TOXICITY)
    assert german.scores["spam"] is not None


def test_a_part_in_another_language_leaves_only_what_is_certain(scorers: Scorers) -> None:
    """Where the model does not understand a part of a text, high scores stand, and low ones are unknown."""
    russian = " Спасибо за статью."
    kind, unkind = scorers.score(
        [
            Text("Thank you for this article about trains." + russian),
            Text("You are a stupid fucking idiot and a worthless piece of shit." + russian),
        ]
    )

    assert all(kind.scores[name] is None for name in TOXICITY)
    assert (unkind.scores["toxicity"] or 0) > 0.5
    assert unkind.scores["threat"] is None
    assert kind.scores["spam"] is not None


def test_what_serves_is_told_as_its_card_says(scorers: Scorers) -> None:
    """Name, languages and measured figures of each model are there for people, golden texts are not."""
    toxic, spam = scorers.documents()

    assert toxic["name"] == scorers.models["toxicity"]
    assert toxic["languages"] == ["en"]
    assert toxic["figures"]
    assert {row["language"] for row in toxic["language_figures"]} > {"de", "fr", "es"}
    assert "golden" not in toxic
    assert (spam["name"], spam["languages"]) == (scorers.models["spam"], None)


def test_the_sites_hint_decides_for_short_texts(scorers: Scorers) -> None:
    """A short text on a German site is German, and so not scored by an English model."""
    (scored,) = scorers.score([Text("Na toll", language="de")])

    assert scored.scores["toxicity"] is None


def test_one_text_that_cannot_be_scored_does_not_cost_the_others(
    scorers: Scorers, capsys: pytest.CaptureFixture[str]
) -> None:
    """A text on which a scorer raises is unknown; the rest of its batch has scores, and no text is logged."""
    first, broken, last = scorers.score([Text("Thank you all."), Text("a marker \ud800 here"), Text("You idiot!")])
    logged = capsys.readouterr()

    assert all(broken.scores[name] is None for name in TOXICITY)
    assert (last.scores["toxicity"] or 0) > 0.5 > (first.scores["toxicity"] or 1)
    assert "marker" not in logged.out + logged.err


def test_a_scorer_that_fails_leaves_the_others_their_word() -> None:
    """What one scorer cannot tell is unknown, what another tells stands, with its words."""

    def broken(_: Sequence[Text]) -> list[Answer]:
        raise MemoryError

    def spam(texts: Sequence[Text]) -> list[Answer]:
        return [Answer({"spam": 0.7, "other": 1.0}, {"spam": "links"}) for _ in texts]

    runner = Scorers([Scorer("toxicity", "t@1", None, broken), Scorer("spam", "s@1", None, spam)], Detector())
    for scored in runner.score([Text("one"), Text("two")]):
        assert {name for name, score in scored.scores.items() if score is not None} == {"spam"}
        assert scored.details == {"spam": "links"}
        assert scored.models == {"toxicity": "t@1", "spam": "s@1"}


def test_a_glance_runs_what_is_quick_alone() -> None:
    """The language is not looked for; a text on which a quick scorer fails is unknown."""

    def slow(_: Sequence[Text]) -> list[Answer]:
        raise AssertionError

    def spam(texts: Sequence[Text]) -> list[Answer]:
        return [Answer({"spam": 0.7} if text.text == "one" else {}) for text in texts]

    runner = Scorers([Scorer("toxicity", "t@1", None, slow), Scorer("spam", "s@1", None, spam, quick=True)], Detector())
    first, other = runner.glance([Text("one"), Text("two")])

    assert {name: score for name, score in first.scores.items() if score is not None} == {"spam": 0.7}
    assert other == replace(UNKNOWN, models=runner.models)


def test_only_the_spam_model_is_quick(scorers: Scorers) -> None:
    """Of the models that are shipped a glance tells the spam score, the same as when all is scored."""
    text = Text("Buy cheap pills now at http://pills.example/offer, discount for you!")
    (glance,), (whole,) = scorers.glance([text]), scorers.score([text])

    assert glance.scores["spam"] == whole.scores["spam"]
    assert [name for name, score in glance.scores.items() if score is not None] == ["spam"]


def test_nothing_gives_nothing(scorers: Scorers) -> None:
    """Without texts nothing is run."""
    assert scorers.score([]) == []
