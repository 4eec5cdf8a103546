"""Scores of texts that are not kept: remembered, shared, in time; on a real Valkey.

Long because each promise has its own short test.
"""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from moderation import clock
from moderation.asks import CHARACTERS_AT_MOST
from moderation.errors import OverloadedError, UnavailableError
from moderation.hashing import Hasher
from moderation.model import Scored, ScoredSpan
from moderation.pipeline import Parts
from moderation.queue import Queue
from moderation.scores import CHUNK_TEXTS, Outcome, Scores, Wanted, first_error
from moderation.storage.database import Database
from moderation.windows import Windows
from tests.answering import CARDS, Answerer, answering, by_word, result
from tests.build import add_model, make_site
from tests.whole.service import wait_until

PATIENCE = 15.0
NOBODY = "redis://127.0.0.1:1/0"
NO_DATABASE = "sqlite:////nowhere/moderation.db"


def make_scores(
    redis_url: str,
    *,
    at_once: int = 8,
    threads: int = 8,
    remember: int = 60,
    secret: str = "s" * 32,
    database: Database | None = None,
) -> Scores:
    """Return one process's scores."""
    queue, database = Queue(redis_url), database or Database(NO_DATABASE)
    parts = Parts(database, queue, Windows(queue.redis, database), Hasher(secret))
    return Scores(parts, threading.Semaphore(at_once), threads, remember)


@pytest.fixture
def queue(redis_url: str) -> Queue:
    """Give a queue on an empty Valkey."""
    made = Queue(redis_url)
    made.redis.flushall()
    return made


@pytest.fixture
def worker(queue: Queue) -> Iterator[Answerer]:
    """Give a stand-in for the scoring workers."""
    with answering(queue) as answerer:
        yield answerer


def toxicity(outcome: Outcome) -> float | None:
    """Return the toxicity of what has scores."""
    assert isinstance(outcome, Scored)
    return outcome.scores["toxicity"]


def test_texts_are_scored_in_order(worker: Answerer, redis_url: str) -> None:
    """Each text has its own scores, whatever the hints of their languages, and equal ones are asked for once."""
    wanted = [Wanted("you idiot"), Wanted("Dummkopf", "de"), Wanted("thank you"), Wanted("you idiot")]

    found = make_scores(redis_url).of(wanted, 10)

    assert [toxicity(one) for one in found] == [0.93, None, 0.02, 0.93]
    assert sorted(worker.texts) == ["Dummkopf", "thank you", "you idiot"]
    assert {ask.language for ask in worker.taken} == {None, "de"}


def test_a_text_is_scored_without_the_blanks_around_it(queue: Queue, redis_url: str) -> None:
    """They change no score, and spans are those of the text with its blanks."""
    span = {"attribute": "toxicity", "start": 4, "end": 9, "score": 0.9}
    with answering(queue, lambda _: {**result(), "spans": [span]}) as worker:
        scores = make_scores(redis_url)
        plain, blank = scores.of([Wanted("you idiot"), Wanted(" \n you idiot\u200b ")], 10)

    assert worker.texts == ["you idiot"]
    assert isinstance(plain, Scored)
    assert isinstance(blank, Scored)
    assert plain.spans == (ScoredSpan("toxicity", 4, 9, 0.9),)
    assert blank.spans == (ScoredSpan("toxicity", 7, 12, 0.9),)


def test_what_was_scored_is_remembered_by_all_processes(worker: Answerer, redis_url: str) -> None:
    """The same text with the same hint is asked for once; another hint is another question."""
    make_scores(redis_url).of([Wanted("you idiot")], 10)
    again = make_scores(redis_url)

    assert toxicity(again.of([Wanted("you idiot ")], 10)[0]) == 0.93
    assert worker.texts == ["you idiot"]
    again.of([Wanted("you idiot", "en")], 10)
    assert worker.texts == ["you idiot"] * 2


def test_a_new_model_remembers_nothing_of_the_old_one(queue: Queue, redis_url: str) -> None:
    """Scores are kept by the versions of the models that gave them."""
    with answering(queue) as worker:
        make_scores(redis_url).of([Wanted("you idiot")], 10)
    newer = [{**CARDS[0], "name": "table-3"}, CARDS[1]]
    with answering(queue, cards=newer) as other:
        make_scores(redis_url).of([Wanted("you idiot")], 10)

    assert (worker.texts, other.texts) == (["you idiot"], ["you idiot"])


def test_no_text_can_be_read_or_guessed_from_what_is_remembered(worker: Answerer, queue: Queue, redis_url: str) -> None:
    """Keys are hashes with the service's secret, and values are scores."""
    make_scores(redis_url, secret="a" * 32).of([Wanted("you canary")], 10)
    keys = queue.redis.keys("moderation:score:*")
    assert isinstance(keys, list)
    make_scores(redis_url, secret="b" * 32).of([Wanted("you canary")], 10)

    assert worker.texts == ["you canary"] * 2
    everything = [str(queue.redis.dump(key)) for key in queue.redis.scan_iter("*")]
    assert "canary" not in str([*queue.redis.scan_iter("*"), *everything])
    value = json.loads(str(queue.redis.get(keys[0])))
    assert set(value) == {"result", "models", "versions"}
    life = queue.redis.ttl(keys[0])
    assert isinstance(life, int)
    assert 0 < life <= 60


@pytest.mark.parametrize(("remember", "keep"), [(0, True), (60, False)])
def test_nothing_is_remembered_where_that_is_not_wanted(
    worker: Answerer, queue: Queue, redis_url: str, remember: int, keep: bool
) -> None:
    """Neither with the setting at 0 nor for a caller who says so."""
    make_scores(redis_url, remember=remember).of([Wanted("you idiot", keep=keep)], 10)

    assert worker.texts == ["you idiot"]
    left = queue.redis.keys("moderation:score:*")
    assert left == []


def test_one_flight_serves_all_who_want_the_same_text(worker: Answerer, redis_url: str) -> None:
    """While a text is on its way to the workers it is not sent again."""
    scores = make_scores(redis_url, remember=0)
    worker.held.clear()
    with ThreadPoolExecutor(4) as callers:
        waiting = [callers.submit(scores.of, [Wanted("you idiot")], 10) for _ in range(4)]
        wait_until(lambda: worker.texts and scores._waiting._value == 4, seconds=PATIENCE, what="the callers")  # noqa: SLF001
        worker.held.set()

        assert [toxicity(one.result(10)[0]) for one in waiting] == [0.93] * 4
    assert worker.texts == ["you idiot"]


def test_who_has_more_time_asks_again(worker: Answerer, redis_url: str) -> None:
    """A caller who joined the flight of another, whose time ran out, gets its answer all the same."""
    scores = make_scores(redis_url)
    worker.held.clear()
    with ThreadPoolExecutor(2) as callers:
        short = callers.submit(scores.of, [Wanted("you idiot")], 0.5)
        wait_until(lambda: worker.texts, seconds=PATIENCE, what="the first ask")
        long = callers.submit(scores.of, [Wanted("you idiot")], 10)

        assert isinstance(short.result(10)[0], UnavailableError)
        worker.held.set()
        assert toxicity(long.result(10)[0]) == 0.93


def test_a_deadline_holds(queue: Queue, redis_url: str) -> None:
    """Without a worker the answer comes when the time is over, and says that there are no scores."""
    started = clock.monotonic()

    found = make_scores(redis_url).of([Wanted("you idiot"), Wanted("thank you")], 0.2)

    assert clock.monotonic() - started < 2
    assert [str(one) for one in found] == ["No scoring worker answered in time"] * 2
    assert queue.redis.llen("moderation:asked") == 1


def test_what_is_remembered_needs_no_worker(queue: Queue, redis_url: str) -> None:
    """A text that was scored lately is answered while all workers are busy or gone."""
    with answering(queue):
        make_scores(redis_url).of([Wanted("you idiot")], 10)

    found = make_scores(redis_url).of([Wanted("you idiot"), Wanted("thank you")], 0.2)

    assert toxicity(found[0]) == 0.93
    assert isinstance(found[1], UnavailableError)
    assert first_error(found) is found[1]


def test_a_text_that_cannot_be_scored_spoils_no_other(queue: Queue, redis_url: str) -> None:
    """What raised in a worker is told at once and not asked for again; the others have their scores."""
    with answering(queue, lambda text: None if "canary" in text else by_word(text)) as worker:
        found = make_scores(redis_url).of([Wanted("the canary"), Wanted("thank you")], 10)

    assert str(found[0]) == "The scoring worker failed"
    assert toxicity(found[1]) == 0.02
    assert worker.texts == ["the canary", "thank you"]


def test_long_lists_are_cut_so_that_others_get_between(worker: Answerer, redis_url: str) -> None:
    """An ask has few texts and few characters, but for one text that is longer than that."""
    texts = [f"Text number {n}" for n in range(CHUNK_TEXTS + 4)] + ["x" * (CHARACTERS_AT_MOST + 1), "y" * 9000]

    found = make_scores(redis_url).of([Wanted(text) for text in texts], 10, patient=True)

    assert first_error(found) is None
    assert sorted(worker.texts) == sorted(texts)
    assert sorted(len(ask.texts) for ask in worker.taken) == [1, 1, 4, CHUNK_TEXTS]
    assert all(ask.patient for ask in worker.taken)


def test_too_many_who_wait_are_refused(redis_url: str, queue: Queue) -> None:
    """Threads that wait for scores never take all places: what is remembered is answered, the rest refused."""
    with answering(queue):
        make_scores(redis_url).of([Wanted("you idiot")], 10)
    full = make_scores(redis_url, at_once=0)

    assert toxicity(full.of([Wanted("you idiot")], 10)[0]) == 0.93
    with pytest.raises(OverloadedError):
        full.of([Wanted("thank you")], 10)


def test_who_waits_briefly_has_more_places(worker: Answerer, redis_url: str) -> None:
    """Three of four threads may wait for a second, however many wait longer; the fourth is refused."""
    scores = make_scores(redis_url, at_once=0, threads=4)
    for _ in range(3):
        scores._briefly.acquire()  # noqa: SLF001

    with pytest.raises(OverloadedError):
        scores.of([Wanted("you idiot")], 1.0)
    scores._briefly.release()  # noqa: SLF001
    scores.of([Wanted("you idiot")], 1.0)
    assert worker.texts == ["you idiot"]
    with pytest.raises(OverloadedError):
        scores.of([Wanted("thank you")], 1.5)


def test_without_redis_there_are_no_scores() -> None:
    """It is said at once, not after the time is over."""
    scores = make_scores(NOBODY)

    assert [str(one) for one in scores.of([Wanted("you idiot")], 60)] == ["Redis does not answer"]
    with pytest.raises(UnavailableError):
        scores.served()


def test_what_was_served_is_known_until_a_worker_says_otherwise(queue: Queue, redis_url: str) -> None:
    """Workers that are restarted do not make the service forget which attributes there are."""
    scores = make_scores(redis_url)
    with pytest.raises(UnavailableError):
        scores.served()
    queue.beat("scorer", 60, {"models": list(CARDS)})
    assert list(scores.served()) == list(CARDS)
    queue.redis.flushall()

    assert list(scores.served()) == list(CARDS)


def test_what_a_sites_decisions_correct_is_remembered_for_that_site(
    worker: Answerer, redis_url: str, database: Database
) -> None:
    """What one site taught is never another's score; sites that taught nothing share what is remembered."""
    make_site(database)
    make_site(database, "blog")
    make_site(database, "forum")
    add_model(database)
    worker.versions["news"] = {"spam": 1}
    scores = make_scores(redis_url, database=database)

    def score(site: str) -> Scored:
        (found,) = scores.of([Wanted("you idiot", site=site)], 10)
        assert isinstance(found, Scored)
        return found

    assert score("news").models["spam"].endswith("+spam-1")
    assert not score("blog").models["spam"].endswith("+spam-1")
    assert [ask.site for ask in worker.taken] == ["news", "blog"]
    score("forum")
    score("news")
    assert len(worker.taken) == 2


def test_while_the_database_is_away_texts_are_scored(worker: Answerer, redis_url: str) -> None:
    """Without it nobody knows what corrects a site's scores; the workers may."""
    (found,) = make_scores(redis_url).of([Wanted("you idiot", site="news")], 10)

    assert toxicity(found) == 0.93
    assert worker.texts == ["you idiot"]
