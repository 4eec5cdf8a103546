"""Akismet's API on the real server with the real models; the numbers are those of the contract's checklist."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from tests.whole.service import Service, wait_until
from tests.workers.endpoint import Endpoint, says, serving

COMMENT = {
    "blog": "https://blog.example",
    "user_ip": "203.0.113.9",
    "permalink": "https://blog.example/post",
    "comment_author": "Kim",
    "comment_author_email": "kim@blog.example",
}
SPAM = "BUY CHEAP VIAGRA NOW!!! http://bit.ly/x http://pills.example http://more.example call +1 555 0100"


@pytest.fixture
def blog(service: Service) -> Iterator[httpx.Client]:
    """Give a client that has no key."""
    with httpx.Client(base_url=service.url, timeout=30, trust_env=False) as made:
        yield made


def check(blog: httpx.Client, service: Service, **fields: str) -> httpx.Response:
    """Have a comment checked."""
    key = str(service.ready["akismet_key"])
    return blog.post("/1.1/comment-check", data={"api_key": key, **COMMENT, **fields})


@pytest.mark.parametrize("host", ["", "Host: {key}.rest.akismet.com\r\n"])
def test_5_http_1_0_works(service: Service, host: str) -> None:
    """As WordPress sends it, with the key in the field; without any host, too."""
    key = str(service.ready["akismet_key"])
    body = urlencode({"api_key": key, "blog": "https://blog.example"})
    request = (
        f"POST /1.1/verify-key HTTP/1.0\r\n{host.format(key=key)}"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\nUser-Agent: WordPress/6.8 | Akismet/5.4\r\n\r\n{body}"
    )
    address = urlsplit(service.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as connection:
        connection.sendall(request.encode())
        with connection.makefile("rb") as stream:
            head, _, said = stream.read().partition(b"\r\n\r\n")

    assert head.split(b"\r\n")[0].split()[1] == b"200"
    assert b"transfer-encoding" not in head.lower()
    assert said == b"valid"


@pytest.mark.parametrize(
    "sign",
    [
        {"honeypot_field_name": "website2", "website2": "https://pills.example"},
        {"POST_ak_hp_textarea": "buy now"},
        {"POST_ak_js": "0"},
        {"POST_ak_js": "250"},
    ],
)
def test_14_what_only_a_robot_does_raises_the_score(blog: httpx.Client, service: Service, sign: dict[str, str]) -> None:
    """A filled field that people do not see, or a form whose script did not run."""
    text = "Great article, have a look at my page"
    plain = check(blog, service, comment_content=text, is_test="1")
    robot = check(blog, service, comment_content=text, is_test="1", **sign)

    scores = [float(one.headers["X-Moderation-Score"]) for one in (plain, robot)]
    assert scores[1] > scores[0] + 0.05


def test_18_spam_is_spam_at_once_and_ham_when_a_person_says_so(blog: httpx.Client, service: Service) -> None:
    """The site's policy holds it, so the desk sees it; the site has it in its spam folder until it hears otherwise."""
    with serving(says('HTTP/1.1 200 OK\n\n{"comments": {}}')) as site, service.client() as api:
        answer = check(blog, service, comment_content=SPAM, callback=site.url("/wp-json/akismet/v1/webhook"))
        guid = answer.headers["X-akismet-guid"]
        assert (answer.text, api.get(f"/v1/comments/{guid}").json()["status"]) == ("true", "held")
        assert "spam" in answer.headers["X-Moderation-Reasons"].split(",")

        api.post(f"/v1/comments/{guid}/decision", json={"action": "approve"}).raise_for_status()

        assert _told(site) == [{"guid": guid, "result": "false"}]
        assert check(blog, service, comment_content=SPAM, recheck_reason="recheck_queue").text == "false"


def _told(site: Endpoint) -> object:
    (first, *_) = wait_until(lambda: site.requests, seconds=20, what="the callback")
    return json.loads(first.body)["comments"]
