"""Programs that use a client as its users do, each in a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.whole.service import environment

NPM = Path(sys.prefix) / "npm"
PIP = Path(sys.prefix) / "pip"
MISSING = "The clients that tests run are not installed: `make test` does it"
HOSTS = str(Path(__file__).with_name("npm") / "hosts.cjs")
"""What Node.js loads with `--require`, so that every name leads to this machine."""
HOSTS_IN_PYTHON = """
import os, socket
_find, _connect = socket.getaddrinfo, socket.socket.connect
def _there(address):
    return ("127.0.0.1", int(os.environ["TLS_PORT"])) if address[1] == 443 else address
socket.getaddrinfo = lambda host, *rest, **more: _find("127.0.0.1", *rest, **more)
socket.socket.connect = lambda self, address: _connect(self, _there(address))
"""
"""The same for Python, at the head of a program; what goes to port 443 goes to that of the service."""
SECONDS = 60
PRINT = "const print = (value) => console.log(JSON.stringify(value));\n"


def run_node(script: str, variables: Mapping[str, str], *options: str) -> Any:
    """Run `script` with the clients for Node.js at hand, and return the JSON that it gives to `print`."""
    return json.loads(node(PRINT + script, variables, *options))


def run_python(script: str, variables: Mapping[str, str]) -> Any:
    """Run `script`, for which every name leads to this machine, and return the JSON that it prints."""
    return json.loads(python(script, variables))


def node(script: str, variables: Mapping[str, str], *options: str) -> str:
    """Run `script` with the clients for Node.js at hand, and return what it prints."""
    program = shutil.which("node")
    assert program is not None, "These tests run clients for Node.js: `apt-get install nodejs npm`"
    return _run((program, *options, "--input-type=module", "--eval", script), variables)


def python(script: str, variables: Mapping[str, str]) -> str:
    """Run `script`, for which every name leads to this machine, and return what it prints."""
    return _run((sys.executable, "-c", HOSTS_IN_PYTHON + script), variables)


def _run(command: tuple[str, ...], variables: Mapping[str, str]) -> str:
    assert NPM.is_dir(), MISSING
    direct = {name: "" for name in os.environ if name.lower().endswith("_proxy")}
    done = subprocess.run(  # noqa: PLW1510 - the message below says more
        command, cwd=NPM, env=environment({**direct, **variables}), capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, f"{done.stderr}\n{done.stdout}"
    return done.stdout
