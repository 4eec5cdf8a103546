"""What Akismet's clients hear of comments that are held after the check was answered, on both databases."""

import pytest

from moderation import clock
from moderation.comment_object import akismet_document
from moderation.model import ATTRIBUTES, Action, Comment, EventType, Scored
from moderation.records import Event
from moderation.service import Service
from moderation.settings import Settings
from moderation.storage import endpoints
from moderation.storage.database import Database
from tests.build import TOXIC, make_parts, make_site, post
from tests.test_checks import KIM, PAGE, Bench

SPAMMY = Scored(scores={**dict.fromkeys(ATTRIBUTES, 0.01), "spam": 0.97})


@pytest.fixture
def bench(database: Database, redis_url: str, settings: Settings) -> Bench:
    """Give a service whose site is made."""
    parts = make_parts(database, redis_url)
    make_site(database)
    return Bench(Service(parts, settings), parts)


def test_what_turns_out_to_look_like_spam_is_told(bench: Bench) -> None:
    """WordPress, which was told to wait, would publish it by itself; what is held for anything else waits on."""
    spam = bench.check("An offer that looks like spam, later")
    bench.settle(SPAMMY)
    assert bench.told() == [(spam.id, EventType.COMMENT_HELD)]

    rude = bench.check("A rude comment, later")
    bench.settle(TOXIC)
    assert bench.told() == []

    bench.decide(rude, Action.APPROVE)
    assert bench.told() == [(rude.id, EventType.COMMENT_APPROVED)]


@pytest.mark.parametrize("scored", [SPAMMY, TOXIC])
def test_what_is_held_while_the_check_is_answered_is_told_if_it_looks_like_spam(bench: Bench, scored: Scored) -> None:
    """Only the last decision counts."""
    stored = post(bench.parts, bench.service.site("news"), Comment("Nice post", PAGE, KIM), clock.now())
    bench.decide(stored, Action.APPROVE)
    bench.service.edit("news", stored.id, "Nicer post")
    bench.settle(scored)

    bench.remember(stored)

    assert bench.told() == ([(stored.id, EventType.COMMENT_HELD)] if scored is SPAMMY else [])


def test_spam_that_is_to_wait_is_not_told(bench: Bench) -> None:
    """The operator may want a person's word on all of it; an endpoint follows with the next check."""
    bench.check("The first comment of a client that is told")
    waits = Bench(
        Service(bench.parts, bench.service.settings.model_copy(update={"akismet_held_spam": "recheck"})), bench.parts
    )
    waits.check("A comment of a client that waits")

    bench.settle(SPAMMY)

    assert bench.told() == []
    with bench.parts.database.read() as connection:
        (one,) = endpoints.list_akismet(connection, "news")
    assert EventType.COMMENT_HELD not in one.events


def test_an_endpoint_that_was_disabled_begins_again_with_the_next_check(bench: Bench) -> None:
    """Its site asks, so it is there; what it failed before does not count."""
    bench.check("The first comment")
    with bench.parts.database.write() as connection:
        (one,) = endpoints.list_akismet(connection, "news")
        endpoints.note_failure(connection, "news", one.id, clock.now())
        endpoints.disable_endpoint(connection, "news", one.id, "it failed for days", clock.now())

    bench.check("The second comment")

    with bench.parts.database.read() as connection:
        (again,) = endpoints.list_akismet(connection, "news")
    assert (again.id, again.disabled_at, again.failures, again.failing_since) == (one.id, None, 0, None)


@pytest.mark.parametrize(
    ("kind", "codes", "result"),
    [
        (EventType.COMMENT_APPROVED, ["below_thresholds"], "false"),
        (EventType.COMMENT_REJECTED, [], "true"),
        (EventType.COMMENT_HELD, ["spam"], "true"),
        (EventType.COMMENT_HELD, ["raid"], "true"),
    ],
)
def test_18_the_result_is_a_word(kind: EventType, codes: list[str], result: str) -> None:
    """By PHP's comparison a JSON boolean is neither true nor false."""
    data = {"decision": {"reasons": [{"code": code} for code in codes]}}
    event = Event("e", "news", "c", kind, 1, clock.now(), data)

    assert akismet_document("0123456789ab", event) == {
        "key": "0123456789ab", "endpoint": "comment-check", "comments": [{"guid": "c", "result": result}]
    }  # fmt: skip
