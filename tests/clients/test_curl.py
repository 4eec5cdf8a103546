"""curl, as the pages for those who come from elsewhere show it."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from tests.whole.service import Service, environment

DOCS = Path(__file__).parents[2] / "docs"


def run(page: str, service: Service, number: int = 0, **variables: str) -> Any:
    """Return what the shell commands of a page's example of that `number` print, as JSON."""
    text = (DOCS / page).read_text(encoding="utf-8")
    script = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[number]
    script = script.replace("http://127.0.0.1:8080", service.url).replace("curl ", "curl --fail-with-body -sS ")

    done = subprocess.run(
        ["/bin/bash", "-c", script],
        env=environment({"NO_PROXY": "127.0.0.1", **variables}), capture_output=True, text=True, timeout=50, check=True,
    )  # fmt: skip

    return json.loads(done.stdout)


def test_the_example_for_perspectives_users_works(service: Service, key: str) -> None:
    """The command of Perspective's own documentation is answered with a score."""
    answer = run("from-perspective.md", service, KEY=key)

    assert answer["attributeScores"]["TOXICITY"]["summaryScore"]["value"] > 0.5


def test_the_example_for_openais_users_works(service: Service, key: str) -> None:
    """The rude text is flagged."""
    assert run("from-openai.md", service, OPENAI_API_KEY=key)["results"][0]["flagged"]


def test_the_example_for_akismets_users_works(service: Service) -> None:
    """The author whom Akismet's clients are tested with is spam."""
    assert run("from-akismet.md", service, KEY=str(service.ready["akismet_key"])) is True


def test_the_examples_for_other_programs_work(service: Service, key: str) -> None:
    """discourse-ai, OSMOD and IBM MAX find the rude text rude."""
    discourse, osmod, ibm = (run("other-apis.md", service, number, KEY=key) for number in range(3))

    assert discourse["toxicity"] > 50
    assert osmod["summaryScores"]["INFLAMMATORY"] > 0.5
    assert ibm["results"][0]["predictions"]["toxic"] > 0.5
