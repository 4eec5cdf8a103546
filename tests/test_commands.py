"""The command lines of the parts."""

import socket
import subprocess
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from moderation import commands
from moderation.queue import Bell
from moderation.settings import Settings
from tests.waiting import until


def test_the_embedded_valkey_answers_to_its_password_alone(tmp_path: Path) -> None:
    """It listens on loopback, reads its settings, with the password, from stdin, and keeps nothing on disk."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    part = commands.valkey(port, "hush", tmp_path)
    process = subprocess.Popen(part.command, stdin=subprocess.PIPE)
    try:
        assert process.stdin is not None
        process.stdin.write(part.stdin)
        process.stdin.close()
        with Redis(port=port, password="hush") as known, Redis(port=port) as stranger:
            until(lambda: _answers(port), "Valkey to listen")
            known.set("a", 1)
            with pytest.raises(AuthenticationError):
                stranger.get("a")
    finally:
        process.terminate()
        process.wait(10)

    assert "hush" not in " ".join(part.command)
    assert list(tmp_path.iterdir()) == []


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
