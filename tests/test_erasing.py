"""What is erased is gone from every table and from Redis, with a receipt that says from where, on both databases."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from moderation import appeals, changes, clock
from moderation.appeals import Asked
from moderation.asks import Beside
from moderation.audit_entry import SERVICE
from moderation.model import Action, Author, DecidedBy, Decision, Signals
from moderation.pipeline import Parts, overrule, receive
from moderation.policy_document import Policy, Word, WordsPolicy
from moderation.records import Endpoint, Label, Site, StoredComment, Suggested
from moderation.scores import Wanted, name_of
from moderation.storage import endpoints, labels, tables, threads
from moderation.storage.database import Database
from tests.build import FREE, NOW, add_model, comment, make_parts, make_site, prepared
from tests.logbook import entries
from tests.proofs import Line, proves
from tests.workers.fakes import TableScorers, make_process
from workers import drain

TEXT = "Canary friends, buy cheap canary watches at http://canary.example/now and tell every canary that you know about"
ROWS = {
    "comments": 1, "decisions": 2, "answers": 1, "labels": 1, "suggestions": 1, "appeals": 1, "akismet_checks": 1,
    "events": 4, "tries": 1,
}  # fmt: skip


@pytest.fixture
def spread(database: Database, redis_url: str, tmp_path: Path) -> tuple[Parts, Site, StoredComment]:
    """Give a comment of which something is in every place that can hold something of a comment."""
    parts = make_parts(database, redis_url)
    policy = replace(FREE, words=WordsPolicy(suspect=(Word("canary"),)), limits=Policy().limits)
    site, now = make_site(database, policy=policy), clock.now()
    with database.write() as connection:
        made = Endpoint("e1", "news", "https://example.com", "s", (), True, "", NOW, None, None)
        endpoints.add_endpoint(connection, made)
    author = Author("kim", "Canary", "canary@example.com", "http://canary.example", "203.0.113.9")
    handed = comment(TEXT, author=author, signals=Signals("canary", 1, "canary", "canary"), metadata={"a": "canary"})
    one = prepared(parts, site, handed, now, idempotency_key="k1", body_hash="h")
    assert not isinstance(receive(parts, site, [one], now)[0], Exception)
    parts.queue.beat("scorer", 60, {"models": [{"name": "table-1"}]})
    drain.drain(make_process(parts, tmp_path, TableScorers()))
    decision = Decision(Action.REJECT, DecidedBy.MODERATOR, now, 1, actor="Lee", note="a canary again")
    stored = overrule(parts, "news", one.id, decision)
    assert stored.cluster_id is not None
    with database.write() as connection:
        labels.put(connection, [Label("news", one.id, 1, {"spam": True}, DecidedBy.MODERATOR, "Lee", now)])
        labels.suggest(connection, "news", Suggested(TEXT, None, {"spam": True}, "key", now))
        connection.execute(
            insert(tables.akismet_checks).values(comment_id=one.id, site_id="news", match_key="m", spam=True)
        )
        delivery = connection.execute(select(tables.deliveries.c.id).limit(1)).scalar_one()
        attempt = {"site_id": "news", "delivery_id": delivery, "at": now, "milliseconds": 1, "answer": f"Got {TEXT}"}
        connection.execute(insert(tables.attempts).values(attempt))
    appeals.open_appeal(parts, "news", Asked(one.id, None, "Why no canary?"), 5, now, SERVICE)
    add_model(database)
    for beside in (None, Beside("Canary", "http://canary.example", "canary", 1)):
        wanted = Wanted(TEXT, "en", site="news", beside=beside)
        parts.queue.redis.set(name_of(parts.hasher, ["table-1"], {"spam": 1}, wanted), "{}")
    return parts, site, stored


def everything(parts: Parts) -> str:
    """Return all that database and Redis hold, names of keys too."""
    with parts.database.read() as connection:
        found = [str(connection.execute(select(table)).all()) for table in tables.metadata.sorted_tables]
    redis: Any = parts.queue.redis
    for key in redis.keys("*"):
        kind = redis.type(key)
        kind = kind.decode() if isinstance(kind, bytes) else kind
        read = {"string": redis.get, "set": redis.smembers, "zset": lambda k: redis.zrange(k, 0, -1)}.get(
            "" if ":like" in str(key) else kind
        )  # a signature is no text
        found.append(f"{key} {read(key) if read else ''}")
    return "\n".join(found)


@proves(Line.PRIVACY, lambda _: f"{len(ROWS)} kinds of rows, and all of Redis")
@pytest.mark.parametrize("by", ["comment", "author"])
def test_nothing_is_left_and_the_receipt_says_from_where(spread: tuple[Parts, Site, StoredComment], by: str) -> None:
    """No table and no key of Redis holds text, name or keyed hash; the count stays, and the models are made anew."""
    parts, site, stored = spread
    before = everything(parts)
    assert all(mark in before for mark in ("Canary", str(stored.author_key), str(stored.address_key), ":like"))

    if by == "comment":
        _, receipt = changes.erase_comment(parts, site.id, stored.id, NOW)
    else:
        receipt = changes.erase_author(parts, site.id, str(stored.author_key), NOW)

    with parts.database.write() as connection:
        counts = threads.get_counts(connection, site.id, ["t1"])["t1"]
        due = connection.execute(select(tables.learning_due)).one()
        connection.execute(tables.audit.delete())  # names the author by the keyed hash, as it says
        connection.execute(tables.policies.delete())  # has the word "canary"
    after = everything(parts)
    keys = {str(stored.author_key), str(stored.address_key), str(stored.text_key)}
    assert [mark for mark in ("anary", *keys, ":like", ":score:") if mark in after] == []
    assert (dict(receipt.rows), receipt.comments, receipt.redis) == (ROWS, 1, True)
    assert (counts.rejected, due.erased) == (1, True)


def test_the_audit_log_keeps_the_receipt(spread: tuple[Parts, Site, StoredComment]) -> None:
    """As numbers, without text; erasing twice is once, and the second receipt has nothing on it."""
    parts, site, stored = spread
    changes.erase_comment(parts, site.id, stored.id, NOW)
    _, again = changes.erase_comment(parts, site.id, stored.id, NOW)

    (entry,) = [one for one in entries(parts.database) if one.action == "comment.erased"]
    assert (entry.subject, dict(entry.details)) == (stored.id, ROWS)
    assert (again.comments, again.rows) == (0, {})


def test_other_copies_are_known_as_copies_still(spread: tuple[Parts, Site, StoredComment], tmp_path: Path) -> None:
    """Who erases one of many near copies does not hide the others' likeness."""
    parts, site, stored = spread
    author = Author(id="lee")
    now = clock.now()
    receive(parts, site, [prepared(parts, site, comment(TEXT, author=author), now)], now)
    drain.drain(make_process(parts, tmp_path, TableScorers()))

    changes.erase_comment(parts, site.id, stored.id, NOW)

    assert f"moderation:raid:news:{stored.cluster_id}:like" in everything(parts)


def test_redis_away_is_told(spread: tuple[Parts, Site, StoredComment], monkeypatch: pytest.MonkeyPatch) -> None:
    """The database forgets all the same, and the receipt says that Redis was not told."""
    parts, site, stored = spread

    def away(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(parts.queue.redis, "pipeline", away)
    _, receipt = changes.erase_comment(parts, site.id, stored.id, NOW)

    assert (receipt.comments, receipt.redis) == (1, False)
