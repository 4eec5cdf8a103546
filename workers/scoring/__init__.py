"""What a text is scored for: the list of scorers, and what runs them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from moderation.model import ATTRIBUTES, Language, Scored
from moderation.settings import Settings
from workers.scoring import spam, toxicity
from workers.scoring.language import Detector, supported
from workers.scoring.text import Text

Answer = tuple[Mapping[str, float], Mapping[str, str]]
"""Scores by attribute, and for some attributes in words what weighed most."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scorer:
    """A scorer with its name and version; without `languages` it scores texts in all of them."""

    name: str
    model: str
    languages: frozenset[str] | None
    score: Callable[[Sequence[Text]], Sequence[Answer]]


class Scorers:
    """Runs every scorer on every text that is in its languages; what none tells is unknown."""

    def __init__(self, scorers: Sequence[Scorer], detector: Detector) -> None:
        """Run `scorers`, each on the texts whose language `detector` says it knows."""
        self._scorers = scorers
        self._detector = detector
        self.models: Mapping[str, str] = {scorer.name: scorer.model for scorer in scorers}

    @classmethod
    def load(cls, settings: Settings) -> "Scorers":
        """Load the models that the settings name; raises `catalogue.ModelError`."""
        toxic = toxicity.load(settings.model, settings.engine, settings.data)
        spammy = spam.SpamScorer.load()
        return cls(
            [
                Scorer(
                    "toxicity",
                    toxic.name,
                    toxic.languages,
                    lambda texts: [(scores, {}) for scores in toxic.score([one.text for one in texts])],
                ),
                Scorer(
                    "spam",
                    spammy.name,
                    None,
                    lambda texts: [({"spam": score}, {"spam": words}) for score, words in spammy.score(texts)],
                ),
            ],
            Detector(),
        )

    def score(self, texts: Sequence[Text]) -> list[Scored]:
        """Return what is known of each text, in order; a score that no scorer gives is None."""
        languages = [self._detector.detect(one.text, one.language) for one in texts]
        answers = [self._answers(scorer, texts, languages) for scorer in self._scorers]
        return [self._joined(languages[index], [found[index] for found in answers]) for index in range(len(texts))]

    def _joined(self, language: Language, answers: Sequence[Answer]) -> Scored:
        scores: dict[str, float | None] = dict.fromkeys(ATTRIBUTES)
        details: dict[str, str] = {}
        for found, words in answers:
            scores.update((name, score) for name, score in found.items() if name in scores)
            details.update((name, text) for name, text in words.items() if text)
        return Scored(scores=scores, language=language, models=self.models, details=details)

    def _answers(self, scorer: Scorer, texts: Sequence[Text], languages: Sequence[Language]) -> list[Answer]:
        """Return a scorer's answer for every text, empty where it does not know the language or fails."""
        known = [
            index
            for index, language in enumerate(languages)
            if scorer.languages is None or supported(language, scorer.languages)
        ]
        found: list[Answer] = [({}, {})] * len(texts)
        for index, answer in zip(known, _tried(scorer, [texts[index] for index in known]), strict=True):
            found[index] = answer
        return found


def _tried(scorer: Scorer, texts: Sequence[Text]) -> Sequence[Answer]:
    """Return answers in order; if the texts cannot be scored together, those that can be singly have theirs."""
    if not texts:
        return []
    try:
        return scorer.score(texts)
    except Exception as error:  # noqa: BLE001 - whatever a model raises, its text is unknown and the others are not
        if len(texts) == 1:
            log.warning("text_not_scored", scorer=scorer.name, error=type(error).__name__, length=len(texts[0].text))
            return [({}, {})]
        return [answer for text in texts for answer in _tried(scorer, [text])]
