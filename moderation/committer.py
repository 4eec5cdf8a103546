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

MOST = 64
TIMEOUT_SECONDS = 30
WAITING_AT_MOST = 2000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Comments of one request, to be stored together."""

    site_id: str
    group: Sequence[Prepared]
    done: Future[list[Outcome]] = field(default_factory=Future)


class Committer:
    """Takes comments from many request threads and stores them in few transactions."""

    def __init__(self, parts: Parts, sites: SiteCache) -> None:
        """Work on `parts`; start the thread with the first comment."""
        self._parts = parts
        self._sites = sites
        self._jobs: queue.Queue[Job] = queue.Queue(WAITING_AT_MOST)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def submit(self, site_id: str, group: Sequence[Prepared]) -> list[Outcome]:
        """Store comments of one site and return each one's fate, in order.

        Raises:
            UnavailableError: the database did not take them in time; whether they are stored is unknown.
        """
        self._start()
        job = Job(site_id, group)
        try:
            self._jobs.put(job, timeout=1)
            return job.done.result(TIMEOUT_SECONDS)
        except (queue.Full, TimeoutError) as error:
            raise UnavailableError("The database is too slow just now", retry_after=5) from error

    def _start(self) -> None:
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run_forever, name="committer", daemon=True)
                    self._thread.start()

    def _run_forever(self) -> None:
        while True:
            jobs = [self._jobs.get()]
            while sum(len(job.group) for job in jobs) < MOST:
                try:
                    jobs.append(self._jobs.get_nowait())
                except queue.Empty:
                    break
            by_site: dict[str, list[Job]] = {}
            for job in jobs:
                by_site.setdefault(job.site_id, []).append(job)
            for site_id, some in by_site.items():
                self._commit(site_id, some)

    def _commit(self, site_id: str, jobs: Sequence[Job]) -> None:
        """Store the jobs together; if that fails store each by itself, so that one cannot spoil the others'."""
        try:
            outcomes = iter(self._store(site_id, [one for job in jobs for one in job.group]))
            for job in jobs:
                job.done.set_result([next(outcomes) for _ in job.group])
        except Exception as error:  # noqa: BLE001 - told to the caller, or tried again below
            if len(jobs) == 1:
                self._commit_singly(site_id, jobs[0], error)
                return
            for job in jobs:
                self._commit(site_id, [job])

    def _commit_singly(self, site_id: str, job: Job, error: Exception) -> None:
        try:
            job.done.set_result([outcome for one in job.group for outcome in self._store(site_id, [one])])
        except ModerationError as refused:
            job.done.set_exception(refused)
        except Exception as again:  # noqa: BLE001 - told to the caller
            log.warning("intake_failed", site=site_id, first=type(error).__name__, then=type(again).__name__)
            job.done.set_exception(UnavailableError("The database did not take the comment", retry_after=5))

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
        )
