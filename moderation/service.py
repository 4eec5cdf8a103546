"""What the service can do for a caller, whatever API the caller speaks: dialects and the desk call these.

Every method takes the site of the caller's key; nothing of another site can be reached.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moderation import changes, clock, intake, policy_versions
from moderation.audit_entry import SERVICE, Actor
from moderation.changes import Receipt
from moderation.committer import TIMEOUT_SECONDS, Committer
from moderation.errors import NotFoundError, OverloadedError, TooLongError, UnavailableError
from moderation.intake import Handed, Outcome, Received
from moderation.key_uses import KeyUses
from moderation.load import Load
from moderation.model import LengthUnit, Scored, Status
from moderation.pipeline import Parts
from moderation.policy_document import LONGEST, Policy
from moderation.records import Endpoint, Site, StoredComment, ThreadCounts
from moderation.scores import Scores, Wanted, first_error
from moderation.settings import Settings
from moderation.site_cache import SiteCache
from moderation.storage import comments, endpoints, idempotency, threads
from moderation.storage.filters import Filter


class Service:
    """The engine behind every API."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        """Work on `parts`, within the bounds of `settings`."""
        self.parts = parts
        self.settings = settings
        self.key_uses = KeyUses(parts.database)
        self.sites = SiteCache(parts.database, clock.now, self.key_uses.note)
        self._waiting = threading.BoundedSemaphore(settings.web_threads // 2)
        self.scores = Scores(parts, self._waiting, settings.web_threads, settings.score_cache_seconds)
        self._committer = Committer(parts, self.sites)
        self._load = Load(parts, settings.promise_seconds)

    def post(
        self,
        site_id: str,
        handed: Sequence[Handed],
        *,
        waits: bool = False,
        seconds: float = TIMEOUT_SECONDS,
        insists: bool = False,
    ) -> list[Outcome]:
        """Take comments in, in `seconds` at most, and return each one's fate, in order; see `Committer.submit`.

        Raises:
            OverloadedError: more waits than can be settled in the promised time.
            UnavailableError: the database does not take them.
        """
        now = clock.now()
        late_by = self._load.seconds_late(now)
        if late_by:
            raise OverloadedError(retry_after=late_by)
        site = self.sites.known(site_id)
        fates: dict[int, Outcome] = {}
        group = []
        for index, one in enumerate(handed):
            if len(one.comment.text) > LONGEST:
                fates[index] = TooLongError(
                    count=len(one.comment.text), limit=LONGEST, unit=LengthUnit.CODE_POINTS.value
                )
                continue
            group.append(
                intake.prepare(
                    one.comment,
                    site,
                    self.parts.hasher,
                    now,
                    priority=0 if waits else 1,
                    idempotency_key=one.idempotency_key,
                    body_hash=one.body_hash,
                    any_length=one.any_length,
                )
            )
        stored = iter(self._committer.submit(site_id, group, seconds, insists=insists) if group else ())
        return [fates[index] if index in fates else next(stored) for index in range(len(handed))]

    def wait(self, site_id: str, received: Received, seconds: float) -> StoredComment:
        """Wait up to `seconds` for a comment's decision and return the comment as it then is.

        While half of the web threads wait already, nobody waits: new comments must still get in.
        """
        if received.comment.status is not Status.PENDING or not self._waiting.acquire(blocking=False):
            return received.comment
        try:
            self.parts.queue.wait_decided(received.comment.id, min(seconds, self.settings.max_wait_seconds))
        finally:
            self._waiting.release()
        return self.get(site_id, received.comment.id)

    def remember_answer(self, site_id: str, key: str, status: int, answer: Mapping[str, Any]) -> None:
        """Keep what a caller with an idempotency key was really told after waiting."""
        with self.parts.database.write() as connection:
            idempotency.change_answer(connection, site_id, key, status, answer)

    def get(self, site_id: str, comment_id: str) -> StoredComment:
        """Return one comment; `NotFoundError` if the site has none of that id."""
        with self.parts.database.read() as connection:
            comment = comments.get(connection, site_id, comment_id)
        if comment is None:
            raise NotFoundError
        return comment

    def find(
        self, site_id: str, wanted: Filter, *, limit: int, before_id: str | None
    ) -> tuple[list[StoredComment], str | None]:
        """Return a page of comments, newest first, and the id to go on from, or None at the end."""
        with self.parts.database.read() as connection:
            found = comments.list_page(connection, site_id, wanted, limit=limit + 1, before_id=before_id)
        page = found[:limit]
        return page, page[-1].id if len(found) > limit else None

    def author_key(self, author_id: str) -> str:
        """Return the key under which the author that the site calls so is found."""
        return self.parts.hasher.author_id(author_id)

    def edit(self, site_id: str, comment_id: str, text: str, actor: Actor = SERVICE) -> StoredComment:
        """Give a comment a new text; see `changes.edit`."""
        if len(text) > LONGEST:
            raise TooLongError(count=len(text), limit=LONGEST, unit=LengthUnit.CODE_POINTS.value)
        return changes.edit(self.parts, self.sites.current(site_id), comment_id, text, clock.now(), actor)

    def erase(self, site_id: str, comment_id: str, actor: Actor = SERVICE) -> tuple[StoredComment, Receipt]:
        """Erase a comment; see `changes.erase_comment`."""
        return changes.erase_comment(self.parts, site_id, comment_id, clock.now(), actor)

    def score(self, site_id: str, texts: Sequence[str], language: str | None) -> list[Scored]:
        """Return scores for texts that are not kept, in order.

        Raises:
            OverloadedError: half of the web threads wait already.
            UnavailableError: no worker answers in time.
        """
        wanted = [Wanted(text, language, site=site_id) for text in texts]
        found = self.scores.of(wanted, self.settings.score_timeout_seconds, patient=len(texts) > 1)
        error = first_error(found)
        if error is not None:
            raise error
        return [one for one in found if isinstance(one, Scored)]

    def models(self) -> Sequence[Mapping[str, Any]]:
        """Return what the scoring workers serve, as they announce it: the public part of each model's card.

        Raises:
            UnavailableError: no worker is alive, or Redis is away.
        """
        models = (self.parts.queue.said("scorer") or {}).get("models")
        if models is None:
            raise UnavailableError(
                "No scoring worker says what it serves: start one with `moderation worker`, or try again in a moment",
                retry_after=5,
            )
        return list(models)

    def thread_counts(self, site_id: str, thread_ids: Sequence[str]) -> dict[str, ThreadCounts]:
        """Return the counts of those threads that the site has, by id."""
        with self.parts.database.read() as connection:
            return threads.get_counts(connection, site_id, thread_ids)

    def site(self, site_id: str) -> Site:
        """Return the site with the policy in force."""
        return self.sites.current(site_id)

    def put_policy(
        self, site_id: str, policy: Policy, by: str, expected_version: int | None, actor: Actor = SERVICE
    ) -> Site:
        """Put a policy in force; `StaleError` if another came in between."""
        policy_versions.put(self.parts, site_id, policy, by, expected_version, clock.now(), actor)
        return self.sites.current(site_id)

    def endpoints(self, site_id: str) -> list[Endpoint]:
        """Return the site's endpoints, oldest first."""
        with self.parts.database.read() as connection:
            return endpoints.list_endpoints(connection, site_id)

    def now(self) -> datetime:
        """Return the present moment, for decisions that callers make."""
        return clock.now()
