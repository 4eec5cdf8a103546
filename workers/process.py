"""What one worker process has: the joined parts, the sites it knows and, if it scores, the models."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from redis.exceptions import RedisError

from moderation import clock
from moderation.parts import join_parts
from moderation.pipeline import Parts
from moderation.queue import Bell
from moderation.settings import Settings, get_settings
from moderation.site_cache import SiteCache

if TYPE_CHECKING:
    from workers.learning.serve import SiteModels
    from workers.raids import Raids
    from workers.scoring import Scorers  # heavy: a courier and a beat have no use for it
    from workers.velocity import Watch

ALIVE_EVERY_SECONDS = 2.0
ALIVE_FOR_SECONDS = 8

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Process:
    """The parts of this process; `raids`, `scorers`, `site_models` and `watch` are None where nothing is scored."""

    settings: Settings
    parts: Parts
    sites: SiteCache
    raids: "Raids | None"
    scorers: "Scorers | None"
    site_models: "SiteModels | None"
    watch: "Watch | None"


_current: Process | None = None


def current() -> Process:
    """Return this process's parts, joined on first use."""
    global _current  # noqa: PLW0603 - one per process, made once
    if _current is None:
        _current = _join(scoring=False)
    return _current


def start_scoring() -> None:
    """Load the models, say that a scorer is alive and what it serves, and look for work that waits already."""
    global _current  # noqa: PLW0603 - one per process, made once
    started = clock.monotonic()
    try:
        _current = _join(scoring=True)
    except Exception as error:
        log.critical("models_not_loaded", error=type(error).__name__, detail=str(error))
        raise
    scorers = _current.scorers
    log.info("scorer_ready", seconds=round(clock.monotonic() - started, 2), **(scorers.models if scorers else {}))
    _say_alive("scorer", {"models": scorers.documents() if scorers else []})
    _current.parts.queue.ring(Bell.SCORING)


def start_courier() -> None:
    """Say that a courier is alive, and look for deliveries that are due already."""
    _say_alive("courier")
    current().parts.queue.ring(Bell.COURIER)


def _join(*, scoring: bool) -> Process:
    settings = get_settings()
    parts = join_parts(settings)
    sites = SiteCache(parts.database, clock.now)
    if not scoring:
        return Process(settings, parts, sites, None, None, None, None)
    from workers.learning.serve import SiteModels
    from workers.raids import Raids
    from workers.scoring import Scorers
    from workers.velocity import Watch

    scorers = Scorers.load(settings)
    redis, database = parts.queue.redis, parts.database
    models = SiteModels(database, scorers.models)
    return Process(settings, parts, sites, Raids(redis), scorers, models, Watch(redis, database))


def _say_alive(role: str, says: Mapping[str, Any] | None = None) -> None:
    queue = current().parts.queue
    pause = threading.Event()

    def say() -> None:
        while True:
            try:
                queue.beat(role, ALIVE_FOR_SECONDS, says)
            except (RedisError, OSError) as error:
                log.warning("alive_not_told", role=role, error=type(error).__name__)
            pause.wait(ALIVE_EVERY_SECONDS)

    threading.Thread(target=say, name=f"alive-{os.getpid()}", daemon=True).start()
