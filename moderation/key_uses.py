"""Notes when each API key was last used: at most once a minute, on a thread of its own, so that no request waits.

A use that cannot be written, or comes while many others wait, is forgotten: the next one comes soon enough.
"""

import queue
import threading
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from moderation.storage import sites
from moderation.storage.database import Database, SQLAlchemyError

EVERY = timedelta(minutes=1)
WAITING_AT_MOST = 1000
CLOSE_SECONDS = 5.0
"""How long an end waits for a database that does not answer."""

log = structlog.get_logger()


class KeyUses:
    """Takes uses of keys from many request threads and writes few of them."""

    def __init__(self, database: Database) -> None:
        """Write to `database`; start the thread with the first use."""
        self._database = database
        self._noted: dict[str, datetime] = {}
        self._waiting: queue.Queue[tuple[str, datetime] | None] = queue.Queue(WAITING_AT_MOST)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def note(self, prefix: str, now: datetime) -> None:
        """Remember that a key was used, unless that was noted within the last minute."""
        last = self._noted.get(prefix)
        if last is not None and now - last < EVERY:
            return
        with self._lock:
            if len(self._noted) >= WAITING_AT_MOST:
                self._noted.clear()
            self._noted[prefix] = now
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run_forever, name="key-uses", daemon=True)
                self._thread.start()
        try:
            self._waiting.put_nowait((prefix, now))
        except queue.Full:
            log.warning("key_use_not_noted", key=prefix)

    def wait(self) -> None:
        """Wait until all uses that were noted so far are written, or given up."""
        self._waiting.join()

    def close(self) -> None:
        """Write what waits, and end the thread."""
        if self._thread is not None and self._thread.is_alive():
            with suppress(queue.Full):
                self._waiting.put(None, timeout=CLOSE_SECONDS)
            self._thread.join(CLOSE_SECONDS)

    def _run_forever(self) -> None:
        while (use := self._waiting.get()) is not None:
            prefix, now = use
            try:
                with self._database.write() as connection:
                    connection.detach()  # closed at the end: whoever closes the pool meanwhile misses none
                    sites.note_use(connection, prefix, now, now - EVERY)
            except (SQLAlchemyError, OSError) as error:
                log.warning("key_use_not_noted", key=prefix, error=type(error).__name__)
            finally:
                self._waiting.task_done()
        self._waiting.task_done()
