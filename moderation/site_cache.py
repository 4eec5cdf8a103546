"""Sites and keys that this process looked up lately, so that a request rarely asks the database for them."""

import hmac
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from moderation import ids
from moderation.errors import ExpiredKeyError, UnauthorizedError
from moderation.records import Key, Site
from moderation.storage import sites
from moderation.storage.database import Database

KEY_LIFE = timedelta(seconds=2)
"""A revoked key works at most this much longer."""
KEYS_AT_MOST = 10_000


class SiteCache:
    """Answers for sites are checked against the version in the database; those for keys live for `KEY_LIFE`."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        note_use: Callable[[str, datetime], None] | None = None,
    ) -> None:
        """Look things up in `database`; `now` tells the time, `note_use` hears of keys that were looked up there."""
        self._database = database
        self._now = now
        self._note_use = note_use
        self._sites: dict[str, Site] = {}
        self._keys: dict[tuple[str, str], tuple[datetime, Key]] = {}
        self._lock = threading.Lock()

    def known(self, site_id: str) -> Site:
        """Return the site as last seen: its policy may be a version behind."""
        return self._sites.get(site_id) or self.current(site_id)

    def current(self, site_id: str) -> Site:
        """Return the site with the policy that is in force now.

        Raises:
            UnauthorizedError: the site is gone.
        """
        kept = self._sites.get(site_id)
        with self._database.read() as connection:
            if kept is not None and sites.policy_version(connection, site_id) == kept.policy_version:
                return kept
            site = sites.get_site(connection, site_id)
        if site is None:
            raise UnauthorizedError
        self._sites[site_id] = site
        return site

    def native_key(self, key: str) -> Key:
        """Return what `key` may do.

        Raises:
            UnauthorizedError: it is no live key of any site.
            ExpiredKeyError: it was one.
        """
        return self._live_key(key, ids.api_key_prefix(key), "native")

    def akismet_key(self, hashed: str) -> Key:
        """Return what a key of Akismet's dialect may do, by `Hasher.akismet_key` of it; raises as `native_key` does."""
        return self._live_key(hashed, hashed, "akismet")

    def _live_key(self, key: str, prefix: str | None, kind: str) -> Key:
        now = self._now()
        hashed = sites.hash_key(key)
        kept = self._keys.get((kind, hashed))
        if kept is not None and kept[0] > now:
            return kept[1]
        if prefix is None:
            raise UnauthorizedError
        with self._database.read() as connection:
            found = sites.find_key(connection, prefix, kind)
        if found is None or not hmac.compare_digest(found[1], hashed):
            raise UnauthorizedError
        if found[0].is_over(now):
            raise ExpiredKeyError
        if self._note_use is not None:
            self._note_use(found[0].prefix, now)
        until = min(now + KEY_LIFE, found[0].expires_at or now + KEY_LIFE)
        with self._lock:
            if len(self._keys) >= KEYS_AT_MOST:
                self._keys.clear()
            self._keys[kind, hashed] = (until, found[0])
        return found[0]
