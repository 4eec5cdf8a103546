"""The command lines of the parts."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from moderation import commands
from moderation.queue import Bell
from moderation.settings import Settings
from tests.waiting import until


@contextmanager
def embedded(folder: Path) -> Iterator[int]:
    """Run the embedded Valkey with the password "hush" and give its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    part = commands.valkey(port, "hush", folder)
    process = subprocess.Popen(part.command, stdin=subprocess.PIPE)
    try:
        assert process.stdin is not None
        process.stdin.write(part.stdin)
        process.stdin.close()
        until(lambda: _answers(port), "Valkey to listen")
        yield port
    finally:
        process.terminate()
        process.wait(10)


def test_the_embedded_valkey_answers_to_its_password_alone(tmp_path: Path) -> None:
    """It listens on loopback, reads its settings, with the password, from stdin, and keeps nothing on disk."""
    with embedded(tmp_path) as port, Redis(port=port, password="hush") as known, Redis(port=port) as stranger:
        known.set("a", 1)
        with pytest.raises(AuthenticationError):
            stranger.get("a")

    assert "hush" not in " ".join(commands.valkey(port, "hush", tmp_path).command)
    assert list(tmp_path.iterdir()) == []


def test_an_embedded_valkey_that_is_full_forgets_what_is_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an hour of comments left there gives way to bells and asks, and Celery's queues stay."""
    monkeypatch.setattr(commands, "VALKEY_MEMORY", "4mb")
    with embedded(tmp_path) as port, Redis(port=port, password="hush") as redis:
        redis.rpush("scoring", "a message")
        for number in range(6000):
            redis.set(f"old:{number}", "x" * 1000, ex=3600)

        redis.set("bell", 1, nx=True, ex=5)
        assert redis.get("bell") == b"1"
        assert redis.lrange("scoring", 0, -1) == [b"a message"]
        assert redis.info("stats")["evicted_keys"] > 0


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("role", commands.ROLES)
def test_a_worker_of_each_role_has_its_own_queues(settings: Settings, role: str) -> None:
    """Those who wait and what is stored are scored by the scorer, callbacks are sent by the courier."""
    command = commands.worker(role, settings, {}).command
    listens = {bell for bell in Bell if "-Q" in command and bell.value in command[command.index("-Q") + 1].split(",")}

    assert (
        listens
        == {"scorer": {Bell.INTERACTIVE, Bell.SCORING}, "courier": {Bell.COURIER, Bell.LEARNING}, "beat": set()}[role]
    )


def test_a_scorer_uses_one_core_a_process(settings: Settings) -> None:
    """Libraries that would start a thread for every core are told not to."""
    assert commands.worker("scorer", settings, {"A": "1"}).environment == {"A": "1", **commands.ONE_THREAD}
