"""Languages and unknown scores in the answers of comments:analyze."""

import pytest

from moderation.model import ATTRIBUTES
from moderation.queue import Queue
from moderation.settings import Settings
from tests.answering import Answerer, answering, result
from tests.dialects.conftest import Api
from tests.dialects.test_perspective import error_of, with_settings
from tests.dialects.test_perspective_analyze import analyze, kind_of


@pytest.mark.usefixtures("worker")
def test_a_language_that_an_attribute_does_not_speak_is_named(api: Api) -> None:
    """As requested where the client said so, else as detected; SPAM speaks all, so it is answered by itself."""
    requested = analyze(api, "bonjour", "SPAM", "TOXICITY", languages=["en", "fr-CA"])
    detected = analyze(api, "du Dummkopf", "SPAM", "INSULT@2")

    message = "Attribute TOXICITY does not support request languages: fr-CA"
    assert kind_of(requested) == ("LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE", message)
    inner = "languageNotSupportedByAttributeError"
    assert error_of(requested)["details"][0][inner] == {"requestedLanguages": ["fr-CA"], "attribute": "TOXICITY"}
    assert error_of(detected)["details"][0][inner] == {"detectedLanguages": ["de"], "attribute": "INSULT"}
    assert set(analyze(api, "du Dummkopf", "SPAM", languages=["de"]).get_json()["attributeScores"]) == {"SPAM"}


def test_languages_are_hints_and_are_repeated(api: Api, worker: Answerer) -> None:
    """One language is told to the scorers without its region; of several the text is asked."""
    assert analyze(api, "hello there", languages=["en-GB"]).get_json()["languages"] == ["en-GB"]
    assert analyze(api, "hello again", languages=["en", "en-GB"]).get_json()["detectedLanguages"] == ["en"]
    assert [(ask.texts, ask.language) for ask in worker.taken] == [(["hello there"], "en"), (["hello again"], None)]


@pytest.mark.parametrize("mode", ["strict", "skip"])
def test_an_unknown_score_is_never_a_number(api: Api, settings: Settings, mode: str) -> None:
    """It is left out or refuses the request, by the mode; if nothing is left the request is refused."""
    queue = Queue(settings.redis)
    queue.redis.flushall()
    moody = with_settings(api, settings, perspective_unavailable=mode)
    unknown = {**result(language=None), "scores": {**dict.fromkeys(ATTRIBUTES), "spam": 0.5}}
    with answering(queue, lambda _: unknown):
        alone, beside = analyze(moody, "hm"), analyze(moody, "hm", "SPAM", "TOXICITY")

    assert error_of(alone)["status"] == "UNAVAILABLE"
    if mode == "strict":
        assert error_of(beside)["status"] == "UNAVAILABLE"
    else:
        assert set(beside.get_json()["attributeScores"]) == {"SPAM"}
        assert beside.get_json()["detectedLanguages"] == ["und"]


def test_a_text_in_two_languages_names_both(api: Api, settings: Settings) -> None:
    """What a part in an unknown language leaves unknown is refused for that language."""
    queue = Queue(settings.redis)
    queue.redis.flushall()
    mixed = {**result("de"), "scores": {**dict.fromkeys(ATTRIBUTES), "toxicity": 0.9, "spam": 0.1}}
    with answering(queue, lambda _: mixed):
        high, low = analyze(api, "you Idiot"), analyze(api, "you Idiot", "THREAT")

    assert high.get_json()["detectedLanguages"] == ["en", "de"]
    assert kind_of(low)[1] == "Attribute THREAT does not support request languages: de"
