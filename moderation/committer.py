"""Group commit: comments that arrive together are checked and stored in one transaction.

A durable commit costs about the same for one comment as for thirty. One thread takes whatever waits,
without waiting for more, so a lone comment is not delayed.
"""

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import structlog

from moderation import clock, intake
from moderation.errors import ModerationError, UnavailableError
from moderation.intake import Outcome, Prepared
from moderation.pipeline import Parts, receive
from moderation.records import Site
from moderation.site_cache import SiteCache
from moderation.storage.database import is_away

MOST = 64
TIMEOUT_SECONDS = 30.0
WAITING_AT_MOST = 2000
TRIES = 2

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Comments of one request, to be stored together."""

    site_id: str
    group: Sequence[Prepared]
    done: Future[list[Outcome]] = field(default_factory=Future)


class Committer:
    """Takes comments from many request threads and stores them in few transactions."""

    def __init__(self, parts: Parts, sites: SiteCache, *, most: int = WAITING_AT_MOST) -> None:
        """Work on `parts`, for at most `most` requests at once; start the thread with the first comment."""
        self._parts = parts
        self._sites = sites
        self._jobs: queue.Queue[Job | None] = queue.Queue(most)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many requests wait for the next transaction."""
        return self._jobs.qsize()

    def submit(
        self, site_id: str, group: Sequence[Prepared], seconds: float = TIMEOUT_SECONDS, *, insists: bool = False
    ) -> list[Outcome]:
        """Store comments of one site and return each one's fate, in order; a failure is an outcome too.

        Raises:
            UnavailableError: the database did not take them in `seconds`; whether they are stored is unknown,
                unless they had not been begun with: then they never will be, but for one who `insists`.
        """
        self._start()
        job = Job(site_id, group)
        try:
            self._jobs.put_nowait(job)
            return job.done.result(seconds)
        except (queue.Full, TimeoutError) as error:
            if not insists:
                job.done.cancel()
            raise UnavailableError("The database is too slow just now", retry_after=5) from error

    def close(self) -> None:
        """Store what waits and end the thread."""
        if self._thread is not None:
            self._jobs.put(None)

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._run_forever, name="committer", daemon=True)
                    self._thread.start()

    def _run_forever(self) -> None:
        while (job := self._jobs.get()) is not None:
            jobs = [job]
            while sum(len(job.group) for job in jobs) < MOST:
                try:
                    another = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if another is None:
                    self._jobs.put(None)
                    break
                jobs.append(another)
            by_site: dict[str, list[Job]] = {}
            for job in jobs:
                by_site.setdefault(job.site_id, []).append(job)
            for site_id, some in by_site.items():
                self._commit(site_id, [job for job in some if job.done.set_running_or_notify_cancel()])

    def _commit(self, site_id: str, jobs: Sequence[Job]) -> None:
        """Store the jobs together and tell each what became of it, whatever happens: this thread must not end."""
        try:
            outcomes = self._stored(site_id, [one for job in jobs for one in job.group])
        except BaseException as error:
            log.exception("committer_failed", site=site_id, error=type(error).__name__)
            outcomes = [UnavailableError(retry_after=5) for job in jobs for _ in job.group]
        for job in jobs:
            mine, outcomes = outcomes[: len(job.group)], outcomes[len(job.group) :]
            job.done.set_result(mine)

    def _stored(self, site_id: str, group: Sequence[Prepared], tries: int = TRIES) -> list[Outcome]:
        """Store comments in one transaction; if that fails, in smaller ones, so that one cannot spoil the others'.

        A comment alone gets another try: another process may have stored the same one at this very moment.
        """
        try:
            return self._store(site_id, group)
        except ModerationError as refused:
            return [refused] * len(group)
        except Exception as error:  # noqa: BLE001 - told to the callers, or tried again
            log.warning("intake_failed", site=site_id, comments=len(group), error=type(error).__name__)
            hopeless = len(group) == 1 or is_away(error)
        if not hopeless:
            middle = len(group) // 2
            return self._stored(site_id, group[:middle]) + self._stored(site_id, group[middle:])
        if tries > 1:
            return self._stored(site_id, group, tries - 1)
        return [UnavailableError("The database did not take the comment", retry_after=5) for _ in group]

    def _store(self, site_id: str, group: Sequence[Prepared]) -> list[Outcome]:
        now = clock.now()
        site = self._sites.current(site_id)
        return receive(self._parts, site, [self._renewed(one, site) for one in group], now)

    def _renewed(self, one: Prepared, site: Site) -> Prepared:
        """Prepare a comment again if the site's policy changed since."""
        if one.policy_version == site.policy_version:
            return one
        return intake.prepare(
            one.comment,
            site,
            self._parts.hasher,
            clock.now(),
            priority=one.priority,
            idempotency_key=one.idempotency_key,
            body_hash=one.body_hash,
            any_length=one.any_length,
        )
