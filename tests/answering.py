"""Answers asks in the place of the scoring workers, from a thread of the test."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from moderation.asks import Ask, Asks
from moderation.model import ATTRIBUTES
from moderation.queue import Queue

PAUSE = 0.005
MODELS = {"toxicity": "table-1", "spam": "table-2"}
CARDS: Sequence[Mapping[str, Any]] = (
    {"name": "table-1", "attributes": [name for name in ATTRIBUTES if name != "spam"], "languages": ["en"]},
    {"name": "table-2", "attributes": ["spam"], "languages": None},
)
"""What the workers would announce of themselves."""
Result = Mapping[str, Any] | None


def result(*others: str, language: str | None = "en", **scores: float | None) -> dict[str, Any]:
    """Return what a worker says of one text, parts of which are in `others`; what is not given is harmless."""
    return {
        "scores": {**dict.fromkeys(ATTRIBUTES, 0.01), **scores},
        "spans": [],
        "language": {"code": language, "confidence": 1.0},
        "other_languages": list(others),
    }


def by_word(text: str) -> Result:
    """Return a high score for a text with a bad word in it; only spam is known of one in German."""
    if "Dummkopf" in text:
        return {**result(language="de"), "scores": {**dict.fromkeys(ATTRIBUTES), "spam": 0.01}}
    bad = 0.93 if "idiot" in text else 0.02
    return result(toxicity=bad, insult=bad)


class Answerer:
    """Takes asks until it is told to stop."""

    def __init__(self, queue: Queue, say: Callable[[str], Result]) -> None:
        """Answer each text with what `say` returns for it."""
        self.taken: list[Ask] = []
        self.held = threading.Event()
        """Clear to take and not answer."""
        self.versions: dict[str, dict[str, int]] = {}
        """By site, of the models that are said to correct its scores."""
        self.held.set()
        self._queue, self._say = queue, say
        self._over = threading.Event()

    @property
    def texts(self) -> list[str]:
        """The texts that were asked for."""
        return [text for ask in self.taken for text in ask.texts]

    def run(self) -> None:
        """Answer until `stop`."""
        asks = Asks(self._queue)
        while not self._over.is_set():
            taken = asks.take(32)
            self.taken += taken
            if taken:
                self.held.wait()
            for ask in taken:
                results = [self._say(text) for text in ask.texts]
                versions = self.versions.get(ask.site or "", {})
                asks.answer({ask.id: {"results": results, "models": MODELS, "versions": versions}})
            if not taken:
                self._over.wait(PAUSE)

    def stop(self) -> None:
        """Let `run` return."""
        self._over.set()
        self.held.set()


@contextmanager
def answering(
    queue: Queue, say: Callable[[str], Result] = by_word, cards: Sequence[Mapping[str, Any]] = CARDS
) -> Iterator[Answerer]:
    """Announce `cards` and answer asks for the length of a `with` block."""
    queue.beat("scorer", 120, {"models": list(cards)})
    answerer = Answerer(queue, say)
    thread = threading.Thread(target=answerer.run, name="answerer")
    thread.start()
    try:
        yield answerer
    finally:
        answerer.stop()
        thread.join()
