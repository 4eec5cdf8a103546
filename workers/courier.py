"""Delivers events to endpoints: claims what is due, sends it in threads, keeps each attempt.

Each delivery has a thread of its own while it is sent, so a slow endpoint delays no other; one more thread
stores what came of them, many in a transaction. All are daemons: a process that must end does not wait for
an endpoint, and what was being sent then is free again when its lease runs out.
"""

import queue
import random
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

import structlog

from moderation import clock, ids
from moderation.audit_entry import SERVICE, AuditAction, Change
from moderation.comment_object import timestamp
from moderation.model import EventType
from moderation.queue import Bell
from moderation.records import Endpoint, Event
from moderation.storage import audit, deliveries, endpoints, events
from moderation.storage.database import Connection
from moderation.storage.deliveries import Due
from moderation.storage.events import ADDRESS
from workers import process
from workers.envelopes import body_of
from workers.process import Process
from workers.webhooks import Attempt, Delivery, Outcome, next_try, send

SENDERS = 64
"""As many deliveries as are on their way at once in one process; `deliveries.AT_ONCE` of them to one endpoint."""
DELIVER_SECONDS = 3.0
"""One task delivers no longer, so that a worker told to stop stops soon; if more is due it rings again."""
LOOK_SECONDS = 0.2
"""How often it is looked for other deliveries while those that are due wait for room at their endpoints."""
STOP_SECONDS = 3.0
"""How long a process that is told to stop waits for answers of endpoints."""
LEASE_MARGIN = timedelta(seconds=15)
GONE = "The endpoint answered 410 Gone"
PATIENCE = timedelta(days=5)
DEAD = "Every try failed for five days"

log = structlog.get_logger()


class Courier:
    """What one process has on its way; its methods may be called from several threads."""

    def __init__(self, here: Process) -> None:
        """Send what the database of `here` holds."""
        self._here = here
        self._room = SENDERS
        self._busy: Counter[str] = Counter()
        """Deliveries that are on their way, by endpoint."""
        self._changed = threading.Condition()
        self._claiming = threading.Lock()
        """Held from looking at what is on its way to counting what was claimed."""
        self._stopping = threading.Event()
        self._tried: queue.SimpleQueue[tuple[Due, Attempt]] = queue.SimpleQueue()
        threading.Thread(target=self._save_forever, name="attempts", daemon=True).start()

    def deliver(self) -> None:
        """Send what is due until nothing is or the time is over; what is on its way then is waited for by nobody."""
        until = clock.monotonic() + DELIVER_SECONDS
        while not self._stopping.is_set():
            room = self._take_room(until)
            if room == 0:
                self._here.parts.queue.ring(Bell.COURIER)
                return
            claimed: Sequence[Due] = ()
            try:
                waits, claimed = self._claim(room)
            finally:
                self._give_room(room - len(claimed))
            for one in claimed:
                threading.Thread(target=self._try, args=(one,), name="delivery", daemon=True).start()
            if waits:
                self._wait_for_endpoint(until)
            elif not claimed:
                return

    def begin_to_stop(self) -> None:
        """Claim nothing more."""
        self._stopping.set()

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Claim nothing more and wait for what is on its way; return whether all of it came back in time."""
        self.begin_to_stop()
        with self._changed:
            return self._changed.wait_for(lambda: self._room == SENDERS, seconds)

    def _take_room(self, until: float) -> int:
        """Wait for free senders and take them all; 0 when the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._room > 0, max(0.0, until - clock.monotonic()))
            taken = self._room if clock.monotonic() < until else 0
            self._room -= taken
            return taken

    def _give_room(self, number: int) -> None:
        with self._changed:
            self._room += number
            self._changed.notify_all()

    def _claim(self, limit: int) -> tuple[bool, Sequence[Due]]:
        """Return what is to be sent now, and, if nothing is, whether something waits for room at its endpoint.

        What is due and waits for nothing on its way is for endpoints that rest: it is left for later.
        """
        now = clock.now()
        database = self._here.parts.database
        with database.read() as connection:
            if not deliveries.is_due(connection, now):
                return False, ()
        lease = timedelta(seconds=self._here.settings.webhook_timeout_seconds) + LEASE_MARGIN
        with self._claiming:
            busy = self._on_their_way()
            with database.write() as connection:
                claimed = deliveries.claim_due(connection, limit=limit, lease=lease, now=now, busy=busy)
            with self._changed:
                self._busy.update(one.endpoint.id for one in claimed)
        return bool(busy) and not claimed, claimed

    def _wait_for_endpoint(self, until: float) -> None:
        """Wait a moment for an endpoint that has as much as it may."""
        with self._changed:
            if sum(self._busy.values()):
                self._changed.wait(min(LOOK_SECONDS, max(0.0, until - clock.monotonic())))

    def _on_their_way(self) -> dict[str, int]:
        with self._changed:
            return {endpoint_id: number for endpoint_id, number in self._busy.items() if number > 0}

    def _try(self, due: Due) -> None:
        """Send one delivery; whatever goes wrong is a failed try."""
        now, started, rng = clock.now(), clock.monotonic(), random.SystemRandom()
        try:
            attempt = _send(self._here, due, rng)
        except Exception as error:  # noqa: BLE001 - kept as the attempt's error
            name, seconds = type(error).__name__, clock.monotonic() - started
            again = next_try(due.attempts, now, rng, None)
            attempt = Attempt(due.id, now, None, seconds, None, name, Outcome.RETRY, again)
            log.warning("delivery_failed", delivery=due.id, error=name)
        self._tried.put((due, attempt))

    def _save_forever(self) -> None:
        while True:
            tried = [self._tried.get()]
            while not self._tried.empty():
                tried.append(self._tried.get())
            self._save(tried)
            with self._changed:
                self._busy.subtract(due.endpoint.id for due, _ in tried)
            self._give_room(len(tried))

    def _save(self, tried: Sequence[tuple[Due, Attempt]]) -> None:
        """Store attempts together; if that fails each by itself. One that cannot be stored is tried again later."""
        try:
            with self._here.parts.database.write() as connection:
                disabled = [due.endpoint for due, attempt in tried if _save_attempt(connection, due, attempt)]
                _note_disabled(connection, disabled, clock.now())
        except Exception as error:  # noqa: BLE001 - all later attempts need this thread
            log.warning("attempts_not_stored", number=len(tried), error=type(error).__name__)
            if len(tried) > 1:
                for one in tried:
                    self._save([one])
            return
        delivered = sum(attempt.outcome is Outcome.DELIVERED for _, attempt in tried)
        log.info("sent", number=len(tried), delivered=delivered)


@cache
def current() -> Courier:
    """Return this process's courier, made on first use."""
    return Courier(process.current())


def _send(here: Process, due: Due, rng: random.Random) -> Attempt:
    delivery = Delivery(
        id=due.id,
        event_id=due.event.id,
        endpoint_id=due.endpoint.id,
        site_id=due.event.site_id,
        url=due.event.data.get(ADDRESS, due.endpoint.url),
        secrets=due.endpoint.signs_with(clock.now()),
        body=body_of(here, due),
        attempts=due.attempts,
    )
    return send(
        delivery,
        now=clock.now(),
        rng=rng,
        timeout=here.settings.webhook_timeout_seconds,
        networks=here.settings.networks,
        allow_http=here.settings.webhook_http,
        clock=clock.monotonic,
    )


def _save_attempt(connection: Connection, due: Due, attempt: Attempt) -> bool:
    """Keep what came of a try; return whether that ended the life of its endpoint."""
    deliveries.save_attempt(
        connection,
        due,
        at=attempt.at,
        status=attempt.status,
        milliseconds=round(attempt.seconds * 1000),
        answer=attempt.answer,
        error=attempt.error,
        delivered=attempt.outcome is Outcome.DELIVERED,
        next_try_at=attempt.next_try,
    )
    site_id, endpoint = due.event.site_id, due.endpoint
    if attempt.outcome is Outcome.DELIVERED:
        endpoints.note_success(connection, site_id, endpoint.id)
    elif endpoint.url == endpoints.ELSEWHERE:
        return False  # its addresses have nothing to do with one another
    elif attempt.outcome is Outcome.DISABLE:
        return _disable(connection, endpoint, GONE, attempt.at)
    else:
        failed = endpoints.note_failure(connection, site_id, endpoint.id, attempt.at, attempt.seconds)
        if failed is not None and failed.failing_since and attempt.at - failed.failing_since >= PATIENCE:
            return _disable(connection, failed, DEAD, attempt.at)
    return False


def _note_disabled(connection: Connection, disabled: Sequence[Endpoint], now: datetime) -> None:
    """Keep in the audit log which endpoints were given up; the heads of sites are locked in the order of their ids."""
    for site_id in sorted({one.site_id for one in disabled}):
        mine = [one.id for one in disabled if one.site_id == site_id]
        changes = [Change(SERVICE, AuditAction.ENDPOINT_DISABLED, one) for one in mine]
        audit.append(connection, site_id, now, *changes)


def _disable(connection: Connection, endpoint: Endpoint, why: str, now: datetime) -> bool:
    """Send nothing more to an endpoint, and tell the site's others; return whether it lived until now."""
    if not endpoints.disable_endpoint(connection, endpoint.site_id, endpoint.id, why, now):
        return False
    data = {"endpoint_id": endpoint.id, "url": endpoint.url, "disabled_at": timestamp(now), "why": why}
    event = Event(ids.new_id(now), endpoint.site_id, None, EventType.ENDPOINT_DISABLED, 0, now, data)
    events.publish(connection, [event], now)
    log.warning("endpoint_disabled", site=endpoint.site_id, endpoint=endpoint.id, why=why)
    return True
