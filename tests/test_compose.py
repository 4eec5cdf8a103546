"""The compose file starts what the program has, with settings that the program knows."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from moderation.commands import VALKEY_FULL, VALKEY_MEMORY
from moderation.settings import Settings

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "moderation"}
SECONDS = 30


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_the_program(name: str) -> None:
    """What a container runs is a command of `moderation`, and each option and role is in its help."""
    command, *options = OURS[name]["command"]

    done = subprocess.run(
        [str(Path(sys.executable).with_name("moderation")), command, "--help"],
        capture_output=True, text=True, timeout=SECONDS, check=True,
    )  # fmt: skip

    assert [option for option in options if option[0].isalpha() or option[0] == "-" if option not in done.stdout] == []


@pytest.mark.parametrize("name", OURS)
def test_every_setting_is_one_that_the_program_knows(name: str) -> None:
    """A container's variables are settings of the program, and none holds a secret that stands in the file."""
    environment: dict[str, str] = OURS[name]["environment"]

    assert {key.removeprefix("MODERATION_").lower() for key in environment} <= set(Settings.model_fields)
    assert environment["MODERATION_SECRET"].startswith("${MODERATION_SECRET:?")
    assert "${POSTGRES_PASSWORD:?" in environment["MODERATION_DATABASE_URL"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_comes_back_after_a_failure(name: str) -> None:
    """All but the migration are started again; the web side, Redis and the database tell their health."""
    assert SERVICES[name]["restart"] == ("no" if name == "migrate" else "unless-stopped")
    if name in {"redis", "postgres"}:
        assert SERVICES[name]["healthcheck"]["test"]


def test_only_the_web_side_can_be_reached_from_outside() -> None:
    """No other container has a port on the host, and the web side's is on the loopback address."""
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])


def test_a_full_redis_forgets_what_is_old_and_goes_on() -> None:
    """As the embedded one does: else every bell, ask and count would fail once an hour brought too many comments."""
    command = SERVICES["redis"]["command"]

    assert command[command.index("--maxmemory") + 1] == VALKEY_MEMORY
    assert command[command.index("--maxmemory-policy") + 1] == VALKEY_FULL
