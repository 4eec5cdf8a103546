"""Lets a Celery worker stop taking messages once the file DEAF is there, as the known bug of its transport does.

Python imports this when it starts, if this folder is in PYTHONPATH.
"""

# ruff: noqa: INP001 - no part of a package

import os
import sys
from pathlib import Path

DEAF = os.environ.get("DEAF", "")
ASKS = "_brpop_start"
"""Where the transport asks for the next message."""

if DEAF and "celery" in " ".join(sys.orig_argv):
    from kombu.transport import redis

    _start = getattr(redis.Channel, ASKS)

    def _deaf(self: redis.Channel, *args: object, **kwargs: object) -> object:
        return None if Path(DEAF).exists() else _start(self, *args, **kwargs)

    setattr(redis.Channel, ASKS, _deaf)
