"""Every command that README.md and docs/api.md show works as it stands."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.whole.service import COMMAND, Service, environment

pytestmark = pytest.mark.timeout(60)
ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
README = ROOT / "README.md"
PAGES = (README, ROOT / "docs" / "api.md")
HELP_SECONDS = 30


def blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks of `page` in `language`."""
    return [code for name, code in BLOCK.findall(page.read_text(encoding="utf-8")) if name == language]


def console() -> list[str]:
    """Return the commands behind the prompts of README.md."""
    return [line[2:] for block in blocks(README, "console") for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_request_of_a_page_works(service: Service, page: Path) -> None:
    """The shell commands of a page, run one after the other with the key of a new site, all succeed."""
    key = service.add_site(page.stem.lower())
    script = "\n".join(blocks(page, "sh"))
    script = script.replace("http://127.0.0.1:8080", service.url).replace("mod_…", key)
    script = "set -euo pipefail\n" + script.replace("\ncurl ", "\ncurl --fail-with-body -sS ")

    done = subprocess.run(
        ["/bin/bash", "-c", script],
        env=environment({"NO_PROXY": "127.0.0.1"}), capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip

    assert done.returncode == 0, f"{done.stderr}\n{done.stdout}"
    assert script.count("curl ") >= 3
    if page == README:
        first, _ = json.JSONDecoder().raw_decode(done.stdout)
        assert first["status"] == "held", "the first example is not held, as README.md says"
        assert "toxicity" in {reason["code"] for reason in first["decision"]["reasons"]}


@pytest.mark.parametrize("command", [line for line in console() if line.startswith("make ")])
def test_every_make_command_is_a_target(command: str) -> None:
    """What README.md tells to make is in the Makefile."""
    subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, check=True, capture_output=True, timeout=HELP_SECONDS)


@pytest.mark.parametrize("command", [line for line in console() if " moderation " in line])
def test_every_command_in_the_container_exists(command: str) -> None:
    """What README.md runs inside the container is a command of the program."""
    words = command.partition(" moderation ")[2].split()[:2]

    subprocess.run([COMMAND, *words, "--help"], check=True, capture_output=True, timeout=HELP_SECONDS)
