"""What docs/clients/ shows: each client's page has a program, which runs as it stands."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.clients.calls import sorted_rows
from tests.clients.programs import HOSTS, PIP, node, python
from tests.pages import DOCS, compatibility_table
from tests.whole.service import COMMAND, Service, environment

FIXED = DOCS / "clients" / "fixed-address.md"
PAGES = sorted(set((DOCS / "clients").glob("*.md")) - {FIXED})
PROGRAM = re.compile(r"^```(python|js)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_program_of_a_page_works(page: Path, vendor: Service, trust: dict[str, str]) -> None:
    """It finds a rude comment or a spammer, trusting the CA by the one variable that its page names."""
    text = page.read_text(encoding="utf-8")
    ((language, program),) = PROGRAM.findall(text)
    (name,) = {name for name in trust if f"`{name}`" in text}
    variables = {
        "KEY": str(vendor.key),
        "AKISMET_KEY": vendor.ready["akismet_key"],
        "PYTHON_AKISMET_TIMEOUT": "20",  # a machine that is busy with other tests is slow
        "PYTHONPATH": str(PIP) if page.stem == "perspectiveapi" else "",
        "TLS_PORT": trust["TLS_PORT"],
        **dict.fromkeys(trust.keys() - {"TLS_PORT"}, os.devnull),
        name: trust[name],
    }

    told = python(program, variables) if language == "python" else node(program, variables, "--require", HOSTS)

    assert told.strip() in {"True", "true"} or float(told) > 0.7


def test_every_client_has_a_page() -> None:
    """What is tested is told, and no page is of a client that is not tested."""
    compatibility_table()  # knows every test

    assert {row.client.replace(" ", "-") for row in sorted_rows()} == {page.stem for page in PAGES}


def test_the_commands_for_a_fixed_address_work(vendor: Service, ca: Path, tmp_path: Path) -> None:
    """The certificate is made, and the look whether the name leads here succeeds."""
    cert, look = COMMANDS.findall(FIXED.read_text(encoding="utf-8"))
    port = urlsplit(vendor.url).port
    look = look.replace("tls/ca.pem", str(ca)).replace("curl ", f"curl -sS --connect-to ::127.0.0.1:{port} ")
    path = f"{Path(COMMAND).parent}:{os.environ['PATH']}"
    script = f"set -eu\n{cert}\n{look}"

    subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=tmp_path,
        env=environment({"PATH": path, "NO_PROXY": "*"}),
        check=True,
        timeout=60,
    )

    assert (tmp_path / "tls" / "ca.pem").exists()
