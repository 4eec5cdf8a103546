"""Scorers that say what a test wants, in a process's place of the real ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from moderation import clock
from moderation.model import ATTRIBUTES, UNKNOWN, Language, Scored
from moderation.pipeline import Parts
from moderation.settings import Settings
from moderation.site_cache import SiteCache
from workers.learning.serve import SiteModels
from workers.process import Process
from workers.raids import Raids
from workers.velocity import Watch

if TYPE_CHECKING:
    from workers.scoring import Scorers
    from workers.scoring.text import Text

HARMLESS = 0.01


@dataclass
class TableScorers:
    """Scores by the first word of a text that is in the table; the others are harmless."""

    table: Mapping[str, float | Exception] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=lambda: {"toxicity": "table-1"})
    batches: list[list[str]] = field(default_factory=list)
    """The texts of each call."""
    before: Callable[[], None] = lambda: None
    """What happens elsewhere while a batch is scored."""

    def score(self, texts: Sequence["Text"]) -> list[Scored]:
        """Return scores in order, or raise what the table says."""
        self.batches.append([one.text for one in texts])
        self.before()
        return [self._score(one) for one in texts]

    def glance(self, texts: Sequence["Text"]) -> list[Scored]:
        """Return the spam score alone, or raise what the table says."""
        found = [self._score(one).scores["toxicity"] for one in texts]
        return [replace(UNKNOWN, scores={**UNKNOWN.scores, "spam": one}, models=self.models) for one in found]

    def _score(self, one: "Text") -> Scored:
        found = [self.table[word] for word in one.text.split() if word in self.table]
        toxicity = found[0] if found else HARMLESS
        if isinstance(toxicity, Exception):
            raise toxicity
        scores = {**dict.fromkeys(ATTRIBUTES, HARMLESS), "toxicity": toxicity}
        return Scored(scores, Language(one.language or "en", 1.0), self.models)


def make_process(parts: Parts, folder: Path, scorers: TableScorers | None = None, **settings: object) -> Process:
    """Return a process of the parts, as a worker has it; its callbacks may go to this machine."""
    here = {"data": folder, "webhook_networks": "127.0.0.0/8", "webhook_http": True, **settings}
    return Process(
        Settings.model_validate(here),
        parts,
        SiteCache(parts.database, clock.now),
        Raids(parts.queue.redis),
        cast("Scorers | None", scorers),
        SiteModels(parts.database, scorers.models) if scorers else None,
        Watch(parts.queue.redis, parts.database),
    )
