"""curl, as the documentation of Perspective showed it."""

import json
import re
import subprocess
from pathlib import Path

from tests.whole.service import Service, environment

PAGE = Path(__file__).parents[2] / "docs" / "from-perspective.md"


def test_the_example_of_the_page_works(service: Service, key: str) -> None:
    """The command that docs/from-perspective.md shows is answered with a score."""
    (script,) = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    script = script.replace("http://127.0.0.1:8080", service.url).replace("curl ", "curl --fail-with-body -sS ")

    done = subprocess.run(
        ["/bin/bash", "-c", script],
        env=environment({"NO_PROXY": "127.0.0.1", "KEY": key}), capture_output=True, text=True, timeout=50, check=True,
    )  # fmt: skip

    assert json.loads(done.stdout)["attributeScores"]["TOXICITY"]["summaryScore"]["value"] > 0.5
