"""Whether the service lives, is ready, and how busy it is."""

import pytest
from flask.testing import FlaskClient

from moderation.app import create_app
from moderation.queue import Queue
from moderation.settings import Settings
from moderation.storage.database import Database
from tests.build import comment, make_parts, make_site, post

NOWHERE = "redis://127.0.0.1:1/0"
GONE = "postgresql+psycopg://nobody@127.0.0.1:1/none"


def client(settings: Settings, **changes: object) -> FlaskClient:
    """Return a client of the service with changed settings, and an empty Redis."""
    Queue(settings.redis).redis.flushall()
    return create_app(settings.model_copy(update=changes)).test_client()


def test_a_service_with_all_its_parts_is_ready(settings: Settings) -> None:
    """Each part that said lately that it is alive is ok."""
    http = client(settings)
    queue = Queue(settings.redis)
    queue.beat("scorer", 30)
    queue.beat("courier", 30)

    answer = http.get("/readyz")

    parts = dict.fromkeys(("database", "redis", "scorer", "courier"), "ok")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok", "parts": parts})


def test_without_workers_the_service_is_degraded_but_takes_comments(settings: Settings) -> None:
    """The status is 200, and the parts that are missing are named."""
    answer = client(settings).get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json()["status"] == "degraded"
    assert answer.get_json()["parts"] == {"database": "ok", "redis": "ok", "scorer": "down", "courier": "down"}


def test_without_redis_the_service_is_degraded_but_takes_comments(settings: Settings) -> None:
    """The status is 200: comments are stored, and found when Redis is back."""
    answer = client(settings, redis_url=NOWHERE).get("/readyz")

    assert answer.status_code == 200
    assert answer.get_json()["status"] == "degraded"
    assert answer.get_json()["parts"] == {"database": "ok", "redis": "down", "scorer": "down", "courier": "down"}


def test_without_its_database_the_service_is_not_ready(settings: Settings) -> None:
    """The status is 503, so that no comment is sent here; the process itself lives."""
    http = client(settings, database_url=GONE)

    answer = http.get("/readyz")

    assert answer.status_code == 503
    assert answer.get_json()["status"] == "down"
    assert answer.get_json()["parts"]["database"] == "down"
    assert http.get("/livez").status_code == 200


def test_a_database_without_tables_is_not_ready(settings: Settings) -> None:
    """A service that was started before its migrations takes nothing."""
    empty = f"sqlite:///{settings.data / 'empty.db'}"

    assert client(settings, database_url=empty).get("/readyz").status_code == 503


def test_figures_are_for_prometheus(settings: Settings) -> None:
    """They say how many comments wait and which workers live."""
    http = client(settings)
    Queue(settings.redis).beat("scorer", 30)
    database = Database(settings.database)
    parts = make_parts(database, NOWHERE)
    post(parts, make_site(database), comment())
    database.close()

    answer = http.get("/metrics")

    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert "moderation_waiting_comments 1.0" in lines
    assert {"moderation_scorer_up 1.0", "moderation_courier_up 0.0"} <= set(lines)


def test_figures_can_be_switched_off(settings: Settings) -> None:
    """Without the setting there is nothing at `/metrics`."""
    assert client(settings, metrics=False).get("/metrics").status_code == 404


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/livez"])
def test_health_is_told_while_everything_is_away(settings: Settings, path: str) -> None:
    """Whatever is away, the answer is a sentence and no crash."""
    answer = client(settings, database_url=GONE, redis_url=NOWHERE).get(path)

    assert answer.status_code == {"/livez": 200}.get(path, 503)
    assert answer.get_json() is not None
