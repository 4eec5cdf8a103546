"""What tells how urgent comments are, on both databases."""

import runpy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from moderation import ids
from moderation.batches import Wanted, decide_batch, undo
from moderation.model import Action, Author, DecidedBy, Decision, Scored, Status, Thread
from moderation.storage import migrate, urgent
from moderation.storage.database import Database
from moderation.storage.filters import Filter
from moderation.storage.tables import comments
from tests.build import NOW, TOXIC, comment, make_parts, make_site, post, settle_all


def test_harm_is_kept_with_each_comment(database: Database, redis_url: str) -> None:
    """Of the site and the filter, the newest of them; a decision that is taken back brings its harm back."""
    parts = make_parts(database, redis_url)
    site, other = make_site(database), make_site(database, "blog")
    made = []
    for number, score in enumerate((0.7, 0.9, 0.8)):
        thread = Thread("t1" if number else "t0", section="sport" if number else None)
        one = replace(comment(f"Number {number}"), thread=thread, author=Author(f"u{number}"))
        made.append(post(parts, site, one, NOW - timedelta(seconds=9 - number)).id)
        settle_all(parts, site, Scored({**TOXIC.scores, "toxicity": score}), NOW)
    post(parts, other, comment("Elsewhere"), NOW)
    reject, batch = Decision(Action.REJECT, DecidedBy.MODERATOR, NOW, 1, actor="kim"), ids.new_id(NOW)
    held = Filter(status=Status.HELD)

    with database.read() as connection:
        assert urgent.worst(connection, "news", held, 9) == [(made[2], 0.8, 2), (made[1], 0.9, 2), (made[0], 0.7, 1)]
        assert urgent.worst(connection, "news", held, 1) == [(made[2], 0.8, 2)]
        assert urgent.worst(connection, "news", replace(held, section="sport", q="number 1"), 9) == [(made[1], 0.9, 2)]
        assert urgent.worst(connection, "blog", held, 9) == []
        assert [one.id for one in urgent.by_ids(connection, "news", [made[1], "nobody", made[0]])] == [made[1], made[0]]
        assert urgent.by_ids(connection, "blog", made) == urgent.by_ids(connection, "news", []) == []
    decide_batch(parts, "news", [Wanted(made[1], reject)], batch)
    with database.read() as connection:
        assert urgent.worst(connection, "news", Filter(status=Status.REJECTED), 9) == [(made[1], 0.5, 2)]
    undo(parts, "news", batch, DecidedBy.MODERATOR, "kim", NOW)
    with database.read() as connection:
        assert (made[1], 0.9, 2) in urgent.worst(connection, "news", held, 9)


def test_what_is_held_already_gets_its_harm(database: Database, redis_url: str) -> None:
    """The migration reads it from the decisions; what was held for no score keeps the harm that all begin with."""
    parts = make_parts(database, redis_url)
    site = make_site(database)
    post(parts, site, comment("Held for a score"), NOW)
    settle_all(parts, site, Scored({**TOXIC.scores, "toxicity": 0.8, "insult": 0.7}), NOW)
    post(parts, site, comment("Held for a reason without one"), NOW)
    settle_all(parts, site, Scored(dict.fromkeys(TOXIC.scores)), NOW)
    path = Path(migrate.__file__).parent / "migrations/versions/0015_desk.py"

    with database.write() as connection:
        connection.execute(update(comments).values(harm=0.5))
        runpy.run_path(str(path))["_tell_harm"](connection)
        found = urgent.worst(connection, "news", Filter(status=Status.HELD), 9)

    assert sorted(harm for _, harm, _ in found) == [0.5, 0.8]
