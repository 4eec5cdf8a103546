"""Numbers of a site's last weeks, on both databases."""

import json
from dataclasses import replace
from datetime import timedelta

from moderation import ids
from moderation.batches import Wanted, decide_batch
from moderation.model import Action, DecidedBy, Decision, Status, Thread
from moderation.storage import overview
from moderation.storage.database import Database
from tests.build import NOW, TOXIC, comment, make_parts, make_site, post, settle_all


def test_comments_are_counted_by_day_and_status(database: Database, redis_url: str) -> None:
    """Those of the site since then, by how they stand; the oldest held one and the people's decisions are found."""
    parts = make_parts(database, redis_url)
    site, other = make_site(database), make_site(database, "blog")
    days = [NOW - timedelta(days=back) for back in (40, 1, 1, 0)]
    old, first, second, today = (post(parts, site, comment(f"Comment {at:%d} {n}"), at) for n, at in enumerate(days))
    settle_all(parts, site, TOXIC, NOW)
    post(parts, other, comment("Elsewhere"), NOW)

    reject = Decision(Action.REJECT, DecidedBy.MODERATOR, NOW, 1, actor="kim@news.example")
    decide_batch(parts, "news", [Wanted(first.id, reject), Wanted(old.id, reject)], ids.new_id(NOW))
    by_program = replace(reject, by=DecidedBy.API, actor="the site")
    decide_batch(parts, "news", [Wanted(today.id, by_program)], ids.new_id(NOW))

    since = NOW - timedelta(days=30)
    with database.read() as connection:
        counted = overview.by_day(connection, "news", since)
        made = overview.made_by_people(connection, "news", since)
        oldest = overview.oldest_held(connection, "news")
        assert overview.oldest_held(connection, "blog") is None

    assert counted == {
        days[1].date(): {Status.REJECTED: 1, Status.HELD: 1},
        NOW.date(): {Status.REJECTED: 1},
    }
    assert oldest == second.received_at
    assert {(one.actor, one.before, one.after, one.received_at, one.at) for one in made} == {
        ("kim@news.example", Status.HELD, Status.REJECTED, at, NOW) for at in (days[0], days[1])
    }
    assert {(one.section, one.held_for) for one in made} == {(None, ("toxicity",))}


def test_sections_ages_and_models_are_counted(database: Database, redis_url: str) -> None:
    """Of the site: where a section's comments stand, how long what is held waits, and what scored the newest."""
    parts = make_parts(database, redis_url)
    site, other = make_site(database), make_site(database, "blog")
    scored = replace(TOXIC, models={"toxicity": "m@1", "spam": "s@1"})
    for hours, section in ((100, "sport"), (5, None), (0, "sport")):
        thread = Thread(f"t-{section}", section=section)
        at = NOW - timedelta(hours=hours)
        post(parts, site, replace(comment(f"Comment {hours}"), thread=thread), at)
        if hours:
            settle_all(parts, site, scored, NOW)
    post(parts, other, comment("Elsewhere"), NOW)
    moments = [NOW + timedelta(seconds=1), NOW - timedelta(hours=1), NOW - timedelta(hours=6)]

    with database.read() as connection:
        sections = overview.by_section(connection, "news", NOW - timedelta(days=30))
        assert overview.by_section(connection, "news", NOW - timedelta(hours=1)) == {"sport": {Status.PENDING: 1}}
        assert overview.waiting_since(connection, "news", moments) == [0, 1, 1]
        assert overview.waiting_since(connection, "blog", moments) == [0, 0, 0]
        used = overview.models_in_use(connection, "news")

    assert sections == {"sport": {Status.HELD: 1, Status.PENDING: 1}, None: {Status.HELD: 1}}
    assert {tuple(sorted(json.loads(text).items())): number for text, number in used.items()} == {
        (("spam", "s@1"), ("toxicity", "m@1")): 2, (): 1
    }  # fmt: skip


def test_a_site_without_comments_has_no_numbers(database: Database) -> None:
    """Nothing is no error."""
    make_site(database)
    with database.read() as connection:
        assert overview.by_day(connection, "news", NOW) == {}
        assert overview.made_by_people(connection, "news", NOW) == []
