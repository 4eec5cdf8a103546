"""Where callbacks connect to: names, addresses and certificates, seen through a whole call."""

import socket
import ssl
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from moderation.errors import BlockedTargetError
from tests.workers.endpoint import names, post, says, serving
from workers import safe_connection
from workers.safe_http import DeliveryError


def test_a_name_that_does_not_exist_can_be_tried_again() -> None:
    """Name servers have bad days: no such name is an error, and no refusal for ever."""

    def resolve(*_: Any) -> Iterable[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(DeliveryError, match="cannot be resolved: Name or service not known"):
        post("https://hooks.test/", resolve)


def test_a_name_without_addresses_can_be_tried_again() -> None:
    """A name may be there and have no address."""
    with pytest.raises(DeliveryError, match="no address"):
        post("https://hooks.test/", names())


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2606:4700::1", "fe80::1%lo"], ["::ffff:169.254.169.254"], ["0.0.0.0"]],  # noqa: S104
)
def test_a_name_is_refused_if_any_of_its_addresses_is_closed(answers: list[str]) -> None:
    """One closed address is enough, whatever the others are, and nothing is connected to."""
    with pytest.raises(BlockedTargetError, match="not public"):
        post("https://hooks.test/", names(*answers), networks=())


def test_a_url_that_may_not_be_called_is_not_even_resolved() -> None:
    """The URL is checked before a name server hears of it."""

    def resolve(*_: Any) -> Iterable[tuple[Any, ...]]:
        raise AssertionError("resolved")

    for url in ("http://hooks.test/", "https://10.0.0.1/", "https://127.1/", "https://hooks.test:25/"):
        with pytest.raises(BlockedTargetError):
            post(url, resolve, allow_http=False)


def test_the_address_that_was_checked_is_the_one_that_is_called() -> None:
    """The name is resolved once; a name server that answers differently the second time changes nothing."""
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int, _family: int, _type: int) -> Iterable[tuple[Any, ...]]:
        asked.append((host, port))
        return [(0, 0, 0, "", (answer, port)) for answer in answers.pop(0)]

    with serving(says("HTTP/1.1 200 OK\n\n")) as endpoint:
        answer = post(endpoint.url(host="hooks.test"), resolve)

    assert answer.status == 200
    assert asked == [("hooks.test", endpoint.port)]
    assert endpoint.requests[0].headers["Host"] == f"hooks.test:{endpoint.port}"


def test_the_next_address_is_tried_when_one_does_not_connect() -> None:
    """A name with a dead address and a living one is reached."""
    with serving(says("HTTP/1.1 200 OK\n\n")) as endpoint:
        answer = post(endpoint.url(host="hooks.test"), names("127.0.0.2", "127.0.0.1"))

    assert answer.status == 200
    assert len(endpoint.requests) == 1


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve the name again, where nobody checks the address."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    with serving(says("HTTP/1.1 200 OK\n\n")) as endpoint:
        assert post(endpoint.url()).status == 200


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[trustme.CA]:
    """Make a certificate authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    safe_connection.tls_context.cache_clear()
    yield authority
    safe_connection.tls_context.cache_clear()


def tls_server(authority: trustme.CA, name: str, asked: list[str | None]) -> ssl.SSLContext:
    """Return the settings of a TLS server that calls itself `name` and notes what it is asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    context.sni_callback = lambda _socket, asked_for, _context: asked.append(asked_for)
    return context


@pytest.mark.parametrize("host", ["hooks.test", "127.0.0.1"])
def test_tls_is_verified_for_the_name_and_not_for_the_address(authority: trustme.CA, host: str) -> None:
    """The connection goes to an address, and the certificate must be that of the host in the URL."""
    asked: list[str | None] = []
    with serving(says("HTTP/1.1 200 OK\n\nsafe"), tls_server(authority, host, asked)) as endpoint:
        answer = post(f"https://{host}:{endpoint.port}/", names("127.0.0.1"), allow_http=False)

    assert (answer.status, answer.body) == (200, "safe")
    assert asked == [host if host == "hooks.test" else None]


def test_a_certificate_of_another_name_is_not_accepted(authority: trustme.CA) -> None:
    """Who stands at the address but is not the host gets no request."""
    with serving(says("HTTP/1.1 200 OK\n\n"), tls_server(authority, "other.test", [])) as endpoint:
        with pytest.raises(DeliveryError, match="TLS: Hostname mismatch"):
            post(f"https://hooks.test:{endpoint.port}/", names("127.0.0.1"))

        assert endpoint.requests == []


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(authority: trustme.CA) -> None:  # noqa: ARG001
    """A certificate must come from an authority that this machine trusts."""
    stranger = tls_server(trustme.CA(), "hooks.test", [])
    with serving(says("HTTP/1.1 200 OK\n\n"), stranger) as endpoint, pytest.raises(DeliveryError, match="TLS: "):
        post(f"https://hooks.test:{endpoint.port}/", names("127.0.0.1"))


def test_plain_http_behind_an_https_url_is_an_error(authority: trustme.CA) -> None:  # noqa: ARG001
    """A server without TLS is a mistake that may be mended, and gets no request in the clear."""
    with serving(says("HTTP/1.1 200 OK\n\n")) as endpoint:
        with pytest.raises(DeliveryError, match=r"TLS: |closed|reset"):
            post(f"https://hooks.test:{endpoint.port}/", names("127.0.0.1"), timeout=2)

        assert b"{" not in b"".join(request.body for request in endpoint.requests)
