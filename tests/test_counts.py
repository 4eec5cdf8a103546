"""The counts of threads, while everything happens to their comments at the same time."""

import random
import threading
from dataclasses import dataclass, field

from moderation import changes
from moderation.auditing import verify
from moderation.errors import ModerationError
from moderation.intake import Received
from moderation.model import Action, DecidedBy, Decision, Status
from moderation.pipeline import Parts, overrule, receive
from moderation.records import Site
from moderation.storage import threads
from moderation.storage.database import Database
from tests.build import HARMLESS, NOW, TOXIC, comment, make_parts, make_site, post, prepared, settle_all

THREADS = ("t0", "t1", "t2")
ROUNDS = 8


@dataclass
class Actors:
    """What can happen to the comments of a site, each drawn from a generator of its own."""

    parts: Parts
    site: Site
    stored: list[str]
    failures: list[BaseException] = field(default_factory=list)

    def posts(self, rng: random.Random) -> None:
        """Post three comments at once."""
        texts = [f"A new comment {rng.randrange(10**9)} of this thread" for _ in range(3)]
        group = [prepared(self.parts, self.site, comment(text, rng.choice(THREADS))) for text in texts]
        outcomes = receive(self.parts, self.site, group, NOW)
        self.stored.extend(one.comment.id for one in outcomes if isinstance(one, Received))

    def settles(self, rng: random.Random) -> None:
        """Settle what waits."""
        settle_all(self.parts, self.site, rng.choice((HARMLESS, TOXIC)))

    def decides(self, rng: random.Random) -> None:
        """Decide a comment by hand."""
        decision = Decision(rng.choice(list(Action)), DecidedBy.API, NOW, 1)
        overrule(self.parts, self.site.id, rng.choice(self.stored), decision)

    def edits(self, rng: random.Random) -> None:
        """Edit a comment."""
        text = f"An edited text {rng.randrange(10**9)}"
        changes.edit(self.parts, self.site, rng.choice(self.stored), text, NOW)

    def erases(self, rng: random.Random) -> None:
        """Erase a comment."""
        changes.erase(self.parts, self.site.id, rng.choice(self.stored), NOW)

    def run(self, name: str, seed: int) -> None:
        """Do one of these again and again; a comment that another thread erased meanwhile is no failure."""
        rng = random.Random(seed)
        for _ in range(ROUNDS):
            try:
                getattr(self, name)(rng)
            except ModerationError:
                pass
            except BaseException as error:  # noqa: BLE001 - a thread's failure must fail the test
                self.failures.append(error)


def test_counts_equal_a_recount_under_concurrency(database: Database, redis_url: str) -> None:
    """Posting, settling, deciding, editing and erasing at the same time leave counts that a recount confirms."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    first = [
        post(parts, site, comment(f"The comment number {number} of many", THREADS[number % 3])) for number in range(9)
    ]
    actors = Actors(parts, site, [one.id for one in first])
    names = ("posts", "posts", "settles", "decides", "edits", "erases")
    running = [threading.Thread(target=actors.run, args=(name, seed)) for seed, name in enumerate(names)]

    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)

    assert actors.failures == []
    log = verify(database, site.id)
    assert (log.number > 0, log.broken) == (True, None)
    with database.read() as connection:
        recounted = threads.recount(connection, site.id)
        counts = threads.get_counts(connection, site.id, THREADS)
    assert sum(count.total for count in counts.values()) == len(actors.stored)
    for thread_id, count in counts.items():
        by_status = {status: getattr(count, status.value) for status in Status}
        assert by_status == {status: recounted[thread_id][status] for status in Status}
