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
HOSTS = str(Path(__file__).with_name("npm") / "hosts.cjs")
"""What Node.js loads with `--require`, so that every name leads to this machine."""
SECONDS = 60
PRINT = "const print = (value) => console.log(JSON.stringify(value));\n"


def run_node(script: str, variables: Mapping[str, str], *options: str) -> Any:
    """Run `script` with the clients for Node.js at hand, and return the JSON that it gives to `print`."""
    node = shutil.which("node")
    assert node is not None, "These tests run clients for Node.js: `apt-get install nodejs npm`"
    assert (NPM / "node_modules").is_dir(), "The clients for Node.js are not installed: `make test` does it"
    return _run((node, *options, "--input-type=module", "--eval", PRINT + script), variables)


def _run(command: tuple[str, ...], variables: Mapping[str, str]) -> Any:
    direct = {name: "" for name in os.environ if name.lower().endswith("_proxy")}
    done = subprocess.run(  # noqa: PLW1510 - the message below says more
        command, cwd=NPM, env=environment({**direct, **variables}), capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, f"{done.stderr}\n{done.stdout}"
    return json.loads(done.stdout)
