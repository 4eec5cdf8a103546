"""Learn from every site that has something new, then end: the memory that models take is needed for seconds only."""

import os
from datetime import timedelta

import structlog

from moderation import clock
from moderation.logs import configure_logs
from moderation.settings import get_settings
from moderation.storage.database import Database
from workers.learning.learner import learn_due
from workers.scoring import Scorers

NICER = 10
"""Scoring goes first where there are few cores."""

log = structlog.get_logger()


def main() -> None:
    """Learn what is due."""
    settings = get_settings()
    configure_logs(settings.log_level)
    os.nice(NICER)
    started = clock.monotonic()
    database = Database(settings.database)
    try:
        learnt = learn_due(database, Scorers.load(settings), timedelta(seconds=settings.learn_seconds))
    finally:
        database.close()
    log.info("learning_done", sites=learnt, seconds=round(clock.monotonic() - started, 2))


if __name__ == "__main__":
    main()
