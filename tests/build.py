"""Makes what tests work on: sites, comments, and the parts of the pipeline on a real database and Redis."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from moderation import ids, intake
from moderation.hashing import Hasher
from moderation.intake import Prepared, Received
from moderation.model import ATTRIBUTES, Author, Comment, Scored, Thread
from moderation.pipeline import Parts, receive, settle
from moderation.policy_document import Policy
from moderation.queue import Queue
from moderation.records import ModelState, Site, SiteModel, StoredComment
from moderation.storage import comments, site_models, sites, tables, work
from moderation.storage.database import Database
from moderation.windows import Windows

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
FREE = Policy(limits=())
"""A policy without limits on the number of comments."""
HARMLESS = Scored(scores=dict.fromkeys(ATTRIBUTES, 0.01))
TOXIC = Scored(scores={**dict.fromkeys(ATTRIBUTES, 0.01), "toxicity": 0.97})

TALLY = {"right": 5, "missed": 14, "held_by_mistake": 0}
EVALUATION = {
    "threshold": 0.8, "compared": 19, "fixed": 14, "broken": 0, "chance": 0.0001, "before": TALLY,
    "after": {**TALLY, "right": 19, "missed": 0}, "ordinary": {"comments": 200, "newly_held": 0},
    "anchors": {"known": 220, "lost": 0},
}  # fmt: skip
"""Of a model that a site's decisions made."""


def make_parts(database: Database, redis_url: str) -> Parts:
    """Join the parts of the pipeline on an empty Redis."""
    queue = Queue(redis_url)
    if queue.answers():
        queue.redis.flushall()
    return Parts(database, queue, Windows(queue.redis, database), Hasher("a secret of at least 32 characters"))


def make_site(database: Database, site_id: str = "news", policy: Policy = FREE, version: int = 1) -> Site:
    """Make a site and return it; `version` is the number of its policy."""
    with database.write() as connection:
        sites.add_site(connection, site_id, site_id.title(), policy, NOW)
        for table, name, number in ((tables.policies, "site_id", "version"), (tables.sites, "id", "policy_version")):
            connection.execute(update(table).where(table.c[name] == site_id).values({number: version}))
        site = sites.get_site(connection, site_id)
    assert site is not None
    return site


def add_akismet_key(database: Database, hasher: Hasher, site_id: str = "news") -> str:
    """Make an Akismet key of a site and return it."""
    key = ids.new_akismet_key()
    stored = hasher.akismet_key(key)
    with database.write() as connection:
        sites.add_key(connection, site_id, stored, stored, "akismet", [], "blog", NOW)
    return key


def comment(text: str = "A fine article, thank you", thread: str = "t1", **fields: object) -> Comment:
    """Return a comment to hand in."""
    made = Comment(text=text, thread=Thread(thread), author=Author(id="kim"))
    return replace(made, **fields)  # type: ignore[arg-type]  # fields of Comment


def prepared(parts: Parts, site: Site, made: Comment, now: datetime = NOW, **more: object) -> Prepared:
    """Return a prepared comment."""
    return intake.prepare(made, site, parts.hasher, now, **more)  # type: ignore[arg-type]  # keywords of prepare


def post(parts: Parts, site: Site, made: Comment, now: datetime = NOW) -> StoredComment:
    """Hand in one comment and return what was stored."""
    outcome = receive(parts, site, [prepared(parts, site, made, now)], now)[0]
    assert isinstance(outcome, Received), outcome
    return outcome.comment


def settle_all(parts: Parts, site: Site, scored: Scored, now: datetime = NOW) -> list[str]:
    """Claim all that waits and settle it with the same scores."""
    with parts.database.write() as connection:
        ids = work.claim(connection, limit=100, lease=timedelta(seconds=20), now=now)
        claimed = comments.load_claimed(connection, ids)
    return settle(parts, [(one, scored) for one in claimed], {site.id: site}, now)


def add_model(
    database: Database,
    version: int = 1,
    state: ModelState = ModelState.IN_FORCE,
    *,
    site_id: str = "news",
    why: str = "14 put right, 0 put wrong",
    made_for: str = "shipped",
    weights: bytes = bytes(16),
) -> None:
    """Store a model of a site for spam."""
    model = SiteModel(site_id, "spam", version, state, NOW, why, EVALUATION, made_for)
    with database.write() as connection:
        site_models.add(connection, model, weights if state is ModelState.IN_FORCE else None)
