"""Comments that were decided already and resemble another, on both databases."""

import struct
from dataclasses import replace
from datetime import timedelta

from moderation import appeals, changes, ids
from moderation.appeals import Asked
from moderation.audit_entry import SERVICE
from moderation.batches import Wanted, decide_batch, undo
from moderation.model import Action, Cluster, DecidedBy, Decision, Status
from moderation.storage import comments, similar
from moderation.storage.database import Database
from tests.build import NOW, TOXIC, comment, make_parts, make_site, post, settle_all

EMBEDDED = replace(TOXIC, embedding=struct.pack("<8f", 1, -1, 1, 1, -1, -1, 1, 1), models={"toxicity": "m@1"})


def test_what_people_decided_is_found(database: Database, redis_url: str) -> None:
    """The newest decisions that stand, with what they resemble by; undone, edited and erased ones are not there."""
    parts = make_parts(database, redis_url)
    site, other = make_site(database), make_site(database, "blog")
    made = [post(parts, site, comment(f"Comment {number}"), NOW) for number in range(5)]
    settle_all(parts, site, EMBEDDED, NOW)
    elsewhere = post(parts, other, comment("Elsewhere"), NOW)
    settle_all(parts, other, EMBEDDED, NOW)
    reject = Decision(Action.REJECT, DecidedBy.MODERATOR, NOW, 1, actor="kim@news.example")
    batches = {one.id: ids.new_id(NOW) for one in made[:4]}
    for one in made[:4]:
        decide_batch(parts, "news", [Wanted(one.id, reject)], batches[one.id])
    decide_batch(parts, "blog", [Wanted(elsewhere.id, reject)], ids.new_id(NOW))
    undo(parts, "news", batches[made[0].id], DecidedBy.MODERATOR, "kim@news.example", NOW)
    changes.edit(parts, site, made[1].id, "Another text", NOW)
    changes.erase(parts, "news", made[2].id, NOW)
    appeals.open_appeal(parts, "news", Asked(made[3].id, None, "Why?"), 5, NOW, SERVICE)  # it stands until decided

    with database.read() as connection:
        found = similar.decided_by_people(connection, "news", 100)
        kept = comments.get(connection, "news", made[3].id)
        erased = comments.get(connection, "news", made[2].id)
        assert similar.decided_by_people(connection, "news", 0) == []
        read = similar.read(connection, "news", [made[3].id, made[4].id, elsewhere.id])

    assert kept is not None
    assert erased is not None
    assert [key for key, _ in found] == [made[3].id]
    assert found[0][1] == kept.likeness
    assert (kept.status, erased.likeness) == (Status.REJECTED, None)
    assert list(read) == [made[3].id]


def test_copies_are_found_whoever_decided_them(database: Database, redis_url: str) -> None:
    """Those with the same words and those of the same cluster, newest first, without the comment itself."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    text = "Buy these watches, they are the best watches of all"
    texts = (text, text.upper(), "Something else entirely, and long enough", text)
    made = [
        post(
            parts,
            site,
            replace(comment(one), author=replace(comment().author, id=f"u{at}")),
            NOW - timedelta(seconds=9 - at),
        )
        for at, one in enumerate(texts)
    ]
    settle_all(parts, site, replace(TOXIC, cluster=Cluster(ids.new_id(NOW), 2, 2)), NOW)
    approve = Decision(Action.APPROVE, DecidedBy.API, NOW, 1)
    decide_batch(parts, "news", [Wanted(one.id, approve) for one in made[1:3]], ids.new_id(NOW))

    with database.read() as connection:
        one = comments.get(connection, "news", made[3].id)
        assert one is not None
        assert similar.same_words(connection, one, 5) == [made[1].id]
        assert similar.near_copies(connection, one, 5) == [made[2].id, made[1].id]
        assert similar.near_copies(connection, replace(one, cluster_id=None), 5) == []
