"""What Redis remembers of a comment for a time: scores of its text, its place in windows, who posts what, near copies.

All of it ends by itself, most within an hour and nothing later than the longest window of the site's policy; when a
comment is erased it goes at once. None of it is text: names are keyed hashes and hashes.
"""

import hashlib
from collections.abc import Sequence
from itertools import product

import structlog
from redis.exceptions import RedisError

from moderation.asks import Beside
from moderation.habits import authors_key, link_key, threads_key
from moderation.pipeline import Parts
from moderation.records import StoredComment
from moderation.rules.links import find_links
from moderation.scores import Wanted, name_of
from moderation.storage import site_models
from moderation.text import normalise, visible_part
from moderation.windows import window_key

LINKS_AT_MOST = 5
"""Links of a comment that are counted."""
LONGEST = 2000
"""Characters of a text in which links are looked for."""

log = structlog.get_logger()


class Traces:
    """Forgets what Redis remembers of comments of one site."""

    def __init__(self, parts: Parts, site_id: str) -> None:
        """Look up once what names depend on."""
        self._parts = parts
        self.site_id = site_id
        said = (parts.queue.said("scorer") or {}).get("models") or ()
        self._models = sorted(str(card["name"]) for card in said)
        with parts.database.read() as connection:
            self._versions = site_models.versions_in_force(connection, [site_id])[site_id]

    def forget(self, comment: StoredComment) -> bool:
        """Forget what is remembered of a comment, which is as it was before; return whether Redis could be told."""
        raid = f"{raid_prefix(comment.site_id)}{comment.cluster_id}"
        writer = comment.author_key or comment.address_key or comment.id
        try:
            with self._parts.queue.redis.pipeline(transaction=False) as pipe:
                pipe.delete(*self._scores(comment))
                for key, member in counted(comment):
                    pipe.srem(key, member)
                for per, value in (("author", comment.author_key), ("address", comment.address_key)):
                    if value is not None:
                        pipe.zrem(window_key(comment.site_id, per, value), comment.id)
                if comment.cluster_id is not None:
                    pipe.srem(f"{raid}:authors", writer)
                    pipe.srem(f"{raid}:comments", comment.id)
                    pipe.scard(f"{raid}:comments")
                left = pipe.execute()[-1]
            if comment.cluster_id is not None and not left:
                self._parts.queue.redis.delete(f"{raid}:like")
        except (RedisError, OSError) as error:
            log.warning("traces_left", comment=comment.id, error=type(error).__name__)
            return False
        return True

    def _scores(self, comment: StoredComment) -> list[str]:
        """Return the names under which scores of the text may be remembered, by whichever API it was asked for."""
        where = visible_part(comment.text)
        text, author, signals = comment.text[where.start : where.end], comment.author, comment.signals
        beside = Beside(author.name, author.url, signals.honeypot, signals.filled_in_ms)
        languages = {None, comment.language_hint, comment.scored.language.code}
        return [
            name_of(self._parts.hasher, self._models, versions, Wanted(text, language, site=site, beside=around))
            for language, (site, versions), around in product(
                languages, ((self.site_id, self._versions), (None, {})), (None, beside)
            )
        ]


def raid_prefix(site_id: str) -> str:
    """Return how the names of what is known of near copies begin."""
    return f"moderation:raid:{site_id}:"


def counted(comment: StoredComment) -> list[tuple[str, str]]:
    """Return the Redis sets that a comment is counted in, each with its member: what it says is only there by hash."""
    author = comment.author_key or comment.address_key
    counts: list[tuple[str, str]] = []
    if author is not None:
        counts.append((threads_key(comment.site_id, author), _digest(comment.thread.id)))
        if comment.address_key is not None:
            counts.append((authors_key(comment.site_id, comment.address_key), author))
        links = _links(comment.text[:LONGEST])
        counts += [(link_key(comment.site_id, _digest(link)), author) for link in links]
    return counts


def _links(text: str) -> Sequence[str]:
    links = {text[link.span.start : link.span.end].casefold() for link in find_links(normalise(text)) if link.certain}
    return sorted(links)[:LINKS_AT_MOST]


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
