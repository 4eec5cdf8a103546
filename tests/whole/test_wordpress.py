"""The must-use plugin for WordPress, in PHP without a WordPress; numbers as in the contract's checklist."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.whole.service import Service, environment

PLUGIN = Path(__file__).parents[2] / "examples" / "wordpress" / "moderation-akismet.php"
HARNESS = Path(__file__).with_name("wordpress.php")
BLOG = "https://blog.example"


def request(url: str, body: str | Mapping[str, str], **more: Any) -> dict[str, Any]:
    """Return a request as Akismet's plugin makes it: HTTP/1.0, with the name of the host it means in a header."""
    host = url.split("/")[2]
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "Host": host,
        "User-Agent": "WordPress/6.8 | Akismet/5.4",
    }  # fmt: skip
    args = {"method": "POST", "httpversion": "1.0", "timeout": 15, "headers": headers, "body": body}
    return {"url": url, "args": args, **more}


def ask(url: str, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the plugin made of requests, with the service at `url`."""
    php = shutil.which("php")
    assert php is not None, "These tests run PHP: `apt-get install php-cli`"
    done = subprocess.run(
        [php, "-d", "display_errors=stderr", "-d", "error_reporting=-1", str(HARNESS), str(PLUGIN)],
        input=json.dumps(requests), env=environment({"MODERATION_URL": url}), capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_19_akismets_requests_go_to_the_service(service: Service, scheme: str) -> None:
    """With the key in the field, or in the host alone, as older versions have it; never to Akismet."""
    key = str(service.ready["akismet_key"])
    check = {"blog": BLOG, "comment_author": "akismet-guaranteed-spam", "is_test": "1"}
    verify = {"key": key, "blog": BLOG}

    answers = ask(
        f"{service.url}/",
        [
            request(f"{scheme}://rest.akismet.com/1.1/verify-key", urlencode({**verify, "api_key": key})),
            request(f"{scheme}://{key}.rest.akismet.com/1.1/comment-check", urlencode(check)),
            request(f"{scheme}://{key.upper()}.rest.akismet.com/1.1/comment-check", check),
            request(f"{scheme}://000000000000.rest.akismet.com/1.1/verify-key", urlencode(verify)),
            request(f"{scheme}://000000000000.rest.akismet.com/1.1/verify-key", verify),
            request(f"{scheme}://{key}.rest.akismet.com/1.1/verify-key", urlencode({**verify, "key": "wrong"})),
        ],
    )

    assert [one["answer"]["body"] for one in answers] == ["valid", "true", "true", "valid", "valid", "invalid"]
    assert all(one["called"][0][0].startswith(f"{service.url}/1.1/") for one in answers)
    assert all("Host" not in one["called"][0][1]["headers"] for one in answers)
    assert "x-akismet-guid" in answers[1]["answer"]["headers"]


def test_figures_keep_their_query(service: Service) -> None:
    """Some calls have their parameters in the address."""
    key = service.ready["akismet_key"]

    (one,) = ask(service.url, [request(f"https://rest.akismet.com/1.2/usage-limit?api_key={key}", "")])

    assert json.loads(one["answer"]["body"])["limit"] == "none"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.wordpress.org/core/version-check/1.7/",
        "https://evilrest.akismet.com/1.1/comment-check",
        "https://rest.akismet.com.example.org/1.1/comment-check",
        "https://a.b.rest.akismet.com/1.1/comment-check",
        "https://example.org/rest.akismet.com/",
    ],
)
def test_other_requests_are_left_alone(service: Service, url: str) -> None:
    """They go where they were sent, as they were."""
    sent = request(url, "a=b")

    (one,) = ask(service.url, [sent])

    assert one == {
        "answer": {"headers": [], "body": "elsewhere", "response": {"code": 200}}, "called": [[url, sent["args"]]]
    }  # fmt: skip


def test_another_plugins_answer_is_left_alone(service: Service) -> None:
    """As is a service at Akismet's own name, which would else be asked for ever."""
    sent = request("https://rest.akismet.com/1.1/verify-key", "key=x", answered={"body": "theirs"})
    (theirs,) = ask(service.url, [sent])
    (own,) = ask("https://rest.akismet.com", [request("https://rest.akismet.com/1.1/verify-key", "key=x")])

    assert (theirs["answer"], theirs["called"]) == ({"body": "theirs"}, [])
    assert own["called"][0][0] == "https://rest.akismet.com/1.1/verify-key"
