"""What a changed policy would have done: the newest stored comments, decided by it and by the one in force.

Nothing is changed, and no comment is scored again. A comment that a person decided counts as what the policies
alone would have done with it.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from moderation import ids
from moderation.errors import UnavailableError
from moderation.model import Action
from moderation.pipeline import Parts
from moderation.policy_document import Policy
from moderation.records import Past, Site
from moderation.replay import Replay
from moderation.storage.past import read_past

COMMENTS_AT_MOST = 100_000
CHARACTERS_AT_MOST = 1_000_000
"""Of the texts that are read again, where the policies differ in words or links; this takes as long as all else."""
BATCH = 2000
WAIT_SECONDS = 10.0
BUSY = "Another preview is being made; try again in a moment"

_one_at_a_time = threading.Lock()
"""A preview keeps a core busy for seconds: more than one would slow down everybody else in this process."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A comment that the other policy would treat otherwise, and the codes of its reasons under both."""

    comment_id: str
    now: tuple[str, ...]
    then: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """How many comments would be treated otherwise in one way, and the newest of them."""

    before: Action
    after: Action
    count: int
    samples: Sequence[Sample]


@dataclass(frozen=True, slots=True)
class Preview:
    """What two policies do with the same comments."""

    comments: int
    more: bool
    """Whether there are older ones within the time asked for."""
    oldest: datetime | None
    """When the oldest of them came."""
    now: Mapping[Action, int]
    then: Mapping[Action, int]
    changes: Sequence[Change]
    """The most frequent first."""
    not_replayed: Sequence[str]


def preview(parts: Parts, site: Site, policy: Policy, *, days: int, samples: int, now: datetime) -> Preview:
    """Compare `policy` with the one in force, over the comments of the last `days`; give up to `samples` a change.

    Raises:
        UnavailableError: other previews keep the process busy.
    """
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise UnavailableError(BUSY, retry_after=5)
    try:
        return _compare(parts, site.id, Replay(site.policy, policy), days, samples, now)
    finally:
        _one_at_a_time.release()


def _compare(parts: Parts, site_id: str, replay: Replay, days: int, samples: int, now: datetime) -> Preview:
    pairs = Counter[tuple[Action, Action]]()
    shown: dict[tuple[Action, Action], list[Sample]] = {}
    looked_at, characters, more, oldest = 0, 0, False, None
    for past in _newest(parts, site_id, replay, now - timedelta(days=days), COMMENTS_AT_MOST + 1):
        if looked_at == COMMENTS_AT_MOST or characters >= CHARACTERS_AT_MOST:
            more = True
            break
        looked_at, oldest = looked_at + 1, past.id
        characters += len(past.text or "")
        pair = replay.actions(past, now)
        pairs[pair] += 1
        if pair[0] is not pair[1] and pairs[pair] <= samples:
            shown.setdefault(pair, []).append(_sample(replay, past, now))
    return Preview(
        comments=looked_at,
        more=more,
        oldest=None if oldest is None else ids.made_at(oldest),
        now=_totals(pairs, 0),
        then=_totals(pairs, 1),
        changes=[
            Change(before, after, count, shown.get((before, after), []))
            for (before, after), count in pairs.most_common()
            if before is not after
        ],
        not_replayed=replay.not_replayed(),
    )


def _newest(parts: Parts, site_id: str, replay: Replay, since: datetime, most: int) -> Iterator[Past]:
    """Yield up to `most` comments, newest first, a batch a transaction."""
    before_id = None
    while most > 0:
        with parts.database.read() as connection:
            batch = read_past(
                connection,
                site_id,
                since,
                before_id=before_id,
                limit=min(BATCH, most),
                section=replay.has_sections,
                length=replay.needs_length,
                text=replay.needs_text,
            )
        yield from batch
        if len(batch) < BATCH:
            return
        most -= len(batch)
        before_id = batch[-1].id


def _sample(replay: Replay, past: Past, now: datetime) -> Sample:
    before, after = (
        tuple(dict.fromkeys(reason.code for reason in decision.reasons)) for decision in replay.decisions(past, now)
    )
    return Sample(past.id, before, after)


def _totals(pairs: Mapping[tuple[Action, Action], int], at: int) -> dict[Action, int]:
    return {action: sum(count for pair, count in pairs.items() if pair[at] is action) for action in Action}
