"""How fast somebody posts, and who else posts the same: what a text alone cannot show of spam.

Redis counts, per site and for an hour from the first one on: the threads an author posts in, the authors behind one
address prefix, the authors of one link. What it forgets is counted anew. The database knows who was approved before.
None of this is a verdict: together it moves the log-odds of spam by `MOST` at most, which holds no text that does
not look like spam by itself.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from redis import Redis
from redis.exceptions import RedisError

from moderation.model import Scored
from moderation.records import StoredComment
from moderation.storage import facts
from moderation.storage.database import Database, SQLAlchemyError
from moderation.traces import counted

WINDOW = timedelta(hours=1)
MOST = 2.0
NEW_AUTHOR = 0.3
"""What it moves the log-odds that nobody approved the author before."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Habit:
    """A count that is usual up to a number: each doubling beyond moves the log-odds by `each`."""

    usual: int
    each: float
    words: str


THREADS = Habit(5, 0.5, "author in {} threads within an hour")
NEIGHBOURS = Habit(5, 0.25, "{} authors from one network within an hour")
SAME_LINK = Habit(2, 0.7, "same link from {} authors within an hour")
"""Chosen, not learnt: no training set tells who posted when. A first link that two share is no campaign; a school or
a company is one network, so that counts least."""


@dataclass(frozen=True, slots=True)
class Velocity:
    """What is known of how a comment came; the comment in hand is counted, and None is unknown."""

    threads: int | None = None
    neighbours: int | None = None
    same_link: int | None = None
    new_author: bool = False


def suspicion(velocity: Velocity) -> tuple[float, list[str]]:
    """Return by how much the log-odds of spam rise, from 0 to `MOST`, and why, in words, the strongest first."""
    found = []
    for habit, count in (
        (THREADS, velocity.threads),
        (NEIGHBOURS, velocity.neighbours),
        (SAME_LINK, velocity.same_link),
    ):
        if count is not None and count > habit.usual:
            found.append((habit.each * math.log2(count / habit.usual), habit.words.format(count)))
    odds = sum(moved for moved, _ in found)
    if odds and velocity.new_author:
        odds += NEW_AUTHOR
        found.append((NEW_AUTHOR, "nobody approved the author before"))
    return min(odds, MOST), [words for _, words in sorted(found, reverse=True)]


def corrected(scored: Scored, velocity: Velocity) -> Scored:
    """Return the scores with the spam score raised by what is suspicious; an unknown score stays so."""
    score = scored.scores.get("spam")
    odds, words = suspicion(velocity)
    if score is None or not odds:
        return scored
    raised = score / (score + (1 - score) * math.exp(-odds))
    said = "; ".join([scored.details["spam"], *words] if "spam" in scored.details else words)
    return replace(scored, scores={**scored.scores, "spam": raised}, details={**scored.details, "spam": said})


class Watch:
    """Counts who posts what, where and how fast."""

    def __init__(self, redis: Redis, database: Database) -> None:
        """Keep counts in `redis`; ask `database` who was approved before."""
        self._redis = redis
        self._database = database

    def look(self, comments: Sequence[StoredComment]) -> list[Velocity]:
        """Count comments and return what is known of each, in order; looking twice counts once.

        Nothing is known while Redis is away, nor of a comment without author, address or links.
        """
        asked = [counted(comment) for comment in comments]
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for counts in asked:
                    for key, member in counts:
                        pipe.sadd(key, member)
                        pipe.expire(key, WINDOW, nx=True)
                        pipe.scard(key)
                sizes = iter(pipe.execute()[2::3])
        except (RedisError, OSError) as error:
            log.warning("velocity_not_seen", error=type(error).__name__)
            return [Velocity()] * len(comments)
        known = self._approved_before(comments)
        return [
            _velocity(comment, counts, [int(next(sizes)) for _ in counts], known)
            for comment, counts in zip(comments, asked, strict=True)
        ]

    def _approved_before(self, comments: Sequence[StoredComment]) -> set[tuple[str, str]]:
        """Return (site, author key) of the authors of whom a comment was approved; of all if that is not known."""
        wanted = {(one.site_id, one.author_key) for one in comments if one.author_key is not None}
        by_site: dict[str, list[str]] = {}
        for site_id, author in wanted:
            by_site.setdefault(site_id, []).append(author)
        try:
            with self._database.read() as connection:
                return {
                    (site_id, author)
                    for site_id, authors in by_site.items()
                    for author in facts.approved_authors(connection, site_id, sorted(authors))
                }
        except SQLAlchemyError as error:
            log.warning("authors_not_known", error=type(error).__name__)
            return wanted


def _velocity(
    comment: StoredComment, counts: Sequence[tuple[str, str]], sizes: Sequence[int], known: set[tuple[str, str]]
) -> Velocity:
    by_kind: Mapping[str, list[int]] = {
        kind: [size for (key, _), size in zip(counts, sizes, strict=True) if f":{kind}:" in key]
        for kind in ("threads", "authors", "link")
    }
    return Velocity(
        threads=max(by_kind["threads"], default=None),
        neighbours=max(by_kind["authors"], default=None),
        same_link=max(by_kind["link"], default=None),
        new_author=comment.author_key is not None and (comment.site_id, comment.author_key) not in known,
    )
