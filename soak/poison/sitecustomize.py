"""Lets a text with the word of SOAK_POISON end the process that scores it, as a crash in native code does.

Python imports this when it starts, if this folder is in PYTHONPATH; only a scoring worker changes.
"""

import os
import signal
import sys
from collections.abc import Sequence

POISON = os.environ.get("SOAK_POISON", "")

if POISON and any(argument.startswith("scorer@") for argument in sys.orig_argv):
    from workers import scoring
    from workers.scoring.text import Text

    _score = scoring.Scorers.score

    def _deadly(self: scoring.Scorers, texts: Sequence[Text]) -> object:
        if any(POISON in one.text for one in texts):
            os.kill(os.getpid(), signal.SIGKILL)
        return _score(self, texts)

    scoring.Scorers.score = _deadly  # type: ignore[assignment, method-assign]
