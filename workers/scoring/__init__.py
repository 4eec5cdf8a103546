"""What a text is scored for: the list of scorers, and what runs them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from moderation.model import ATTRIBUTES, Language, Scored, ScoredSpan
from moderation.settings import Settings
from workers.scoring import spam, spam_reasons, toxicity
from workers.scoring.language import Detector, seen, supported
from workers.scoring.text import Text
from workers.scoring.toxicity_answer import Toxicity

SAYS_TOXIC = 0.5
"""A score that stands although a part of the text is in a language the model does not know: it can only be higher."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scorer says of a text: scores by attribute, in words what weighed most, where, and its embedding."""

    scores: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    spans: tuple[ScoredSpan, ...] = ()
    embedding: bytes | None = None


NOTHING = Answer()

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Scorer:
    """A scorer with its name and version; without `languages` it scores texts in all of them."""

    name: str
    model: str
    languages: frozenset[str] | None
    score: Callable[[Sequence[Text]], Sequence[Answer]]
    about: Mapping[str, Any] = field(default_factory=dict)
    """What people are told of the model, with measured figures: the public part of its card."""
    quick: bool = False
    """Whether it takes no more than a millisecond or so."""


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
                    lambda texts: [_answer(one) for one in toxic.score([text.text for text in texts])],
                    toxic.about,
                ),
                Scorer(
                    "spam",
                    spammy.name,
                    None,
                    lambda texts: [
                        Answer({"spam": score}, {} if words == spam_reasons.NOTHING else {"spam": words})
                        for score, words in spammy.score(texts)
                    ],
                    quick=True,
                ),
            ],
            Detector(),
        )

    def documents(self) -> list[dict[str, Any]]:
        """Return for each model, as JSON can hold it, what people are told of it; `languages` None is all."""
        return [
            {
                "attributes": [scorer.name],
                "languages": None if scorer.languages is None else sorted(scorer.languages),
                **scorer.about,
                "name": scorer.model,
            }
            for scorer in self._scorers
        ]

    def score(self, texts: Sequence[Text]) -> list[Scored]:
        """Return what is known of each text, in order; a score that no scorer gives is None."""
        languages = [self._detector.detect(one.text, one.language) for one in texts]
        parts = [self._detector.parts(one.text, language) for one, language in zip(texts, languages, strict=True)]
        answers = [self._answers(scorer, texts, languages, parts) for scorer in self._scorers]
        return [
            self._joined(languages[index], parts[index], [found[index] for found in answers])
            for index in range(len(texts))
        ]

    def glance(self, texts: Sequence[Text]) -> list[Scored]:
        """Return what the quick scorers say of each text, in order; all else is unknown, the language too."""
        answers = [_tried(scorer, texts) for scorer in self._scorers if scorer.quick]
        return [
            self._joined(Language(), frozenset(), [found[index] for found in answers]) for index in range(len(texts))
        ]

    def _joined(self, language: Language, others: frozenset[str], answers: Sequence[Answer]) -> Scored:
        scores: dict[str, float | None] = dict.fromkeys(ATTRIBUTES)
        details: dict[str, str] = {}
        for answer in answers:
            scores.update((name, score) for name, score in answer.scores.items() if name in scores)
            details.update(answer.details)
        return Scored(
            scores=scores,
            language=language,
            other_languages=tuple(sorted(others)),
            models=self.models,
            spans=tuple(span for answer in answers for span in answer.spans),
            details=details,
            embedding=next((answer.embedding for answer in answers if answer.embedding), None),
        )

    def _answers(
        self,
        scorer: Scorer,
        texts: Sequence[Text],
        languages: Sequence[Language],
        parts: Sequence[frozenset[str]],
    ) -> list[Answer]:
        """Return a scorer's answer for every text, empty where it does not know the language or fails."""
        found = [NOTHING] * len(texts)
        if scorer.languages is None:
            return list(_tried(scorer, texts))
        known = [index for index, language in enumerate(languages) if supported(language, scorer.languages)]
        for index, answer in zip(known, _tried(scorer, [texts[index] for index in known]), strict=True):
            found[index] = answer if seen(parts[index], scorer.languages) else _lower_bounds(answer)
        return found


def _answer(found: Toxicity) -> Answer:
    embedding = None if found.embedding is None else found.embedding.astype("<f4").tobytes()
    return Answer(found.scores, spans=found.spans, embedding=embedding)


def _lower_bounds(answer: Answer) -> Answer:
    """Return what is certain of a text of which a part was not understood: that it is toxic, not that it is not."""
    high = {name: score for name, score in answer.scores.items() if score >= SAYS_TOXIC}
    return Answer(high, spans=answer.spans if high else (), embedding=answer.embedding)


def _tried(scorer: Scorer, texts: Sequence[Text]) -> Sequence[Answer]:
    """Return answers in order; if the texts cannot be scored together, those that can be singly have theirs."""
    if not texts:
        return []
    try:
        return scorer.score(texts)
    except Exception as error:  # noqa: BLE001 - whatever a model raises, its text is unknown and the others are not
        if len(texts) == 1:
            log.warning("text_not_scored", scorer=scorer.name, error=type(error).__name__, length=len(texts[0].text))
            return [NOTHING]
        return [answer for text in texts for answer in _tried(scorer, [text])]
