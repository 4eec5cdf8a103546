"""The example site, run as its README says, on a service."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.whole.service import Service, environment, free_port, wait_until

pytestmark = pytest.mark.timeout(120)
PROGRAM = Path(__file__).parents[2] / "examples" / "site" / "comment_box.py"
SECONDS = 30.0


def answers(site: httpx.Client) -> bool:
    """Tell whether the site is up."""
    try:
        return site.get("/").is_success
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def site(service: Service) -> Iterator[httpx.Client]:
    """Run the example site and give a browser, so to speak, that is looking at it."""
    port = free_port()
    settings = environment({"API": service.url, "KEY": str(service.key), "PORT": str(port)})
    with (
        subprocess.Popen([sys.executable, str(PROGRAM)], env=settings, stderr=subprocess.DEVNULL) as program,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as client,
    ):
        try:
            wait_until(lambda: answers(client), seconds=SECONDS, what="the example site to answer")
            yield client
        finally:
            program.terminate()


def write(site: httpx.Client, name: str, text: str) -> httpx.Response:
    """Fill in the form and send it."""
    form = {"name": name, "text": text, "website": "", "opened": "0"}
    return site.post("/comments", data=form, follow_redirects=True)


def test_a_friendly_comment_appears(site: httpx.Client) -> None:
    """What is approved stands on the page, with markup shown as it was written."""
    text = "Good news for everybody who lives at the harbour <b>at last</b>"
    write(site, "Kim", text)

    wait_until(lambda: "&lt;b&gt;at last" in site.get("/").text, seconds=SECONDS, what="the comment to appear")
    assert "<b>" not in site.get("/").text


def test_a_rude_comment_appears_when_it_is_approved(site: httpx.Client, api: httpx.Client) -> None:
    """What is held is not shown, until a decision comes by webhook."""
    page = write(site, "Lou", "You are a stupid idiot.").text
    assert "looked at" in page
    assert "idiot" not in page

    def held() -> str | None:
        found = api.get("/v1/comments", params={"status": "held", "thread": "harbour"}).json()["comments"]
        return next((str(comment["id"]) for comment in found if "idiot" in comment["text"]), None)

    id_ = wait_until(held, seconds=SECONDS, what="the comment to be held")
    assert "idiot" not in site.get("/").text

    assert api.post(f"/v1/comments/{id_}/decision", json={"action": "approve"}).is_success
    wait_until(lambda: "stupid idiot" in site.get("/").text, seconds=SECONDS, what="the comment to appear")


def test_a_comment_that_is_too_long_is_given_back(site: httpx.Client) -> None:
    """The page says what is wrong and keeps what was written."""
    answer = write(site, "Max", "long " * 80)

    assert answer.status_code == 422
    assert "of 300" in answer.text
    assert "long long long" in answer.text


def test_an_unsigned_call_changes_nothing(site: httpx.Client) -> None:
    """Nobody but the service can have a comment shown."""
    assert site.post("/moderation", json={"type": "comment.approved", "data": {}}).status_code == 401
