"""The workers' Celery app with scorers that some texts are poison for: `celery -A tests.workers.poisoned worker`.

A text with the word "poison" kills the process that scores it, as a crash in native code does, after a mark
was left in the file that POISON_MARKS names; one with the word "endless" is never scored to its end, which the
worker takes for hanging after a few seconds already. With POISON_MODELS set the models cannot be loaded.
"""

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

from moderation.model import ATTRIBUTES
from moderation.settings import Settings
from workers import scoring
from workers.app import app
from workers.scoring import Answer, Scorer, Scorers
from workers.scoring.language import Detector
from workers.scoring.text import Text

__all__ = ["app"]
app.conf.task_time_limit = 4


def score(texts: Sequence[Text]) -> Sequence[Answer]:
    """Find every text harmless, if it is not deadly."""
    if any("poison" in one.text for one in texts):
        with Path(os.environ["POISON_MARKS"]).open("a", encoding="utf-8") as marks:
            marks.write(f"{len(texts)}\n")
        os.kill(os.getpid(), signal.SIGKILL)
    if any("endless" in one.text for one in texts):
        threading.Event().wait()
    return [Answer(dict.fromkeys(ATTRIBUTES, 0.01)) for _ in texts]


def load(_settings: Settings) -> Scorers:
    """Return scorers without a model."""
    if "POISON_MODELS" in os.environ:
        raise ValueError("no such model")
    return Scorers([Scorer("toxicity", "poisoned-1", None, score)], Detector())


scoring.Scorers.load = load  # type: ignore[assignment, method-assign]
